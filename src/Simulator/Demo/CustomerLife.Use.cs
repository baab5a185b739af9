using System.Globalization;
using Marketplace.Simulator.Dashboard;
using Marketplace.Simulator.Usage;

namespace Marketplace.Simulator.Demo;

/// <summary>The customer works with the database, and Vercel hears what is used.</summary>
internal sealed partial class CustomerLife
{
    private const int FirstRows = 120_000;
    private const int RowsAnHour = 5_000;

    private long rows = FirstRows;

    private async Task<CustomerDatabase> UseTheDatabase(CancellationToken cancel)
    {
        transcript.Step("Its application connects with DATABASE_URL and writes rows");
        var database = new CustomerDatabase(Secret(Database));
        transcript.Fact(Database, database.Shown);
        transcript.Check("the rows are there", rows, await database.WriteRows(FirstRows, cancel));
        return database;
    }

    private async Task ConnectTwoProjects(CancellationToken cancel)
    {
        transcript.Step("It connects the database to two projects, each with its prefix");
        var shop = Dashboard.CreateProject(accountId, "storefront");
        var reports = Dashboard.CreateProject(accountId, "reports");
        Dashboard.Connect(installationId, resourceId, shop.Id, "MAIN");
        Dashboard.Connect(installationId, resourceId, reports.Id, "read-only", ["production", "preview"], isSensitive: true);
        await vercel.Settle(cancel);

        var inShop = Dashboard.Variables(shop.Id, "production");
        var inReports = Dashboard.Variables(reports.Id, "production");
        transcript.Table(
            ["storefront", "reports", "value"],
            inShop.Zip(inReports, (main, readOnly) => (string[])[main.Name, readOnly.Name, Masked(main.Name, main.Value)]));
        transcript.Check(
            "every secret is a variable MAIN_… in one and read_only_… in the other",
            string.Join(' ', Resource.Secrets.Select(secret => $"MAIN_{secret.Name} read_only_{secret.Name}").Order(StringComparer.Ordinal)),
            string.Join(' ', inShop.Zip(inReports, (main, readOnly) => $"{main.Name} {readOnly.Name}").Order(StringComparer.Ordinal)));
        transcript.Check(
            "the values are the same in both", inShop.Select(variable => variable.Value).SequenceEqual(inReports.Select(variable => variable.Value)),
            "equal values", "different ones");
        transcript.Check("the second is not connected in development", 0, Dashboard.Variables(reports.Id, "development").Count);
        CheckWebhooks("integration-resource.project-connected", 2);
    }

    private async Task WorkForThreeHours(CustomerDatabase database, CancellationToken cancel)
    {
        transcript.Step("Three hours of work pass, and the usage of each arrives");
        var from = vercel.Clock.GetUtcNow();
        for (var hour = 1; hour <= 3; hour++)
        {
            rows = await database.WriteRows(RowsAnHour, cancel);
            await CallTheApi(hour, cancel);
            await vercel.Advance(TimeSpan.FromHours(1), cancel);
            await AskAboutTheHour(hour, cancel);
        }

        TellCallsBack();
        await Eventually("three reports have arrived", () => Reports(from).Count, count => count >= 3, cancel);
        var reports = Reports(from);
        transcript.Table(
            ["received", "storage in MB", "transactions today", "transactions this period"],
            reports.Select(report => (string[])
            [
                Wire.Text(report.ReceivedAt), Number(Value(report, "Storage")), Number(Day(report, "Transactions")),
                Number(Value(report, "Transactions")),
            ]));
        transcript.Check(
            "there is one for each hour, dated at its end",
            string.Join(' ', Enumerable.Range(1, 3).Select(hour => Wire.Text(from.AddHours(hour)))),
            string.Join(' ', reports.Select(report => Wire.Text(report.Timestamp))));
        transcript.Check(
            "they are running totals", Rising(reports.Select(report => Value(report, "Transactions"))),
            "totals that grow with each hour's work", string.Join(", ", reports.Select(report => Value(report, "Transactions"))));
        transcript.Check("the rows count as storage", Value(reports[^1], "Storage") > 30, "more than 30 MB", $"{Value(reports[^1], "Storage")} MB");
        CheckNoFindings();
    }

    private async Task RotateTheSecrets(CustomerDatabase old, CancellationToken cancel)
    {
        transcript.Step("It rotates the secrets; the old ones live for two more hours");
        var before = Secret(Database);
        Told(await Dashboard.Rotate(installationId, resourceId, delayHours: 2, cancel, reason: "A laptop was stolen"));
        await Eventually("Vercel has other secrets", () => Secret(Database) == before, isOld => !isOld, cancel);
        var fresh = new CustomerDatabase(Secret(Database));
        transcript.Fact("new DATABASE_URL", fresh.Shown);
        transcript.Check("the new login sees the same rows", rows, await fresh.CountRows(cancel));
        transcript.Check("the old login still works", null, await old.Refusal(cancel));
        transcript.Check(
            "both projects have the new secrets", true,
            Projects.All(project => Dashboard.Variables(project.Id, "production").Exists(variable => variable.Value == Secret(Database))));

        await vercel.Advance(TimeSpan.FromMinutes(119), cancel);
        transcript.Check("it works after 1 hour 59 minutes", null, await old.Refusal(cancel));
        await vercel.Advance(TimeSpan.FromMinutes(1), cancel);
        var refusal = await old.Refusal(cancel);
        transcript.Check("it is refused after 2 hours", refusal is not null, "a refused login", "it got in");
        transcript.Fact("refused with", refusal!);
        transcript.Check("the new login works on", rows, await fresh.CountRows(cancel));
        TellCallsBack();
    }

    private IEnumerable<Project> Projects => vercel.State.Teams[accountId].Projects.Values;

    private List<BillingReceipt> Reports(DateTimeOffset since) =>
        Installation.Billing.Receipts.FindAll(receipt => receipt.ReceivedAt > since).ToList();

    private decimal Value(BillingReceipt report, string metric) => Usage(report, metric)?.PeriodValue ?? 0;

    private decimal Day(BillingReceipt report, string metric) => Usage(report, metric)?.DayValue ?? 0;

    private UsageReceipt? Usage(BillingReceipt report, string metric) =>
        report.Usage.Find(usage => usage.Name == metric && usage.ResourceId == resourceId);

    private static bool Rising(IEnumerable<decimal> values)
    {
        var list = values.ToList();
        return list.Zip(list.Skip(1)).All(pair => pair.First < pair.Second);
    }

    private static string Number(decimal value) => value.ToString("0.###", CultureInfo.InvariantCulture);

    private static string Masked(string name, string value) =>
        name.EndsWith("PASSWORD", StringComparison.Ordinal) ? "…"
        : name.EndsWith("URL", StringComparison.Ordinal) ? new CustomerDatabase(value).Shown
        : Transcript.Cut(value);
}
