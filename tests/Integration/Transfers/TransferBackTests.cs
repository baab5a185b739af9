using System.Net;
using System.Text.Json.Nodes;

namespace Marketplace.Integration.Transfers;

/// <summary>A customer claims back what he gave away, and perhaps gives it away again. Source: contract §B.5, §D.8 limit 1.</summary>
public sealed class TransferBackTests : IAsyncLifetime
{
    private Acme acme = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() =>
        acme = await Acme.Open(new AcmeOptions { Start = new DateTimeOffset(2027, 1, 5, 12, 0, 0, TimeSpan.Zero) });

    public ValueTask DisposeAsync() => acme.DisposeAsync();

    [Fact]
    public async Task Each_hand_pays_for_its_own_days_and_each_gets_one_invoice()
    {
        var tool = await acme.Provision(await acme.Install(), "lent");
        var (owner, friend) = (tool.Installation, await acme.Install());

        // Five days and 1000 jobs with the owner, three days and 500 jobs with the friend.
        acme.Workshop.Count("lent", 1000);
        await acme.Live(At("2027-01-10T12:00:00Z"));
        await Transfer(tool, owner, friend);
        acme.Workshop.Count("lent", 1500);
        await acme.Live(At("2027-01-13T12:00:00Z"));
        var meanwhile = Told(owner).Last();
        await Transfer(tool, friend, owner);

        // 18.5 days and 2000 jobs with the owner again, whose total goes on from where it stood.
        acme.Workshop.Count("lent", 3500);
        await acme.Live(At("2027-01-14T00:00:00Z"));
        Assert.Equal((1000m, 3000m), (meanwhile, Told(owner).Last()));
        Assert.Equal(500m, Told(friend).Last());
        await acme.Live(At("2027-02-01T03:00:00Z"));

        // 12.00 * 5 / 31 = 1.935… -> 1.94; 12.00 * 23.5 / 31 = 9.096… -> 9.10, so that the second part is 7.16. 3000 jobs at 0.001: 3.00
        Assert.Equal([1.94m, 7.16m, 3.00m], await Lines(owner));
        // 12.00 * 3 / 31 = 1.161… -> 1.16; 500 jobs at 0.001: 0.50. Together 10.26, as 26.5 days cost in one hand: 10.258… -> 10.26
        Assert.Equal([1.16m, 0.50m], await Lines(friend));
        Assert.Equal(["pro 12:00:00 12:00:00", "pro 12:00:00 "], await acme.PlanPeriods(tool));
        Assert.All(new[] { owner, friend }, team => Assert.Single(acme.Vercel.State.Installations[team].Invoices));
        Assert.Empty(acme.Vercel.State.Findings);

        // February is the owner's alone.
        await acme.Live(At("2027-03-01T03:00:00Z"));
        Assert.Equal([1.94m, 7.16m, 3.00m, 12.00m], await Lines(owner));
        Assert.Equal([1.16m, 0.50m], await Lines(friend));
        Assert.Empty(acme.Vercel.State.Findings);
    }

    [Fact]
    public async Task Any_number_of_times_it_is_there_with_everything_that_belongs_to_it()
    {
        var tool = await acme.Provision(await acme.Install(), "to-and-fro");
        var hands = new[] { tool.Installation, await acme.Install() };
        var secret = tool.Secret();
        var claims = new List<(string Target, string Claim)>();
        for (var round = 0; round < 4; round++)
        {
            var (here, there) = (tool.At(hands[round % 2]), tool.At(hands[(round + 1) % 2]));
            acme.Pass(TimeSpan.FromMinutes(90));
            // The old ones work for ten hours more, wherever they are.
            var rotated = (await acme.Post(
                Paths.Rotate(here.Installation, tool.Id), acme.Admin(here.Installation), new JsonObject { ["delayOldSecretsExpirationHours"] = 10 })).Is(HttpStatusCode.OK);
            var newest = Provisioned.Secrets(rotated["secrets"]!)["ACME_KEY"];
            (await acme.Patch(here.Path, acme.Admin(here.Installation), new JsonObject { ["name"] = $"name-{round}" })).Is(HttpStatusCode.OK);
            await acme.WorkOff();

            var (claim, key) = (await acme.Offer(here), Acme.NewKey());
            (await acme.Verify(there.Installation, claim)).NeedsNoPlan();
            (await acme.Accept(there.Installation, claim, key)).IsEmpty();
            (await acme.Accept(there.Installation, claim, key)).IsEmpty();
            (await acme.Accept(there.Installation, claim)).IsEmpty();
            claims.Add((there.Installation, claim));

            (await acme.Get(here.Path, acme.System(here.Installation))).IsUnknown();
            Assert.Equal($"name-{round}", (await acme.Get(there.Path, acme.System(there.Installation))).Is(HttpStatusCode.OK)["name"]!.GetValue<string>());
            Assert.Equal([there.Installation], await acme.AskAll<string>("select distinct installation_id from secret_generation where resource_id = $1", tool.Id));
            Assert.Equal([there.Installation], await acme.AskAll<string>("select installation_id from plan_period where resource_id = $1 and ended_at is null", tool.Id));
            Assert.True(acme.Workshop.Opens(secret) && acme.Workshop.Opens(newest));
            secret = newest;
        }

        // The winners' repeats are quiet, and move nothing any more.
        foreach (var (target, claim) in claims)
            (await acme.Accept(target, claim)).IsEmpty();
        await acme.Live(acme.Now.AddHours(12));
        Assert.True(acme.Workshop.Opens(secret));
        Assert.False(acme.Workshop.Opens(tool.Secret()));
        Assert.Equal(["pro 12:00:00 13:30:00", "pro 15:00:00 16:30:00", "pro 18:00:00 "], await acme.PlanPeriods(tool));
        Assert.Equal(["pro 13:30:00 15:00:00", "pro 16:30:00 18:00:00"], await acme.PlanPeriods(tool.At(hands[1])));

        (await acme.Delete(tool.Path, acme.Admin(hands[0]))).IsEmpty();
        await acme.WorkOff();
        Assert.False(acme.Workshop.Holds(tool.Id));
    }

    [Fact]
    public async Task At_one_moment_there_and_back_leaves_no_trace_on_the_bill()
    {
        var tool = await acme.Provision(await acme.Install(), "in-no-time");
        var (owner, friend) = (tool.Installation, await acme.Install());
        acme.Pass(TimeSpan.FromHours(2));
        acme.Workshop.Count("in-no-time", 70);

        (await acme.Accept(friend, await acme.Offer(tool))).IsEmpty();
        acme.Workshop.Count("in-no-time", 80);
        (await acme.Accept(owner, await acme.Offer(tool.At(friend)))).IsEmpty();

        Assert.Equal(["pro 12:00:00 "], await acme.PlanPeriods(tool));
        Assert.Empty(await acme.PlanPeriods(tool.At(friend)));
        Assert.Equal([0m, 70m], await acme.AskAll<decimal>(
            "select value from measurement where installation_id = $1 and resource_id = $2 order by measured_at", owner, tool.Id));
    }

    [Fact]
    public async Task A_claim_from_before_it_was_handed_over_is_worth_nothing_when_it_is_back()
    {
        var tool = await acme.Provision(await acme.Install());
        var (owner, friend, stranger) = (tool.Installation, await acme.Install(), await acme.Install());
        var (forgotten, used) = (await acme.Offer(tool), await acme.Offer(tool));
        (await acme.Accept(friend, used)).IsEmpty();
        acme.Pass(TimeSpan.FromMinutes(1));
        (await acme.Accept(owner, await acme.Offer(tool.At(friend)))).IsEmpty();

        (await acme.Verify(stranger, forgotten)).IsImpossible();
        (await acme.Accept(stranger, forgotten)).IsImpossible();
        (await acme.Accept(stranger, await acme.Offer(tool))).IsEmpty();
    }

    [Fact]
    public async Task What_the_owner_had_paid_before_use_is_there_again()
    {
        var tool = await acme.Provision(await acme.Install(), "paid-before", "prepaid");
        var (owner, friend) = (tool.Installation, await acme.Install());
        Assert.True((await acme.Customer.Purchase(owner, tool.Id, 25.00m, Cancel)).Exchange!.IsSuccess);
        await Transfer(tool, owner, friend);
        Assert.True((await acme.Customer.Purchase(friend, tool.Id, 10.00m, Cancel)).Exchange!.IsSuccess);
        await Transfer(tool, friend, owner);

        var more = (await acme.Customer.Purchase(owner, tool.Id, 15.00m, Cancel)).Exchange!;
        Assert.Contains("\"currencyValueInCents\":4000", more.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_owner_who_is_full_meanwhile_is_shown_another_plan()
    {
        var tool = await acme.Provision(await acme.Install(), "first", "free");
        var (owner, friend) = (tool.Installation, await acme.Install());
        await Transfer(tool, owner, friend);
        await acme.Provision(owner, "second", "free");

        var claim = await acme.Offer(tool.At(friend));
        (await acme.Accept(owner, claim)).IsConflict();
        Assert.Equal("pro", (await acme.Verify(owner, claim)).Is(HttpStatusCode.OK)["newBillingPlan"]!["id"]!.GetValue<string>());
        acme.Pass(TimeSpan.FromHours(1));
        (await acme.Accept(owner, claim)).IsEmpty();
        Assert.Equal(["pro 13:00:00 "], await acme.PlanPeriods(tool));
    }

    private async Task Transfer(Provisioned tool, string from, string to)
    {
        var exchanges = await acme.Customer.Transfer(from, to, [tool.Id], Cancel);
        Assert.True(exchanges[^1] is { IsSuccess: true, Findings.IsEmpty: true }, exchanges[^1].ToString());
    }

    /// <summary>The jobs of the period, as they were told hour by hour.</summary>
    private IEnumerable<decimal> Told(string installation) =>
        acme.Vercel.State.Installations[installation].Billing.Receipts.Select(receipt => receipt.Usage.Sum(usage => usage.PeriodValue));

    private async Task<IEnumerable<decimal>> Lines(string installation) => await acme.AskAll<decimal>(
        "select total from invoice_line where installation_id = $1 order by external_id, line_number", installation);

    private static DateTimeOffset At(string moment) => DateTimeOffset.Parse(moment, System.Globalization.CultureInfo.InvariantCulture);
}
