using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Marketplace.Simulator.Tokens;

namespace Marketplace.Driver.Servers;

/// <summary>
/// What a server needs of Vercel: the keys of the tokens, and an API that takes whatever it is told. The Simulator would
/// check all of it, on the processors that are being measured.
/// </summary>
internal sealed class VercelSide : IAsyncDisposable
{
    public const string IntegrationId = "oac_benchmark";

    private readonly WebApplication host;

    private VercelSide(WebApplication host, TokenIssuer tokens) => (this.host, Tokens) = (host, tokens);

    public TokenIssuer Tokens { get; }

    public string BaseUrl => Tokens.Issuer;

    public static async Task<VercelSide> Start(CancellationToken cancel)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        var side = new VercelSide(builder.Build(), new TokenIssuer(TimeProvider.System, IntegrationId));
        side.host.Run(side.Answer);
        await side.host.StartAsync(cancel);
        side.Tokens.Issuer = side.host.Urls.First();
        return side;
    }

    public async ValueTask DisposeAsync()
    {
        await host.DisposeAsync();
        Tokens.Dispose();
    }

    private Task Answer(HttpContext context)
    {
        var (method, path) = (context.Request.Method, context.Request.Path.Value);
        return path switch
        {
            "/.well-known/openid-configuration" => context.Response.WriteAsJsonAsync(Tokens.Discovery()),
            "/.well-known/jwks" => context.Response.WriteAsJsonAsync(Tokens.KeySet()),
            _ when method == "POST" && path!.EndsWith("/billing/invoices", StringComparison.Ordinal) =>
                context.Response.WriteAsJsonAsync(new { invoiceId = $"mi_{Guid.NewGuid():N}" }),
            // The same as in the installation's own call, so that there is nothing new to keep.
            _ when method == "GET" && path!.EndsWith("/account", StringComparison.Ordinal) => context.Response.WriteAsJsonAsync(new
            {
                name = "Ada's Team", url = "https://vercel.com/adas-team", contact = new { email = "ada@example.com", name = "Ada" },
            }),
            _ => context.Response.WriteAsJsonAsync(new { }),
        };
    }
}
