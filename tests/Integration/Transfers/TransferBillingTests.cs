using System.Text.Json.Nodes;
using Marketplace.Core.Time;
using Marketplace.Integration.Provisioning.Postgres;
using Marketplace.Shell.Drift;
using Microsoft.Extensions.DependencyInjection;

namespace Marketplace.Integration.Transfers;

/// <summary>What a transfer costs whom, and what goes on as before, with Vercel's side in step. Source: contract §B.5, §E.11.</summary>
public sealed class TransferBillingTests(Acme acme) : IClassFixture<Acme>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_bill_is_cut_at_the_instant()
    {
        var tool = await acme.Provision(await acme.Install(), "split");
        var (source, target) = (tool.Installation, await acme.Install());
        var began = acme.Now;
        acme.Workshop.Count("split", 100);
        await acme.Live(HourSlot.Of(acme.Now).End.AddDays(4).AddMinutes(20));
        acme.Workshop.Count("split", 130);

        (await acme.Customer.Transfer(source, target, [tool.Id], Cancel)).ForEach(exchange =>
            Assert.True(exchange is { IsSuccess: true, Findings.IsEmpty: true }, exchange.ToString()));
        var cut = acme.Now;
        acme.Workshop.Count("split", 175);
        var monthEnd = new DateTimeOffset(acme.Now.Year, acme.Now.Month, 1, 0, 0, 0, TimeSpan.Zero).AddMonths(1);
        await acme.Live(monthEnd.AddHours(3));

        Assert.Equal([$"pro {began:HH:mm:ss} {cut:HH:mm:ss}"], await acme.PlanPeriods(tool));
        Assert.Equal([$"pro {cut:HH:mm:ss} "], await acme.PlanPeriods(tool.At(target)));
        var month = (decimal)(monthEnd - monthEnd.AddMonths(-1)).Ticks;
        // 130 jobs were counted until the cut, and 45 from then on, at 0.001 each.
        Assert.Equal([Math.Round(12m * (cut - began).Ticks / month, 2), 0.13m], await Lines(source));
        Assert.Equal([Math.Round(12m * (monthEnd - cut).Ticks / month, 2), 0.04m], await Lines(target));
        Assert.Empty(acme.Vercel.State.Findings);
        Assert.All(
            new[] { source, target },
            installation => Assert.Single(acme.Vercel.State.Installations[installation].Invoices));
    }

    [Fact]
    public async Task The_old_DATABASE_URL_goes_on_working_and_the_drift_report_finds_nothing()
    {
        var (source, target) = (await acme.Install(), await acme.Install());
        var database = await acme.Provision(source, "db", product: "acme-postgres", metadata: new JsonObject { ["region"] = "iad1" });
        var customer = new Customer(Provisioned.Secrets(database.Json["secrets"]!));
        await customer.Execute("CREATE TABLE kept AS SELECT 42 AS answer", Cancel);
        await using var session = await customer.Connect(Cancel);

        var exchanges = await acme.Customer.Transfer(source, target, [database.Id], Cancel);
        Assert.True(exchanges[^1].IsSuccess, exchanges[^1].ToString());

        await Customer.Execute(session, "INSERT INTO kept VALUES (43)", Cancel);
        Assert.Equal(85L, await customer.Read("SELECT sum(answer) FROM kept", Cancel));
        await acme.WorkOff();
        using var output = new StringWriter();
        var found = await acme.Server.Services.GetRequiredService<DriftReport>().Print(output, Cancel);
        Assert.DoesNotContain(database.Id, output.ToString(), StringComparison.Ordinal);
        Assert.True(found == 0, output.ToString());

        Assert.True((await acme.Customer.DeleteResource(target, database.Id, Cancel)).IsSuccess);
        await acme.WorkOff();
        Assert.Contains(await customer.Refusal(Cancel), (string[])["28P01", "28000", "3D000"]);
    }

    private async Task<IEnumerable<decimal>> Lines(string installation) =>
        await acme.AskAll<decimal>("select total from invoice_line where installation_id = $1 order by line_number", installation);
}
