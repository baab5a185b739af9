using System.Diagnostics;
using System.Text.Json.Nodes;
using Marketplace.Simulator.Api;
using Marketplace.Simulator.Dashboard;
using Marketplace.Simulator.Installations;
using Marketplace.Simulator.Resources;

namespace Marketplace.Simulator.Demo;

/// <summary>One customer's whole life, from the install to the last invoice. Every step is checked.</summary>
/// <param name="operators">Runs a command of the provider's, and gives its exit code.</param>
/// <param name="providerKeys">Makes a key of the Provider API for these scopes, which is told to nobody else.</param>
internal sealed partial class CustomerLife(
    SimulatorServer vercel, Transcript transcript, CustomerLife.Operators operators, CustomerLife.ProviderKeys providerKeys)
{
    /// <summary>Late in a month, so that the end of the billing period is not far.</summary>
    public static readonly DateTimeOffset Birth = new(2027, 1, 25, 9, 0, 0, TimeSpan.Zero);

    private const string Product = "acme-postgres";
    private const string Database = "DATABASE_URL";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private int callsTold;
    private string accountId = "";
    private string installationId = "";
    private string resourceId = "";

    private CustomerDashboard Dashboard => vercel.Dashboard;

    private Installation Installation => vercel.State.Installations[installationId];

    private Resource Resource => Installation.Resources[resourceId];

    public delegate Task<int> Operators(params string[] words);

    public delegate Task<string> ProviderKeys(params string[] scopes);

    public async Task Live(CancellationToken cancel)
    {
        await Install(cancel);
        await CompareThePlans(cancel);
        await Provision(cancel);
        var database = await UseTheDatabase(cancel);
        await ConnectTwoProjects(cancel);
        await OpenThePages(cancel);
        await BuyCredit(cancel);
        await BuyCallsOfAnApi(cancel);
        await WorkForThreeHours(database, cancel);
        await LookAtTheCalls(cancel);
        await RotateTheKey(cancel);
        await RotateTheSecrets(database, cancel);
        await LookAtTheOldKey(cancel);
        await DeployAPreview(cancel);
        await MendWhatVercelShows(cancel);
        await ChangeThePlan(cancel);
        LookAtTheCredit();
        await EndThePeriod(cancel);
        await Uninstall(cancel);
    }

    private async Task Install(CancellationToken cancel)
    {
        transcript.Step("A team installs the integration");
        accountId = Dashboard.CreateTeam("Blue Whale").AccountId;
        (installationId, var installed) = await Dashboard.Install(accountId, cancel);
        Told(installed);
        var read = await Dashboard.GetInstallation(installationId, cancel);
        Told(read);
        transcript.Fact("installation", installationId);
        transcript.Check("Vercel holds the installation", InstallationStage.Installed, Installation.Stage);
    }

    private async Task CompareThePlans(CancellationToken cancel)
    {
        transcript.Step("The team compares the plans of Acme Postgres");
        var listed = await Dashboard.ProductPlans(Product, new JsonObject { ["region"] = "iad1" }, cancel, installationId);
        Told(listed);
        var plans = listed.Json!.Value.GetProperty("plans").EnumerateArray().ToList();
        transcript.Table(
            ["plan", "type", "cost", "description"],
            plans.Select(plan => (string[])
            [
                plan.GetProperty("id").GetString()!, plan.GetProperty("type").GetString()!, plan.OptionalText("cost") ?? "",
                plan.GetProperty("description").GetString()!,
            ]));
        var ids = plans.Select(plan => plan.GetProperty("id").GetString()!).ToList();
        transcript.Check(
            "free, pro and a prepaid plan are offered",
            ids.Contains("free", StringComparer.Ordinal) && ids.Contains("pro", StringComparer.Ordinal)
                && plans.Exists(plan => plan.GetProperty("type").GetString() == "prepayment"),
            "free, pro and one of type prepayment", string.Join(", ", ids));
        shown = ShownPrices.Read(plans.Find(plan => plan.GetProperty("id").GetString() == "pro"));
        prepaid = ShownPrices.Read(plans.Find(plan => plan.GetProperty("type").GetString() == "prepayment"));
    }

    private async Task Provision(CancellationToken cancel)
    {
        transcript.Step("It provisions a database on the free plan");
        var metadata = new JsonObject { ["region"] = "iad1" };
        var provisioned = await Dashboard.Provision(installationId, Product, "storefront-db", "free", metadata, cancel);
        Told(provisioned);
        resourceId = provisioned.Json!.Value.GetProperty("id").GetString()!;
        await Eventually("the resource is ready", () => Resource.Status, status => status == "ready", cancel);
        await Eventually("its secrets are at Vercel", () => Resource.Secrets.Count, count => count > 0, cancel);
        TellCallsBack();
        transcript.Fact("resource", resourceId);
        transcript.Fact("secrets", string.Join(", ", Resource.Secrets.Select(secret => secret.Name)));
        transcript.Check(
            "there are six secrets, as documented",
            "DATABASE_URL, PGDATABASE, PGHOST, PGPASSWORD, PGPORT, PGUSER",
            string.Join(", ", Resource.Secrets.Select(secret => secret.Name).Order(StringComparer.Ordinal)));
    }

    /// <summary>Tells a call and holds it against the contract.</summary>
    private void Told(Exchange exchange)
    {
        transcript.Called(exchange);
        transcript.CheckAnswer(exchange);
        TellCallsBack();
    }

    /// <summary>Tells what the provider has called since it was told last.</summary>
    private void TellCallsBack()
    {
        var calls = vercel.Calls;
        transcript.CalledBack(calls.Skip(callsTold));
        callsTold = calls.Count;
    }

    private IEnumerable<ApiCall> CallsTo(string operationEnd) =>
        vercel.Calls.Where(call => call.Operation.EndsWith(operationEnd, StringComparison.Ordinal));

    /// <summary>
    /// Holds a fact that may take a moment to come true: what a provider does in the background follows real time as well.
    /// </summary>
    private Task Eventually<T>(string what, Func<T> read, Func<T, bool> holds, CancellationToken cancel) =>
        Eventually(what, () => Task.FromResult(read()), holds, cancel);

    private async Task Eventually<T>(string what, Func<Task<T>> read, Func<T, bool> holds, CancellationToken cancel)
    {
        var started = Stopwatch.GetTimestamp();
        var came = await read();
        while (!holds(came) && Stopwatch.GetElapsedTime(started) < Patience)
        {
            await Task.Delay(50, cancel);
            came = await read();
        }

        transcript.Check(what, holds(came), $"it comes true within {Patience.TotalSeconds:0} s", $"{came}");
    }

    private string Secret(string name) => Resource.Secrets.Find(secret => secret.Name == name)?.Value
        ?? throw new DemoFailureException($"there is a secret {name}", name, "no such secret");
}
