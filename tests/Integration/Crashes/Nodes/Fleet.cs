using System.Globalization;
using System.Text.Json.Nodes;
using Marketplace.Integration.Postgres;
using Marketplace.Simulator;
using Npgsql;

namespace Marketplace.Integration.Crashes.Nodes;

/// <summary>Two API nodes and three workers on one database, each a process that can be killed, with Vercel's side and its clock here.</summary>
internal sealed class Fleet : IAsyncDisposable
{
    /// <summary>Five times as many must find room in the database of the tests.</summary>
    private const int ConnectionsMax = 15;

    /// <summary>What the keys cost here: everything is far above what Vercel's smallest invoice needs.</summary>
    public const decimal SignUpPrice = 3.00m;
    public const decimal BasePrice = 5.00m;
    public const decimal CallPrice = 0.05m;

    private static readonly TimeSpan ToldWithin = TimeSpan.FromSeconds(30);

    private readonly Dictionary<string, string> environment;
    private readonly Balancer balancer;
    private readonly string catalogue = Path.GetTempFileName();

    private Fleet(TestDatabase database, SimulatorServer vercel)
    {
        (Database, Vercel) = (database, vercel);
        environment = RealServer.Settings(database, vercel, $"f{Guid.NewGuid().ToString("N")[..6]}");
        environment["ConnectionStrings__Marketplace"] = new NpgsqlConnectionStringBuilder(database.ConnectionString) { MaxPoolSize = ConnectionsMax }.ConnectionString;
        environment["Catalog__Path"] = catalogue;
        File.WriteAllText(catalogue, WithInvoicesAtOnce());
        balancer = new Balancer(() => [.. Nodes.Where(node => node.Role == "api").Select(node => node.Address).OfType<Uri>()]);
        environment["PublicUrl"] = balancer.Address.ToString();
        vercel.Provider = balancer.Address;
        vercel.Webhook = new Uri(balancer.Address, "/webhooks/vercel");
        vercel.RedirectLogin = new Uri(balancer.Address, "/sso/callback");
    }

    public TestDatabase Database { get; }

    public SimulatorServer Vercel { get; }

    public Uri Front => balancer.Address;

    public IReadOnlyList<FleetNode> Nodes { get; } =
        [new("api", 1), new("api", 2), new("worker", 1), new("worker", 2), new("worker", 3)];

    /// <summary>No call is under way while the clock moves, so that nobody is asked by a token of an hour that he has not heard of.</summary>
    public Turnstile Clock { get; } = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static async Task<Fleet> Start(DateTimeOffset now)
    {
        var fleet = new Fleet(await TestDatabase.Create(Cancel), await SimulatorServer.Start(RealServer.Options(now), Cancel));
        foreach (var node in fleet.Nodes)
            await fleet.Start(node);
        return fleet;
    }

    public async Task Start(FleetNode node)
    {
        using (await Clock.Enter())
        {
            await node.Start(environment);
            // It has asked for the time before it listened, and lives by it from now on.
            await Task.Delay(300, Cancel);
        }
    }

    public async Task MoveClock(TimeSpan span)
    {
        using (await Clock.EnterAlone())
        {
            Vercel.Clock.MoveTo(Vercel.Clock.GetUtcNow() + span);
            await Vercel.Times.Followers.WaitUntilTold(Vercel.Clock.GetUtcNow(), ToldWithin, Cancel);
        }
    }

    /// <summary>
    /// What the example sells, but paid at the beginning, so that whoever comes or changes is invoiced within the hour; and calls at a price at
    /// which a single report of them is on the invoice of its month.
    /// </summary>
    private static string WithInvoicesAtOnce()
    {
        var sold = JsonNode.Parse(File.ReadAllText(Repository.File("catalog.json")))!;
        var pricing = sold["products"]!.AsArray().Single(product => (string?)product!["id"] == "acme-keys")!["plans"]!.AsArray()
            .Single(plan => (string?)plan!["id"] == "payg")!["pricing"]!.AsObject();
        pricing["billed"] = "advance";
        pricing["base"] = Text(BasePrice);
        pricing["oneTime"] = Text(SignUpPrice);
        pricing["metered"]![0]!["unitPrice"] = Text(CallPrice);
        return sold.ToJsonString();

        static string Text(decimal price) => price.ToString(CultureInfo.InvariantCulture);
    }

    public async Task<(int Code, string Text)> Run(params string[] words)
    {
        await using var command = ServerProcess.Start(words, environment);
        var code = await command.Ended(Cancel);
        return (code, command.Output + command.Errors);
    }

    public async Task<T> Ask<T>(string sql, params object[] values)
    {
        await using var command = Database.DataSource.CreateCommand(sql);
        foreach (var value in values)
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        return await command.ExecuteScalarAsync(Cancel) is T answer ? answer : default!;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in Nodes)
            await node.Kill();
        balancer.Dispose();
        File.Delete(catalogue);
        await Vercel.DisposeAsync();
        await RealServer.TakeDownWhatWasSold(Database, environment);
        await Database.DisposeAsync();
    }
}

/// <summary>One of its processes.</summary>
internal sealed class FleetNode(string role, int number)
{
    private ServerProcess? process;

    public string Role => role;

    /// <summary>Null while it is dead.</summary>
    public Uri? Address { get; private set; }

    public int Kills { get; private set; }

    /// <summary>Everything that it has said in its lives that may matter to a person.</summary>
    public List<string> Complaints { get; } = [];

    public async Task Start(IReadOnlyDictionary<string, string> environment)
    {
        process = ServerProcess.Start(["--role", role, "--urls", "http://127.0.0.1:0"], environment);
        Address = await process.Listening(TestContext.Current.CancellationToken);
    }

    /// <summary>SIGKILL, in the middle of whatever it does.</summary>
    public async Task Kill()
    {
        if (process is null)
            return;

        Address = null;
        process.Kill();
        Kills++;
        Complaints.AddRange(process.Output.Split('\n').Where(line => line.Contains(" fail: ", StringComparison.Ordinal) || line.Contains(" crit: ", StringComparison.Ordinal)));
        await process.DisposeAsync();
        process = null;
    }

    public override string ToString() => $"{role} {number}";
}
