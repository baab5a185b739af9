using Marketplace.Integration.Postgres;
using Marketplace.Integration.VercelApi;
using Marketplace.Shell;
using Marketplace.Shell.VercelApi;
using Marketplace.Simulator;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Marketplace.Integration;

/// <summary>The whole server in this process, on a port of its own, with a database of its own.</summary>
public sealed class TestServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly TestDatabase? _ownDatabase;

    private TestServer(WebApplication app, TestDatabase? ownDatabase, CapturedLog log)
    {
        _app = app;
        _ownDatabase = ownDatabase;
        Log = log;
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        Http = new HttpClient { BaseAddress = new Uri(address) };
    }

    public HttpClient Http { get; }

    /// <summary>The server's own; a server that was given another has none.</summary>
    public TestDatabase Database => _ownDatabase ?? throw new InvalidOperationException("The database is the test's.");

    /// <summary>Everything that the server has logged, with every value that was logged.</summary>
    public CapturedLog Log { get; }

    public IServiceProvider Services => _app.Services;

    public static async Task<TestServer> Start(TestServerOptions options, CancellationToken cancel)
    {
        var ownDatabase = options.ConnectionString is null ? await TestDatabase.Create(cancel) : null;
        var log = new CapturedLog();
        var app = Shell.Program.Build(
            options.Role,
            [.. options.Arguments(ownDatabase?.ConnectionString ?? options.ConnectionString!).Select(setting => $"--{setting.Key}={setting.Value}")],
            builder =>
            {
                builder.Logging.ClearProviders().AddProvider(log).SetMinimumLevel(LogLevel.Debug);
                builder.Services.AddHttpClient(VercelRegistration.Client).AddHttpMessageHandler(ContractWatch.Handler);
                options.Adjust?.Invoke(builder);
            });
        options.Routes?.Invoke(app);
        try
        {
            await Shell.Program.Start(app, cancel);
        }
        catch
        {
            await app.DisposeAsync();
            if (ownDatabase is not null)
            {
                await ownDatabase.DisposeAsync();
            }

            throw;
        }

        return new TestServer(app, ownDatabase, log);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
        if (_ownDatabase is not null)
        {
            await _ownDatabase.DisposeAsync();
        }
    }
}

/// <summary>How one <see cref="TestServer"/> is set up.</summary>
public sealed record TestServerOptions
{
    public const string IntegrationId = "oac_tests";

    public const string Slug = "tests";

    public Role Role { get; init; } = Role.Api;

    /// <summary>Vercel's side; without it, there is nobody.</summary>
    public SimulatorServer? Vercel { get; init; }

    /// <summary>Of a database that the test keeps, perhaps for several servers; without it, the server has one of its own.</summary>
    public string? ConnectionString { get; init; }

    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>The last word on the server's services.</summary>
    public Action<WebApplicationBuilder>? Adjust { get; init; }

    /// <summary>Routes beside the server's own.</summary>
    public Action<WebApplication>? Routes { get; init; }

    /// <summary>A whole configuration, as a person would give it; <see cref="Settings"/> may bend it.</summary>
    internal Dictionary<string, string> Arguments(string connectionString)
    {
        var vercel = Vercel?.BaseUrl.ToString().TrimEnd('/') ?? "http://127.0.0.1:9";
        var arguments = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["environment"] = "Development",
            ["contentRoot"] = Repository.Root,
            ["urls"] = "http://127.0.0.1:0",
            ["ConnectionStrings:Marketplace"] = connectionString,
            ["Catalog:ReloadEvery"] = "never",
            ["Vercel:ApiBaseUrl"] = vercel,
            ["Vercel:Issuer"] = vercel,
            ["Vercel:DashboardUrl"] = vercel,
            ["Vercel:IntegrationId"] = IntegrationId,
            ["Vercel:ClientSecret"] = "client-secret-of-the-tests",
            ["Vercel:Slug"] = Slug,
            ["Operators:Bootstrap:Name"] = OperatorConsole.Operators.Name,
            ["Operators:Bootstrap:PasswordHash"] = OperatorConsole.Operators.PasswordHash,
            ["DataProtection:Key"] = "dGhpcyBpcyB0aGUga2V5IG9mIHRoZSB0ZXN0cyEgISE=",
        };
        foreach (var (key, value) in Settings)
        {
            arguments[key] = value;
        }

        return arguments;
    }
}
