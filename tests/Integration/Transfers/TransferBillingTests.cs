using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Marketplace.Core.Time;
using Marketplace.Integration.Provisioning.Postgres;
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
    public async Task After_the_instant_each_side_lists_what_it_has_and_goes_on_by_itself()
    {
        var tool = await acme.Provision(await acme.Install(), "goes-on");
        var (source, target) = (tool.Installation, await acme.Install());
        var began = acme.Now;
        await acme.Live(HourSlot.Of(acme.Now).End.AddHours(5).AddMinutes(10));
        acme.Workshop.Count("goes-on", 2000);
        var exchanges = await acme.Customer.Transfer(source, target, [tool.Id], Cancel);
        Assert.True(exchanges[^1].IsSuccess, exchanges[^1].ToString());
        var cut = acme.Now;

        Assert.Empty(await Listed(source, $"?ids={tool.Id}"));
        Assert.Empty(await Listed(source, ""));
        Assert.Equal([tool.Id], await Listed(target, $"?ids={tool.Id}"));
        Assert.Equal([tool.Id], await Listed(target, ""));

        // The report of the hour of the cut, and of the one after it: the source's total stands still, and the target's begins at nought.
        acme.Workshop.Count("goes-on", 5000);
        await acme.Live(HourSlot.Of(acme.Now).End);
        acme.Workshop.Count("goes-on", 6000);
        await acme.Live(HourSlot.Of(acme.Now).End);
        Assert.Equal([2000m, 2000m], Jobs(source).TakeLast(2));
        Assert.Equal([3000m, 4000m], Jobs(target).TakeLast(2));

        var rotated = await acme.Customer.Rotate(target, tool.Id, delayHours: 1, Cancel);
        Assert.True(rotated is { IsSuccess: true, Findings.IsEmpty: true }, rotated.ToString());
        await acme.Live(acme.Now.AddHours(20));
        Assert.False(acme.Workshop.Opens(tool.Secret()));
        var changed = await acme.Customer.ChangePlan(target, tool.Id, "team", Cancel);
        Assert.True(changed is { IsSuccess: true, Findings.IsEmpty: true }, changed.ToString());
        var changedAt = acme.Now;
        await acme.Live(acme.Now.AddHours(20));
        Assert.True((await acme.Customer.DeleteResource(target, tool.Id, Cancel)).IsSuccess);
        var deletedAt = acme.Now;
        var monthEnd = new DateTimeOffset(acme.Now.Year, acme.Now.Month, 1, 0, 0, 0, TimeSpan.Zero).AddMonths(1);
        await acme.Live(monthEnd.AddHours(3));

        var month = (decimal)(monthEnd - monthEnd.AddMonths(-1)).Ticks;
        decimal Part(decimal price, TimeSpan span) => Math.Round(price * span.Ticks / month, 2);
        // 0.001 for each job: 2000 of the source, 4000 of the target; a plan change and a deletion are billed to the target alone.
        Assert.Equal([Part(12m, cut - began), 2.00m], await Lines(source));
        Assert.Equal([Part(12m, changedAt - cut), 4.00m, Part(40m, deletedAt - changedAt)], await Lines(target));
        Assert.Empty(acme.Vercel.State.Findings);
    }

    [Fact]
    public async Task Each_of_three_hands_pays_for_its_own_days_also_with_a_final_invoice()
    {
        var tool = await acme.Provision(await acme.Install(), "three-hands");
        var hands = new[] { tool.Installation, await acme.Install(), await acme.Install() };
        var moments = new List<DateTimeOffset> { acme.Now };
        foreach (var (from, to) in hands.Zip(hands.Skip(1)))
        {
            acme.Workshop.Count("three-hands", 1000 * moments.Count);
            await acme.Live(acme.Now.AddDays(1.25));
            var exchanges = await acme.Customer.Transfer(from, to, [tool.Id], Cancel);
            Assert.True(exchanges[^1] is { IsSuccess: true, Findings.IsEmpty: true }, exchanges[^1].ToString());
            moments.Add(acme.Now);
        }

        // The first does not wait for the end of the month, and the second has nothing left either.
        foreach (var gone in hands.Take(2))
            Assert.True((await acme.Customer.Uninstall(gone, Cancel)).IsSuccess);
        await acme.Live(acme.Now.AddHours(14));

        var month = new DateTimeOffset(acme.Now.Year, acme.Now.Month, 1, 0, 0, 0, TimeSpan.Zero);
        var ticks = (decimal)(month.AddMonths(1) - month).Ticks;
        decimal Part(int hand) => Math.Round(12m * (moments[hand + 1] - moments[hand]).Ticks / ticks, 2);
        Assert.Equal([Part(0), 1.00m], await Lines(hands[0]));
        Assert.Equal([Part(1), 1.00m], await Lines(hands[1]));
        foreach (var gone in hands.Take(2))
        {
            Assert.True(await acme.Ask<bool>("select final from invoice where installation_id = $1", gone));
            Assert.Single(acme.Vercel.State.Installations[gone].Invoices);
        }

        Assert.True(acme.Workshop.Opens(tool.Secret()));
        Assert.Empty(acme.Vercel.State.Findings);
    }

    [Fact]
    public async Task Credit_stays_with_who_paid_it_and_the_target_begins_at_nought()
    {
        var tool = await acme.Provision(await acme.Install(), "paid-before", "prepaid");
        var (source, target) = (tool.Installation, await acme.Install());
        Assert.True((await acme.Customer.Purchase(source, tool.Id, 25.00m, Cancel)).Exchange!.IsSuccess);
        var unused = acme.Customer.Charge(source, acme.Customer.Order(source, tool.Id, 20.00m).Id).Id;

        var exchanges = await acme.Customer.Transfer(source, target, [tool.Id], Cancel);
        Assert.True(exchanges[^1] is { IsSuccess: true, Findings.IsEmpty: true }, exchanges[^1].ToString());

        Assert.Equal(25.00m, await Balance(source));
        Assert.Equal(0m, await Balance(target));
        // What was paid for and not yet credited comes too late: the source has nothing any more that it could be for.
        (await acme.Post(Paths.Purchase(source), acme.System(source), new JsonObject { ["invoiceId"] = unused })).IsImpossible();
        var bought = (await acme.Customer.Purchase(target, tool.Id, 10.00m, Cancel)).Exchange!;
        Assert.Contains("\"currencyValueInCents\":1000", bought.Body, StringComparison.Ordinal);
        Assert.Equal((25.00m, 10.00m), (await Balance(source), await Balance(target)));
    }

    [Fact]
    public async Task By_the_customers_hand_the_connected_project_goes_along_and_hears_of_new_secrets()
    {
        var tool = await acme.Provision(await acme.Install(), "connected");
        var (source, target) = (tool.Installation, await acme.Install());
        var project = acme.Customer.CreateProject(acme.Vercel.State.Installations[source].AccountId, "shop");
        Assert.Empty(acme.Customer.Connect(source, tool.Id, project.Id));
        using var hand = new HttpClient { BaseAddress = acme.Vercel.BaseUrl };

        using var nobody = await hand.PostAsJsonAsync($"/customer/installations/{source}/resources/{tool.Id}/transfer", new { to = "icfg_nobody" }, Cancel);
        Assert.Equal(HttpStatusCode.NotFound, nobody.StatusCode);
        using var done = await hand.PostAsJsonAsync($"/customer/installations/{source}/resources/{tool.Id}/transfer", new { to = target }, Cancel);

        Assert.Equal(HttpStatusCode.OK, done.StatusCode);
        Assert.Equal(3, JsonNode.Parse(await done.Content.ReadAsStringAsync(Cancel))!.AsArray().Count);
        Assert.Equal(1, await acme.Ask<long>("select count(*) from transfer where installation_id = $1", source));
        Assert.Equal(tool.Secret(), Variable());
        var rotated = await acme.Customer.Rotate(target, tool.Id, delayHours: 0, Cancel);
        Assert.True(rotated is { IsSuccess: true, Findings.IsEmpty: true }, rotated.ToString());
        Assert.True(acme.Workshop.Opens(Variable()));

        string Variable() => acme.Customer.Variables(project.Id, "production").Single(variable => variable.Name == "ACME_KEY").Value;
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
        var (found, report) = await acme.Drift();
        Assert.DoesNotContain(database.Id, report, StringComparison.Ordinal);
        Assert.True(found == 0, report);

        Assert.True((await acme.Customer.DeleteResource(target, database.Id, Cancel)).IsSuccess);
        await acme.WorkOff();
        Assert.Contains(await customer.Refusal(Cancel), (string[])["28P01", "28000", "3D000"]);
    }

    private async Task<IEnumerable<string>> Listed(string installation, string query) =>
        (await acme.Get(Paths.Resources(installation) + query, acme.System(installation))).Is(HttpStatusCode.OK)["resources"]!.AsArray()
            .Select(resource => resource!["id"]!.GetValue<string>());

    /// <summary>The total of the period, as it was told hour by hour.</summary>
    private IEnumerable<decimal> Jobs(string installation) =>
        acme.Vercel.State.Installations[installation].Billing.Receipts.Select(receipt => receipt.Usage.Sum(usage => usage.PeriodValue));

    private Task<decimal> Balance(string installation) => acme.Ask<decimal>(
        "select coalesce(sum(amount), 0) from balance_entry where installation_id = $1", installation);

    private async Task<IEnumerable<decimal>> Lines(string installation) =>
        await acme.AskAll<decimal>("select total from invoice_line where installation_id = $1 order by line_number", installation);
}
