using System.Text.Json.Nodes;
using Marketplace.Core.Installations;
using Marketplace.Core.Time;
using Marketplace.Shell.Persistence;
using Marketplace.Shell.UsageEvents;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using static Marketplace.Integration.UsageEvents.ReportedUsage;

namespace Marketplace.Integration.UsageEvents;

/// <summary>Dated stories of reported use: whose it is, by which plan, and what it comes to.</summary>
public sealed class UsageBillingTests(MeteredAcme metered) : IClassFixture<MeteredAcme>
{
    private readonly Acme acme = metered.Acme;
    private readonly string key = metered.Key;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_amount_falls_on_the_plan_of_its_moment_also_within_one_hour()
    {
        var tool = await Tool();
        await ToTheHour();
        acme.Pass(TimeSpan.FromMinutes(30));
        (await acme.Patch(tool.Path, acme.Admin(tool.Installation), new JsonObject { ["billingPlanId"] = "team" }, Acme.NewKey())).Is(System.Net.HttpStatusCode.OK);
        var changed = acme.Now;
        acme.Pass(TimeSpan.FromMinutes(20));

        (await acme.Report(
            key, Event(tool.Id, "jobs", 100, changed.AddMicroseconds(-1)), Event(tool.Id, "jobs", 200, changed),
            Event(tool.Id, "jobs", 400, changed.AddMinutes(1)))).Counts(3, 0);

        var billing = await acme.Billing(key, tool.Installation);
        // 100 × 0.01 and 600 × 0.005
        Assert.Equal("1.00", billing.Line(tool.Id, "pro", "Pro: Jobs")["total"]!.GetValue<string>());
        Assert.Equal("3.00", billing.Line(tool.Id, "team", "Team: Jobs")["total"]!.GetValue<string>());
    }

    [Fact]
    public async Task Levels_are_billed_for_complete_hours_by_their_last_value_or_their_mean()
    {
        // Not made on the hour, or the hour before the first would be complete as well.
        acme.Pass(TimeSpan.FromMinutes(1));
        await ToTheHour();
        acme.Pass(TimeSpan.FromMinutes(1));
        var tool = await Tool();
        await ToTheHour();
        var hour = acme.Now;
        acme.Pass(TimeSpan.FromHours(1));

        // Ten at the beginning; thirty from half past.
        JsonObject[] readings =
        [
            .. new[] { "seats", "memory" }.SelectMany(metric => new[]
            {
                Event(tool.Id, metric, 30, hour.AddMinutes(30)), Event(tool.Id, metric, 10, hour.AddSeconds(1).AddMinutes(-1)),
            }),
        ];
        (await acme.Report(key, readings)).Counts(4, 0);
        (await acme.Report(key, readings)).Counts(0, 4);

        var billing = await acme.Billing(key, tool.Installation);
        // The last of the hour: 30 × 0.10. The mean of the hour: (10 × 30 + 30 × 30) / 60 = 20, × 0.10.
        Assert.Equal("3.00", billing.Line(tool.Id, "pro", "Pro: Seats")["total"]!.GetValue<string>());
        Assert.Equal("2.00", billing.Line(tool.Id, "pro", "Pro: Memory")["total"]!.GetValue<string>());
    }

    [Fact]
    public async Task Hours_that_are_summed_up_read_the_same_and_a_reading_that_comes_later_is_among_them()
    {
        var tool = await Tool();
        await ToTheHour();
        var hour = acme.Now;
        acme.Pass(TimeSpan.FromHours(3));
        JsonObject[] readings =
        [
            .. Enumerable.Range(1, 170).SelectMany(minute => new[] { "seats", "memory", "load" }.Select(
                metric => Event(tool.Id, metric, (minute * 37) % 50, hour.AddMinutes(minute)))),
        ];
        await acme.Report(key, readings);
        var before = await Seen();

        await acme.Work("meter-rollup");
        Assert.True(await acme.Ask<long>("select count(*) from measurement_hour where resource_id = $1 and not stale", tool.Id) >= 6);
        Assert.Equal(before, await Seen());

        // Between two that are there.
        (await acme.Report(key, Event(tool.Id, "load", 4000, hour.AddMinutes(15.5)))).Counts(1, 0);
        Assert.Contains("\"4000\"", await Seen(), StringComparison.Ordinal);
        await acme.Work("meter-rollup");
        Assert.Contains("\"4000\"", await Seen(), StringComparison.Ordinal);

        async Task<string> Seen()
        {
            var billing = (await acme.Provide(HttpMethod.Get, $"/installations/{tool.Installation}/billing", key)).Json;
            return billing["usage"]!.ToJsonString() + string.Concat(
                new[] { "Seats", "Memory" }.Select(name => billing.Line(tool.Id, "pro", $"Pro: {name}").ToJsonString()));
        }
    }

    [Fact]
    public async Task Of_two_readings_at_one_moment_the_higher_one_counts_whichever_comes_first()
    {
        var (one, two) = (await Tool(), await Tool());
        await ToTheHour();
        var at = acme.Now.AddMinutes(-1);
        await acme.Report(key, Event(one.Id, "seats", 3, at), Event(two.Id, "seats", 5, at));
        await acme.Report(key, Event(one.Id, "seats", 5, at), Event(two.Id, "seats", 3, at));

        Assert.Equal("5", (await acme.Billing(key, one.Installation)).Used(one.Id, "seats"));
        Assert.Equal("5", (await acme.Billing(key, two.Installation)).Used(two.Id, "seats"));
    }

    [Fact]
    public async Task Use_from_before_the_end_of_a_resource_counts_after_it_and_later_use_is_refused()
    {
        var tool = await Tool();
        acme.Pass(TimeSpan.FromMinutes(10));
        (await acme.Delete(tool.Path, acme.Admin(tool.Installation), key: Acme.NewKey())).IsEmpty();
        var gone = acme.Now;
        acme.Pass(TimeSpan.FromMinutes(10));

        (await acme.Report(
            key, Event(tool.Id, "jobs", 7, gone.AddSeconds(-1)), Event(tool.Id, "jobs", 9, gone))).Counts(1, 0, "not_in_use");

        Assert.Equal("0.07", (await acme.Billing(key, tool.Installation)).Line(tool.Id, "pro", "Pro: Jobs")["total"]!.GetValue<string>());
    }

    [Fact]
    public async Task What_comes_when_its_period_is_closed_is_billed_with_the_next_and_never_in_its_own()
    {
        var tool = await Tool();
        acme.Pass(TimeSpan.FromMinutes(10));
        var used = acme.Now.AddMinutes(-5);
        (await acme.Report(key, Event(tool.Id, "jobs", 1, used, "in-time"))).Counts(1, 0);
        var closed = BillingPeriod.MonthOf(acme.Now).End;
        await Close(acme, tool.Installation, closed);

        (await acme.Report(key, Event(tool.Id, "jobs", 1, used, "in-time"), Event(tool.Id, "jobs", 2, used, "late"))).Counts(1, 1);

        Assert.Equal(["-infinity 1", "2027 2"], await acme.AskAll<string>(
            "select case late_in when '-infinity' then late_in::text else to_char(late_in, 'YYYY') end || ' ' || quantity from usage_hour where resource_id = $1 order by late_in",
            tool.Id));
        Assert.Equal(closed.UtcDateTime, await acme.Ask<DateTime>("select late_in from usage_event where event_id = 'late' and resource_id = $1", tool.Id));
    }

    [Fact]
    public async Task After_the_last_invoice_nothing_counts_but_what_was_counted_before_is_known_again()
    {
        var tool = await Tool();
        acme.Pass(TimeSpan.FromMinutes(10));
        var used = acme.Now.AddMinutes(-5);
        (await acme.Report(key, Event(tool.Id, "jobs", 1, used, "known"))).Counts(1, 0);
        await Close(acme, tool.Installation, null);

        (await acme.Report(key, Event(tool.Id, "jobs", 1, used, "known"), Event(tool.Id, "jobs", 1, used, "new"))).Counts(0, 1, "period_closed");
    }

    /// <summary>January: 100 jobs × 0.01 = 1.00 in time. In February 250 more of January come to light: 350 × 0.01 - 1.00 = 2.50.</summary>
    [Fact]
    public async Task Late_use_is_a_correction_on_the_next_invoice_once_and_every_event_is_billed_once()
    {
        await using var own = await Acme.Open(new AcmeOptions { Catalogue = "acme-metered.catalog.json" });
        var backend = await own.NewProviderKey("usage:write");
        var tool = await own.Provision(await own.Install());
        own.Pass(TimeSpan.FromHours(2));
        var used = own.Now.AddMinutes(-1);
        (await own.Report(backend, Event(tool.Id, "jobs", 100, used))).Counts(1, 0);
        await ToTheInvoice();
        Assert.Equal(["metered 1.00"], await Lines("Pro: Jobs%", 1));

        (await own.Report(backend, Event(tool.Id, "jobs", 250, used))).Counts(1, 0);
        await ToTheInvoice();
        Assert.Equal(["correction 2.50"], await Lines("Pro: Jobs%", 2));

        await ToTheInvoice();
        Assert.Empty(await Lines("Pro: Jobs%", 3));

        Task<IReadOnlyList<string>> Lines(string name, int month) => InvoicedLines(own, tool, name, month);

        Task ToTheInvoice() => ToTheInvoiceOf(own);
    }

    /// <summary>
    /// January: 10 seats in one hour × 0.10 = 1.00. The worker closes the month and dies; then it turns out that they were 40. The worker
    /// that comes after it bills 1.00 for January, and the other 3.00 with February.
    /// </summary>
    [Fact]
    public async Task A_reading_that_comes_between_the_closing_of_a_period_and_its_invoice_is_billed_once_and_with_the_next()
    {
        await using var own = await Acme.Open(new AcmeOptions { Catalogue = "acme-metered.catalog.json" });
        var backend = await own.NewProviderKey("usage:write");
        var tool = await own.Provision(await own.Install());
        own.Pass(HourSlot.Of(own.Now).End - own.Now);
        var hour = own.Now;
        own.Pass(TimeSpan.FromHours(2));
        (await own.Report(backend, Event(tool.Id, "seats", 10, hour.AddMinutes(30)), Event(tool.Id, "seats", 0, hour.AddMinutes(90)))).Counts(2, 0);

        own.Vercel.Clock.MoveTo(BillingPeriod.MonthOf(own.Now).End.AddHours(26));
        await Close(own, tool.Installation, BillingPeriod.MonthOf(hour).End);
        (await own.Report(backend, Event(tool.Id, "seats", 40, hour.AddMinutes(45)))).Counts(1, 0);
        await own.WorkOff();
        Assert.Equal(["metered 1.00"], await InvoicedLines(own, tool, "Pro: Seats%", 1));

        await ToTheInvoiceOf(own);
        Assert.Equal(["correction 3.00"], await InvoicedLines(own, tool, "Pro: Seats%", 2));
    }

    /// <summary>
    /// One seat since January. In March it turns out that they were three from the last two hours of January on: 2 × 2 × 0.10 = 0.40 for
    /// January, and 2 × 672 × 0.10 = 134.40 for February, in which nothing was read. March: 3 × 744 × 0.10 = 223.20.
    /// </summary>
    [Fact]
    public async Task A_level_that_comes_late_is_corrected_in_every_closed_period_through_which_it_lasted()
    {
        await using var own = await Acme.Open(new AcmeOptions { Catalogue = "acme-metered.catalog.json" });
        var backend = await own.NewProviderKey("usage:write");
        var tool = await own.Provision(await own.Install());
        own.Pass(TimeSpan.FromHours(2));
        (await own.Report(backend, Event(tool.Id, "seats", 1, own.Now.AddMinutes(-1)))).Counts(1, 0);
        await ToTheInvoiceOf(own);
        var january = BillingPeriod.MonthOf(own.Now).Start;
        await ToTheInvoiceOf(own);

        (await own.Report(backend, Event(tool.Id, "seats", 3, january.AddHours(-1)))).Counts(1, 0);
        await ToTheInvoiceOf(own);
        Assert.Equal(["correction 0.40", "correction 134.40", "metered 223.20"], await InvoicedLines(own, tool, "Pro: Seats%", 3));

        await ToTheInvoiceOf(own);
        // April has 720 hours: 3 × 720 × 0.10.
        Assert.Equal(["metered 216.00"], await InvoicedLines(own, tool, "Pro: Seats%", 4));
    }

    [Fact]
    public async Task An_uninstall_ends_with_the_late_use_that_was_taken_on_its_last_invoices_or_on_record()
    {
        await using var own = await Acme.Open(new AcmeOptions { Catalogue = "acme-metered.catalog.json" });
        var backend = await own.NewProviderKey("usage:write");
        var tool = await own.Provision(await own.Install());
        own.Pass(TimeSpan.FromHours(1));
        var used = own.Now.AddMinutes(-1);
        (await own.Delete(tool.Path, own.Admin(tool.Installation), key: Acme.NewKey())).IsEmpty();
        await ToTheInvoiceOf(own);
        await own.Execute("update invoice set state = 'overdue', vercel_invoice_id = 'mi_settled' where state not in ('skipped', 'paid')");

        // 300 × 0.01: its resource is gone, and was billed for January, so that no invoice can bill it.
        (await own.Report(backend, Event(tool.Id, "jobs", 300, used))).Counts(1, 0);
        Assert.Equal("""{"finalized":false}""", (await own.Customer.Uninstall(tool.Installation, Cancel)).Body);
        await own.WorkOff();

        Assert.Equal(
            ["correction 3.00"],
            await own.AskAll<string>("select kind || ' ' || total from invoice_line where installation_id = $1 and kind = 'correction'", tool.Installation));
    }

    [Fact]
    public async Task Months_are_made_ahead_and_go_when_they_are_past_their_time_and_their_sums_stay()
    {
        await using var own = await Acme.Open(new AcmeOptions { Catalogue = "acme-metered.catalog.json" });
        var backend = await own.NewProviderKey("usage:write", "billing:read");
        await own.Work("usage-retention");
        var tool = await own.Provision(await own.Install());
        (await own.Report(backend, Event(tool.Id, "jobs", 5, own.Now))).Counts(1, 0);
        Assert.Equal(1L, await own.Ask<long>("select count(*) from usage_event_2027_01"));

        // Not while anybody is still to be invoiced for it.
        own.Pass(TimeSpan.FromDays(500));
        await own.Work("usage-retention");
        Assert.Equal(1L, await own.Ask<long>("select count(*) from usage_event"));
        Assert.Equal(0L, await own.Ask<long>("select count(*) from usage_event_key"));

        await own.Execute("update billing_schedule set due_at = $1", own.Now);
        await own.Work("usage-retention");
        Assert.Equal(0L, await own.Ask<long>("select count(*) from pg_class where relname = 'usage_event_2027_01'"));
        Assert.Equal(5m, await own.Ask<decimal>("select sum(quantity) from usage_hour"));
    }

    /// <summary>Long enough after the month that no report is waited for.</summary>
    private static async Task ToTheInvoiceOf(Acme acme)
    {
        acme.Vercel.Clock.MoveTo(BillingPeriod.MonthOf(acme.Now).End.AddHours(26));
        await acme.WorkOff();
    }

    /// <summary>What each line is for and comes to, of the invoices that are dated in a month.</summary>
    private static Task<IReadOnlyList<string>> InvoicedLines(Acme acme, Provisioned tool, string name, int month) => acme.AskAll<string>(
        """
        select l.kind || ' ' || l.total from invoice_line l join invoice i using (installation_id, external_id)
        where l.installation_id = $1 and l.name like $2 and extract(month from i.invoice_date) = $3 order by 1
        """,
        tool.Installation, name, month);

    private static async Task Close(Acme acme, string installation, DateTimeOffset? until)
    {
        var writes = new Writes();
        UsageEventRows.Close(writes, new InstallationId(installation), until);
        await writes.Commit(acme.Server.Services.GetRequiredService<NpgsqlDataSource>(), Cancel);
    }

    /// <summary>The beginning of the next full hour.</summary>
    private Task ToTheHour()
    {
        acme.Pass(HourSlot.Of(acme.Now).End - acme.Now);
        return Task.CompletedTask;
    }

    private async Task<Provisioned> Tool() => await acme.Provision(await acme.Install());
}
