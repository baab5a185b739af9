using System.Text.Json;
using Marketplace.Core.Time;
using Marketplace.Simulator.Api;
using Marketplace.Simulator.Usage;

namespace Marketplace.Integration.Usage;

/// <summary>Every hour of every installation is told to Vercel once, whatever happens meanwhile. Contract §D.7; DESIGN §7.</summary>
public sealed class HourlyUsageTests(Acme acme) : IClassFixture<Acme>
{
    [Fact]
    public async Task Every_hour_has_one_confirmed_report_and_the_totals_run_on()
    {
        var tool = await Tool("steady");
        var first = HourSlot.Of(acme.Now);
        for (var hour = 1; hour <= 4; hour++)
        {
            acme.Workshop.Count("steady", 10 * hour);
            await acme.Live(first.Start.AddHours(hour));
        }

        await MustHaveSlots(tool.Installation, first, Enumerable.Repeat("confirmed", 4));
        var receipts = ReceiptsOf(tool.Installation);
        Assert.Equal(Enumerable.Range(1, 4).Select(hour => first.Start.AddHours(hour)), receipts.Select(receipt => receipt.Timestamp));
        Assert.Equal([10m, 20m, 30m, 40m], receipts.Select(JobsOf));
        Assert.Empty(acme.Vercel.State.Findings);
    }

    [Fact]
    public async Task The_counter_is_billed_from_where_it_stood_when_the_resource_was_made()
    {
        acme.Workshop.Count("second-hand", 1000);
        var tool = await Tool("second-hand");
        acme.Workshop.Count("second-hand", 1007);

        await acme.Live(HourSlot.Of(acme.Now).End);

        Assert.Equal([7m], ReceiptsOf(tool.Installation).Select(JobsOf));
    }

    [Fact]
    public async Task A_report_whose_answer_was_lost_is_sent_again_and_counts_once()
    {
        var tool = await Tool("lost");
        acme.Workshop.Count("lost", 5);
        acme.Pass(HourSlot.Of(acme.Now).End - acme.Now);
        acme.Vercel.Disturbances.Plan(HttpMethod.Post, $"{tool.Installation}/billing", new Disturbance { LosesAnswer = true });

        await acme.Work("usage");
        Assert.Empty(await SlotsOf(tool.Installation));

        await acme.BackoffIsOver();
        await acme.Work("usage");
        Assert.Equal(["confirmed"], (await SlotsOf(tool.Installation)).Select(slot => slot.State));
        Assert.Equal([5m, 5m], ReceiptsOf(tool.Installation).Select(JobsOf));
    }

    [Fact]
    public async Task Workers_side_by_side_report_each_hour_once()
    {
        var tools = new List<Provisioned>();
        for (var number = 0; number < 4; number++)
            tools.Add(await Tool($"shared-{number}"));
        var first = HourSlot.Of(acme.Now);
        acme.Pass(first.End - acme.Now);

        await Task.WhenAll(acme.Work("usage"), acme.Work("usage"), acme.Work("usage"));

        foreach (var tool in tools)
        {
            await MustHaveSlots(tool.Installation, first, ["confirmed"]);
            Assert.Single(ReceiptsOf(tool.Installation));
        }
    }

    [Fact]
    public async Task After_five_hours_without_a_worker_each_of_them_is_reported()
    {
        var tool = await Tool("five");
        var first = HourSlot.Of(acme.Now);
        await acme.Live(first.End);
        acme.Pass(TimeSpan.FromHours(5) + TimeSpan.FromMinutes(10));

        await acme.Work("usage");

        await MustHaveSlots(tool.Installation, first, Enumerable.Repeat("confirmed", 6));
        Assert.Equal(
            Enumerable.Range(1, 6).Select(hour => first.Start.AddHours(hour)),
            ReceiptsOf(tool.Installation).Select(receipt => receipt.Timestamp));
    }

    [Fact]
    public async Task After_thirty_hours_without_a_worker_what_Vercel_takes_no_more_is_made_good_by_what_it_takes()
    {
        // In the middle of a month, at 20:30: the reports of that day are taken until the next day is over.
        var evening = UsageDay.Of(MiddleOfAMonth()).Start.AddHours(20.5);
        await JumpTo(evening);
        var tool = await Tool("thirty");
        var first = HourSlot.Of(evening);
        await acme.Live(first.End);
        acme.Workshop.Count("thirty", 42);
        acme.Pass(TimeSpan.FromHours(30));

        // 03:00, two days on: 21:00 to 24:00 of the first day are too old; the whole second day and three hours of today are not.
        await acme.Work("usage");

        await MustHaveSlots(
            tool.Installation, first,
            ["confirmed", .. Enumerable.Repeat("superseded", 3), .. Enumerable.Repeat("confirmed", 24 + 3)]);
        Assert.All(
            (await SlotsOf(tool.Installation)).Where(slot => slot.State == "superseded"),
            slot => Assert.Equal(UsageDay.Of(evening).End, slot.By));
        // The reading was only possible now, at 03:00 sharp, and belongs to the hour that ends there.
        Assert.Equal(42m, JobsOf(ReceiptsOf(tool.Installation)[^1]));
    }

    [Fact]
    public async Task The_last_hour_of_a_month_reports_the_closed_month_and_the_next_begins_at_nothing()
    {
        var month = await EveOfAMonth(TimeSpan.FromHours(1.5));
        var tool = await Tool("edge");
        acme.Workshop.Count("edge", 100);
        await acme.Live(month.End.AddHours(-1));
        acme.Workshop.Count("edge", 130);
        await acme.Live(month.End);
        acme.Workshop.Count("edge", 131);
        await acme.Live(month.End.AddHours(1));

        var receipts = ReceiptsOf(tool.Installation);
        Assert.Equal([100m, 130m, 1m], receipts.Select(JobsOf));
        Assert.Equal(
            [(month.Start, month.End), (month.Start, month.End), (month.End, BillingPeriod.MonthOf(month.End).End)],
            receipts.Select(receipt => (receipt.Period.Start, receipt.Period.End)));
        Assert.Equal((month.End, month.End.AddSeconds(-1)), (receipts[1].Timestamp, receipts[1].Eod));
    }

    [Fact]
    public async Task Hours_of_a_closed_month_that_can_never_be_told_are_on_record_as_dead()
    {
        // From 21:30 on the last day until 02:10 two days on: the whole of the new month's first day can still be told.
        var month = await EveOfAMonth(TimeSpan.FromHours(2.5));
        var tool = await Tool("silent");
        var first = HourSlot.Of(acme.Now);
        await acme.Live(first.End);
        acme.Pass(month.End.AddHours(26).AddMinutes(10) - acme.Now);

        await acme.Work("usage");

        await MustHaveSlots(
            tool.Installation, first, ["confirmed", "dead", "dead", .. Enumerable.Repeat("confirmed", 26)]);
        Assert.Contains(acme.Server.Log.Lines, line => line.StartsWith("Error", StringComparison.Ordinal) && line.Contains($"2 hours of installation {tool.Installation}", StringComparison.Ordinal));
    }

    [Fact]
    public async Task One_installation_whose_meter_hangs_delays_nobody_else()
    {
        // More than one worker takes at a time.
        var installations = new List<string>();
        for (var number = 0; number < 20; number++)
            installations.Add(await acme.Install());
        var hanging = await Tool("hanging");
        var gate = new TaskCompletionSource();
        acme.Workshop.Plan("Measure", "hanging", new WorkshopEvent.Waits(gate));
        acme.Pass(HourSlot.Of(acme.Now).End - acme.Now);
        // It comes first.
        await acme.Execute("update billing_schedule set due_at = due_at - interval '1 minute' where installation_id = $1", hanging.Installation);

        var work = acme.Work("usage");
        foreach (var installation in installations)
            await RealTime.Until(async () => (await SlotsOf(installation)).Count == 1, $"{installation} is reported");
        Assert.Empty(await SlotsOf(hanging.Installation));

        gate.SetResult();
        await work;
        Assert.Equal(["confirmed"], (await SlotsOf(hanging.Installation)).Select(slot => slot.State));
    }

    [Fact]
    public async Task A_meter_that_fails_costs_no_report_and_the_next_reading_makes_good_for_it()
    {
        var tool = await Tool("unread");
        acme.Workshop.Plan("Measure", "unread", new WorkshopEvent.Fails());
        acme.Workshop.Count("unread", 9);

        await acme.Live(HourSlot.Of(acme.Now).End);
        await acme.Live(acme.Now.AddHours(1));

        Assert.Equal(["confirmed", "confirmed"], (await SlotsOf(tool.Installation)).Select(slot => slot.State));
        Assert.Equal([0m, 9m], ReceiptsOf(tool.Installation).Select(JobsOf));
    }

    [Fact]
    public async Task A_report_that_Vercel_refuses_is_on_record_and_made_good_by_the_next()
    {
        var tool = await Tool("refused");
        var first = HourSlot.Of(acme.Now);
        acme.Vercel.Disturbances.Plan(HttpMethod.Post, $"{tool.Installation}/billing", Disturbance.Fails(400));
        await acme.Live(first.End);
        Assert.Equal(["refused"], (await SlotsOf(tool.Installation)).Select(slot => slot.State));

        await acme.Live(first.End.AddHours(1));
        await MustHaveSlots(tool.Installation, first, ["superseded", "confirmed"]);
    }

    [Fact]
    public async Task A_reading_that_was_held_up_is_not_taken_for_a_counter_that_began_anew()
    {
        var tool = await Tool("held-up");
        var gate = new TaskCompletionSource();
        acme.Workshop.Plan("Measure", "held-up", new WorkshopEvent.Waits(gate));
        acme.Pass(HourSlot.Of(acme.Now).End - acme.Now);
        var heldUp = acme.Work("usage");
        await RealTime.Until(() => Task.FromResult(acme.Workshop.Calls("Measure", tool.Id) == 2), "the meter hangs");

        // Its lease ends, and another worker reads 100 an hour later; then the first one reads 150, for the hour before.
        await acme.LeasesAreOver();
        acme.Pass(TimeSpan.FromHours(1));
        acme.Workshop.Count("held-up", 100);
        await acme.Work("usage");
        acme.Workshop.Count("held-up", 150);
        gate.SetResult();
        await heldUp;

        await acme.Live(acme.Now.AddHours(1));
        Assert.Equal(150m, JobsOf(ReceiptsOf(tool.Installation)[^1]));
    }

    [Fact]
    public async Task An_hour_that_was_missed_and_then_refused_is_on_record_until_the_next_report_makes_good_for_it()
    {
        // From 20:30 until 03:00 two days on: three hours are too old, and what could still be told is refused.
        var evening = UsageDay.Of(MiddleOfAMonth()).Start.AddHours(20.5);
        await JumpTo(evening);
        var tool = await Tool("refused-for-long");
        var first = HourSlot.Of(evening);
        await acme.Live(first.End);
        acme.Pass(TimeSpan.FromHours(30));
        for (var hour = 0; hour < 24 + 3; hour++)
            acme.Vercel.Disturbances.Plan(HttpMethod.Post, $"{tool.Installation}/billing", Disturbance.Fails(400));
        await acme.Work("usage");
        await MustHaveSlots(
            tool.Installation, first, ["confirmed", .. Enumerable.Repeat("dead", 3), .. Enumerable.Repeat("refused", 24 + 3)]);

        await acme.Live(acme.Now.AddHours(1));
        await MustHaveSlots(tool.Installation, first, ["confirmed", .. Enumerable.Repeat("superseded", 3 + 24 + 3), "confirmed"]);
    }

    private async Task<Provisioned> Tool(string name) => await acme.Provision(await acme.Install(), name);

    /// <summary>A moment at which a day before and two days after are in one month.</summary>
    private DateTimeOffset MiddleOfAMonth()
    {
        var month = BillingPeriod.MonthOf(acme.Now);
        return acme.Now < month.Start.AddDays(20) ? acme.Now.AddDays(1) : month.End.AddDays(10);
    }

    private async Task<BillingPeriod> EveOfAMonth(TimeSpan before)
    {
        var month = BillingPeriod.MonthOf(acme.Now.AddDays(3));
        await JumpTo(month.End - before);
        return month;
    }

    /// <summary>What is left of other stories must not be told here.</summary>
    private async Task JumpTo(DateTimeOffset moment)
    {
        await acme.Execute("delete from billing_schedule");
        acme.Vercel.Clock.MoveTo(moment);
    }

    private IReadOnlyList<BillingReceipt> ReceiptsOf(string installation) =>
        acme.Vercel.State.Installations[installation].Billing.Receipts;

    private static decimal JobsOf(BillingReceipt receipt) => receipt.Usage.Single(usage => usage.Name == "Jobs").PeriodValue;

    private async Task<IReadOnlyList<Slot>> SlotsOf(string installation) =>
    [
        .. (await acme.AskAll<string>(
            """
            select json_build_object('Start', slot_start, 'State', state, 'By', superseded_by)::text
            from usage_slot where installation_id = $1 order by slot_start
            """,
            installation)).Select(json => JsonSerializer.Deserialize<Slot>(json)!),
    ];

    /// <summary>Exactly these, hour after hour without a gap.</summary>
    private async Task MustHaveSlots(string installation, HourSlot first, IEnumerable<string> states)
    {
        var slots = await SlotsOf(installation);
        Assert.Equal(states, slots.Select(slot => slot.State));
        Assert.Equal(Enumerable.Range(0, slots.Count).Select(hour => first.Start.AddHours(hour)), slots.Select(slot => slot.Start));
    }

    private sealed record Slot(DateTimeOffset Start, string State, DateTimeOffset? By);
}
