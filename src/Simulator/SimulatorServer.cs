using Marketplace.Simulator.Clock;
using Marketplace.Simulator.Tokens;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace Marketplace.Simulator;

/// <summary>Vercel's side in one process: tests start it, and so does the command line.</summary>
public sealed class SimulatorServer : IAsyncDisposable
{
    private readonly WebApplication host;

    private SimulatorServer(WebApplication host, VirtualClock clock, TokenIssuer issuer)
    {
        this.host = host;
        Clock = clock;
        Tokens = issuer;
        BaseUrl = new Uri(host.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
    }

    /// <summary>Where it listens; also the issuer of its tokens (without the closing slash) and the base of Vercel's API.</summary>
    public Uri BaseUrl { get; }

    public VirtualClock Clock { get; }

    public TokenIssuer Tokens { get; }

    public static async Task<SimulatorServer> Start(SimulatorOptions options, CancellationToken cancel)
    {
        var clock = new VirtualClock(options.Now ?? TimeProvider.System.GetUtcNow(), options.Paused);
        var issuer = new TokenIssuer(clock, options.IntegrationId);

        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls(options.Urls);
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        var web = builder.Build();
        TokenEndpoints.Map(web, issuer);
        await web.StartAsync(cancel);

        var server = new SimulatorServer(web, clock, issuer);
        issuer.Issuer = server.BaseUrl.ToString().TrimEnd('/');
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        await host.DisposeAsync();
        Tokens.Dispose();
    }
}
