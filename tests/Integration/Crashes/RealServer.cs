using System.Diagnostics;
using System.Text.Json.Nodes;
using Marketplace.Integration.Postgres;
using Marketplace.Integration.Provisioning.Postgres;
using Marketplace.Shell.Configuration;
using Marketplace.Shell.Provisioning.Postgres;
using Marketplace.Simulator;
using Marketplace.Simulator.Dashboard;
using Marketplace.Simulator.Resources;
using Npgsql;

namespace Marketplace.Integration.Crashes;

/// <summary>The server as a process that can be killed, on a database that survives it, with Vercel's side and its clock here.</summary>
internal sealed class RealServer : IAsyncDisposable
{
    /// <summary>What is due at a time, and not done yet; null when there is nothing.</summary>
    public const string LeftSql =
        """
        select string_agg(concat_ws(' ', what, installation_id, attempts, leased_until, last_error), E'\n') from (
            select kind as what, installation_id, attempts, leased_until, last_error from operation where state = 'pending'
            union all
            select kind, installation_id, attempts, leased_until, last_error from outbox_message where state = 'pending' and due_at <= $1
            union all
            select type, installation_id, attempts, next_attempt_at, last_error from webhook where state = 'pending'
            union all
            select work, installation_id, attempts, leased_until, last_error from billing_schedule where due_at <= $1) as due
        """;

    private const string ClientSecret = "client-secret-of-the-crashes";

    private static readonly TimeSpan CatchUpMax = TimeSpan.FromMinutes(1.5);

    private readonly Dictionary<string, string> environment;
    private ServerProcess? process;

    private RealServer(TestDatabase database, SimulatorServer vercel)
    {
        (Database, Vercel) = (database, vercel);
        environment = Settings(database, vercel, $"c{Guid.NewGuid().ToString("N")[..6]}");
    }

    public TestDatabase Database { get; }

    public SimulatorServer Vercel { get; }

    public CustomerDashboard Customer => Vercel.Dashboard;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>What a process needs to be a server of this database and this Vercel.</summary>
    public static Dictionary<string, string> Settings(TestDatabase database, SimulatorServer vercel, string prefix)
    {
        var address = vercel.BaseUrl.ToString().TrimEnd('/');
        return new(StringComparer.Ordinal)
        {
            ["DOTNET_ENVIRONMENT"] = "Development",
            ["ConnectionStrings__Marketplace"] = database.ConnectionString,
            ["AcmePostgres__Prefix"] = prefix,
            ["Vercel__ApiBaseUrl"] = address,
            ["Vercel__Issuer"] = address,
            ["Vercel__DashboardUrl"] = address,
            ["Vercel__IntegrationId"] = TestServerOptions.IntegrationId,
            ["Vercel__ClientSecret"] = ClientSecret,
            ["Vercel__Slug"] = "crashes",
            ["Clock__Url"] = $"{address}/clock",
            ["DataProtection__Key"] = "dGhpcyBpcyB0aGUga2V5IG9mIHRoZSB0ZXN0cyEgISE=",
        };
    }

    /// <summary>Vercel's side, which the settings name.</summary>
    public static SimulatorOptions Options(DateTimeOffset now, long? seed = null) =>
        new() { IntegrationId = TestServerOptions.IntegrationId, ClientSecret = ClientSecret, Slug = "crashes", Now = now, Seed = seed };

    /// <param name="catalogue">A file; the example's when absent.</param>
    /// <param name="settings">Beside those that every test has.</param>
    /// <param name="seed">Fixes what Vercel gives.</param>
    public static async Task<RealServer> Start(
        DateTimeOffset now, string? catalogue = null, IReadOnlyDictionary<string, string>? settings = null, long? seed = null)
    {
        var vercel = await SimulatorServer.Start(Options(now, seed), Cancel);
        var server = new RealServer(await TestDatabase.Create(Cancel), vercel);
        if (catalogue is not null)
            server.environment["Catalog__Path"] = catalogue;
        foreach (var (key, value) in settings ?? new Dictionary<string, string>(StringComparer.Ordinal))
            server.environment[key.Replace(":", "__", StringComparison.Ordinal)] = value;
        await server.Start();
        return server;
    }

    public async Task Start()
    {
        process = ServerProcess.Start(["--role", "all", "--urls", environment.GetValueOrDefault("PublicUrl", "http://127.0.0.1:0")], environment);
        Vercel.Provider = await process.Listening(Cancel);
        Vercel.Webhook = new Uri(Vercel.Provider, "/webhooks/vercel");
        Vercel.RedirectLogin = new Uri(Vercel.Provider, "/sso/callback");
    }

    /// <summary>SIGKILL, in the middle of whatever it does.</summary>
    public async Task Kill()
    {
        process!.Kill();
        await process.DisposeAsync();
        process = null;
    }

    /// <summary>Killed, started again, and long enough dead that nobody waits for what it held.</summary>
    public async Task KillAndStart()
    {
        await Kill();
        await Start();
        await Database.LeasesAreOver();
    }

    public async Task<string> Install()
    {
        var (installation, installed) = await Customer.Install(Customer.CreateTeam("Crash Test").AccountId, Cancel);
        Assert.True(installed.IsSuccess, installed.ToString());
        return installation;
    }

    public Task<Exchange> Provision(string installation, string name, string key, string plan = "pro") =>
        Customer.Provision(
            installation, "acme-postgres", name, plan, new JsonObject { ["region"] = "iad1" }, Cancel, new CallOptions(IdempotencyKey: key));

    /// <summary>Whoever has the secrets that Vercel has.</summary>
    public static Customer With(Resource resource) =>
        new(resource.Secrets.ToDictionary(secret => secret.Name, secret => secret.Value, StringComparer.Ordinal));

    /// <summary>Everything that is due is done, as far as the server knows the time.</summary>
    public async Task CaughtUp()
    {
        var since = Stopwatch.StartNew();
        while (await Left() is { } left)
        {
            Assert.True(since.Elapsed < CatchUpMax, $"The server has not caught up, and this is left:\n{left}\n{process!.Output}");
            await Database.BackoffIsOver();
            await Task.Delay(50, Cancel);
        }
    }

    private async Task<string?> Left() => await Ask(LeftSql, Vercel.Clock.GetUtcNow()) as string;

    /// <summary>As an operator runs it.</summary>
    public async Task<(int Code, string Text)> Drift()
    {
        var (code, output, errors) = await Run("drift");
        return (code, output + errors);
    }

    /// <summary>Any command, likewise.</summary>
    public async Task<(int Code, string Output, string Errors)> Run(params string[] words)
    {
        await using var command = ServerProcess.Start(words, environment);
        var code = await command.Ended(Cancel);
        return (code, command.Output, command.Errors);
    }

    public async Task<object?> Ask(string sql, params object[] values)
    {
        await using var command = Database.DataSource.CreateCommand(sql);
        foreach (var value in values)
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        return await command.ExecuteScalarAsync(Cancel);
    }

    public async ValueTask DisposeAsync()
    {
        if (process is not null)
            await process.DisposeAsync();
        await Vercel.DisposeAsync();
        await TakeDownWhatWasSold(Database, environment);
        await Database.DisposeAsync();
    }

    /// <summary>The databases that servers with these settings have made for customers.</summary>
    public static async Task TakeDownWhatWasSold(TestDatabase database, IReadOnlyDictionary<string, string> environment)
    {
        var where = new NpgsqlConnectionStringBuilder(database.ConnectionString);
        var target = PostgresTarget.From(
            new AcmePostgresSettings(database.ConnectionString, where.Host!, where.Port, environment["AcmePostgres__Prefix"]));
        await using var pool = target.OpenPool();
        var provisioner = AcmePostgres.ProvisionerOn(target, pool);
        foreach (var left in (await provisioner.List(CancellationToken.None)).SelectMany(held => held))
            await provisioner.Deprovision(Workshop.Leftover(left), new OperationId("clean"), CancellationToken.None);
    }
}
