using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Marketplace.Integration.Postgres;
using Marketplace.Jobs.Provisioning;
using Marketplace.Jobs.Scheduling;
using Marketplace.Shell;
using Marketplace.Shell.Clock;
using Marketplace.Simulator;
using Marketplace.Simulator.Dashboard;
using Marketplace.Simulator.Tokens;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Marketplace.Integration;

/// <summary>
/// Acme sells on the Marketplace: the server over HTTP with a database of its own, Vercel's side with the customer's hand, and one
/// clock for both, which stands still until a test moves it. The worker works when a test says so.
/// </summary>
public sealed class Acme : IAsyncLifetime
{
    public const string ClientSecret = "client-secret-of-the-tests";

    public static readonly DateTimeOffset Start = new(2027, 1, 21, 9, 30, 0, TimeSpan.Zero);

    private static readonly Person Somebody = new("abc123", "def456", "user_1", PersonRole.Admin, "ada@example.test", "Ada");

    private AcmeOptions options = new();
    private TestDatabase database = null!;
    private CuttableLine? line;

    public SimulatorServer Vercel { get; private set; } = null!;

    public TestServer Server { get; private set; } = null!;

    /// <summary>Makes what the product <c>acme-tools</c> sells; <c>acme-postgres</c> is really PostgreSQL.</summary>
    public Workshop Workshop { get; } = new();

    /// <summary>From the server to its database, when the test asked for one that can be cut.</summary>
    public CuttableLine Line => line ?? throw new InvalidOperationException("The line was not asked for.");

    public DateTimeOffset Now => Vercel.Clock.GetUtcNow();

    /// <summary>The customer's hand.</summary>
    internal CustomerDashboard Customer => Vercel.Dashboard;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    internal static async Task<Acme> Open(AcmeOptions options)
    {
        var acme = new Acme { options = options };
        await acme.InitializeAsync();
        return acme;
    }

    public async ValueTask InitializeAsync()
    {
        database = await TestDatabase.Create(Cancel);
        line = options.HasCuttableLine ? new CuttableLine(database.ConnectionString) : null;
        Vercel = await SimulatorServer.Start(
            new SimulatorOptions { IntegrationId = TestServerOptions.IntegrationId, ClientSecret = ClientSecret, Now = Start }, Cancel);
        Server = await TestServer.Start(
            new TestServerOptions
            {
                Vercel = Vercel,
                ConnectionString = line?.ConnectionString ?? database.ConnectionString,
                Settings = new Dictionary<string, string>(StringComparer.Ordinal)
                {
                    ["Catalog:Path"] = Repository.File($"tests/Integration/{options.Catalogue}"),
                    ["ConnectionStrings:AcmePostgres"] = database.ConnectionString,
                    ["AcmePostgres:Prefix"] = $"t{Guid.NewGuid().ToString("N")[..7]}",
                },
                Adjust = builder => builder.Services
                    .AddSingleton<TimeProvider>(Vercel.Clock)
                    .AddSingleton<IProvisioner>(Workshop)
                    .AddJobs(),
            },
            Cancel);
        Vercel.Provider = Server.Http.BaseAddress;
        Vercel.Webhook = new Uri(Server.Http.BaseAddress!, "/webhooks/vercel");
    }

    // --- the customer -----------------------------------------------------------------------------------------------

    /// <summary>A new team installs.</summary>
    internal async Task<string> Install()
    {
        var team = Customer.CreateTeam($"Team {Guid.NewGuid().ToString("N")[..8]}");
        var (installation, installed) = await Customer.Install(team.AccountId, Cancel);
        Assert.True(installed is { IsSuccess: true, Findings.IsEmpty: true }, installed.ToString());
        return installation;
    }

    /// <summary>Provisions, and expects that it can be done at once.</summary>
    internal async Task<Provisioned> Provision(
        string installation, string name = "tool", string plan = "pro", string product = "acme-tools", JsonObject? metadata = null)
    {
        var exchange = await Customer.Provision(installation, product, name, plan, metadata ?? [], Cancel);
        Assert.True(exchange is { IsSuccess: true, Findings.IsEmpty: true }, exchange.ToString());
        var provisioned = new Provisioned(installation, JsonNode.Parse(exchange.Body)!);
        Assert.Equal("ready", provisioned.Status);
        return provisioned;
    }

    // --- raw calls --------------------------------------------------------------------------------------------------

    public static string NewInstallationId() => $"icfg_{Guid.NewGuid().ToString("N")[..24]}";

    public static string NewKey() => Guid.NewGuid().ToString();

    /// <summary>As an administrator of the installation's team.</summary>
    public TokenDraft Admin(string installation) =>
        Vercel.Tokens.ForUser(TeamOf(installation)?.Admin ?? Somebody, installation);

    /// <summary>As somebody of the team who may only look.</summary>
    public TokenDraft Viewer(string installation) =>
        Vercel.Tokens.ForUser(TeamOf(installation)?.Viewer ?? Somebody with { Role = PersonRole.User }, installation);

    /// <summary>As Vercel itself.</summary>
    public TokenDraft System(string installation) =>
        Vercel.Tokens.ForSystem(TeamOf(installation)?.AccountId ?? Somebody.AccountId, installation);

    internal Task<Answer> Put(string path, TokenDraft token, object? body, string? key = null) =>
        Call(HttpMethod.Put, path, token, body, key);

    internal Task<Answer> Post(string path, TokenDraft token, object? body = null, string? key = null) =>
        Call(HttpMethod.Post, path, token, body, key);

    internal Task<Answer> Patch(string path, TokenDraft token, object? body, string? key = null) =>
        Call(HttpMethod.Patch, path, token, body, key);

    internal Task<Answer> Delete(string path, TokenDraft token, object? body = null, string? key = null) =>
        Call(HttpMethod.Delete, path, token, body, key);

    internal Task<Answer> Get(string path, TokenDraft token) => Call(HttpMethod.Get, path, token);

    /// <param name="body">JSON, or text that is sent as it is.</param>
    internal Task<Answer> Call(HttpMethod method, string path, TokenDraft token, object? body = null, string? key = null)
    {
        var request = new HttpRequestMessage(method, path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Vercel.Tokens.Sign(token));
        request.Headers.Add("X-Vercel-Auth", token.Claims.ContainsKey("user_role") ? "user" : "system");
        if (key is not null)
            request.Headers.Add("Idempotency-Key", key);
        if (body is not null)
            request.Content = new StringContent(body as string ?? ((JsonNode)body).ToJsonString(), Encoding.UTF8, "application/json");
        return Send(request);
    }

    internal async Task<Answer> Send(HttpRequestMessage request)
    {
        using (request)
        {
            using var response = await Server.Http.SendAsync(request, Cancel);
            return new Answer(
                response.StatusCode, response.Content.Headers.ContentType?.MediaType, await response.Content.ReadAsByteArrayAsync(Cancel),
                response.Headers.RetryAfter?.Delta);
        }
    }

    // --- time and the worker ----------------------------------------------------------------------------------------

    /// <summary>Time passes, and nobody has done anything yet.</summary>
    public void Pass(TimeSpan span) => Vercel.Clock.MoveTo(Now + span);

    /// <summary>The worker wakes for these jobs once or, without any, works until nothing is due.</summary>
    public async Task Work(params string[] jobs)
    {
        if (jobs.Length == 0)
        {
            await Server.Services.GetRequiredService<ICatchUp>().WorkOff(Now, Cancel);
            return;
        }

        foreach (var job in jobs)
            await Server.Services.GetServices<IScheduledJob>().Single(known => known.Id == job).RunOnce(Now, Cancel);
    }

    // --- the store --------------------------------------------------------------------------------------------------

    /// <summary>The first value of the first row; the default when there is none.</summary>
    public async Task<T?> Ask<T>(string sql, params object[] values)
    {
        await using var command = Command(sql, values);
        return await command.ExecuteScalarAsync(Cancel) is { } value and not DBNull
            ? (T)Convert.ChangeType(value, typeof(T), CultureInfo.InvariantCulture)
            : default;
    }

    public async Task<IReadOnlyList<T>> AskAll<T>(string sql, params object[] values)
    {
        await using var command = Command(sql, values);
        await using var reader = await command.ExecuteReaderAsync(Cancel);
        var rows = new List<T>();
        while (await reader.ReadAsync(Cancel))
            rows.Add(await reader.GetFieldValueAsync<T>(0, Cancel));
        return rows;
    }

    public async Task Execute(string sql, params object[] values)
    {
        await using var command = Command(sql, values);
        await command.ExecuteNonQueryAsync(Cancel);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var provisioner in Server.Services.GetServices<IProvisioner>())
        {
            foreach (var held in await provisioner.List(CancellationToken.None))
                await provisioner.Deprovision(Workshop.Leftover(held), new OperationId("clean"), CancellationToken.None);
        }

        await Server.DisposeAsync();
        await Vercel.DisposeAsync();
        if (line is not null)
            await line.DisposeAsync();
        await database.DisposeAsync();
    }

    private NpgsqlCommand Command(string sql, object[] values)
    {
        var command = database.DataSource.CreateCommand(sql);
        foreach (var value in values)
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        return command;
    }

    private Team? TeamOf(string installation) =>
        Vercel.State.Installations.TryGetValue(installation, out var known) ? Vercel.State.Teams[known.AccountId] : null;
}

/// <summary>How <see cref="Acme"/> is set up where a test needs another one.</summary>
internal sealed record AcmeOptions
{
    /// <summary>A file beside the tests.</summary>
    public string Catalogue { get; init; } = "acme.catalog.json";

    public bool HasCuttableLine { get; init; }
}

/// <summary>What a customer got.</summary>
internal sealed record Provisioned(string Installation, JsonNode Json)
{
    public string Id => Json["id"]!.GetValue<string>();

    public string Status => Json["status"]!.GetValue<string>();

    public string Path => Paths.Resource(Installation, Id);

    public string Secret(string name = "ACME_KEY") => Secrets(Json["secrets"]!)[name];

    public static Dictionary<string, string> Secrets(JsonNode secrets) =>
        secrets.AsArray().ToDictionary(secret => secret!["name"]!.GetValue<string>(), secret => secret!["value"]!.GetValue<string>(), StringComparer.Ordinal);

    public override string ToString() => $"{Id} of {Installation}";
}

/// <summary>The paths of the Partner API.</summary>
internal static class Paths
{
    public static string Installation(string installation) => $"/v1/installations/{installation}";

    public static string Resources(string installation) => $"{Installation(installation)}/resources";

    public static string Resource(string installation, string resource) => $"{Resources(installation)}/{resource}";

    public static string Rotate(string installation, string resource) => $"{Resource(installation, resource)}/secrets/rotate";
}
