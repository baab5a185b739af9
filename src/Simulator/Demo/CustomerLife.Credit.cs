using System.Text.Json.Nodes;
using Marketplace.Simulator.Installations;
using Marketplace.Simulator.Resources;
using Marketplace.Simulator.Usage;

namespace Marketplace.Simulator.Demo;

/// <summary>Another customer pays before using: credit is bought, burnt down hour by hour, and what is left is told to Vercel.</summary>
internal sealed partial class CustomerLife
{
    private const decimal Bought = 10.00m;

    private ShownPrices prepaid = new("", 0, 0);
    private string creditInstallationId = "";
    private string creditResourceId = "";

    private Installation WithCredit => vercel.State.Installations[creditInstallationId];

    private Resource Prepaid => WithCredit.Resources[creditResourceId];

    private decimal? Left =>
        WithCredit.Balances?.Balances.Find(balance => balance.ResourceId == creditResourceId)?.CurrencyValueInCents / 100;

    private async Task BuyCredit(CancellationToken cancel)
    {
        transcript.Step("Another team takes a prepaid database, and buys credit for it");
        (creditInstallationId, var installed) = await Dashboard.Install(Dashboard.CreateTeam("Red Panda").AccountId, cancel);
        Told(installed);
        var metadata = new JsonObject { ["region"] = "iad1" };
        var provisioned = await Dashboard.Provision(creditInstallationId, Product, "reports-db", prepaid.PlanId, metadata, cancel);
        Told(provisioned);
        creditResourceId = provisioned.Json!.Value.GetProperty("id").GetString()!;
        await Eventually("the resource is ready", () => Prepaid.Status, status => status == "ready", cancel);
        await Eventually("its secrets are at Vercel", () => Prepaid.Secrets.Count, count => count > 0, cancel);
        var (invoice, credited) = await Dashboard.Purchase(creditInstallationId, creditResourceId, Bought, cancel);
        Told(credited ?? throw new DemoFailureException("the purchase is paid", "an invoice that is paid", $"{invoice.State}"));
        transcript.Check("the credit is there", Bought, Left);
        var database = new CustomerDatabase(Prepaid.Secrets.Find(secret => secret.Name == Database)!.Value);
        transcript.Check("rows are written on it", (long)FirstRows, await database.WriteRows(FirstRows, cancel));
    }

    private void LookAtTheCredit()
    {
        transcript.Step("The other team looks at what is left of its credit");
        var burnt = ExpectedInvoice.Burnt(WithCredit, Prepaid, prepaid, new WirePeriod(PeriodStart, vercel.Clock.GetUtcNow()));
        transcript.Fact(burnt.Name, burnt.Arithmetic);
        transcript.Check("something is burnt", burnt.Amount > 0, "a cent at least", $"{burnt.Amount}");
        transcript.Check("what is left is what was bought without it, to the cent", Bought - burnt.Amount, Left);
    }
}
