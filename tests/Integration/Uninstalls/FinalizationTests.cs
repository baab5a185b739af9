using LanguageExt;
using Marketplace.Core.Installations;
using Marketplace.Core.Refunds;
using Marketplace.Jobs.Billing;
using Marketplace.Jobs.Installations;
using Marketplace.Jobs.Vercel;
using Marketplace.Simulator.Api;
using Marketplace.Simulator.Installations;
using Marketplace.Simulator.Invoices;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using Installation = Marketplace.Simulator.Installations.Installation;

namespace Marketplace.Integration.Uninstalls;

/// <summary>An uninstall ends when the resources are down and all is billed, and not before. Contract §E.5; DESIGN §7.</summary>
public sealed class FinalizationTests(Acme acme) : IClassFixture<Acme>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Resources_go_down_then_the_last_usage_then_the_final_invoice_and_then_the_end()
    {
        var tool = await Customer("whole");
        // 1,250 jobs since the last full hour: only the last reading, at the uninstall, knows of them.
        acme.Workshop.Count("whole", 3250);
        await Uninstall(tool);
        await acme.WorkOff();

        Assert.False(acme.Workshop.Holds(tool.Id));
        Assert.Equal(
            ["POST /billing", "POST /billing/invoices", "POST /billing/finalize"], CallsAfterTheUninstall(tool.Installation));
        var invoice = Assert.Single(AtVercel(tool.Installation).Invoices);
        Assert.Equal((3250m, "3.25"), (invoice.Items[^1].Quantity, invoice.Items[^1].Total));

        // Vercel has not charged it yet, and says so; nothing ends before.
        Assert.Equal(InstallationStage.PendingDeletion, AtVercel(tool.Installation).Stage);
        Assert.Equal("uninstalling", await StageOf(tool.Installation));
        Assert.True(await HasToken(tool.Installation));

        await acme.Live(acme.Now.AddMinutes(61));
        Assert.Equal(InvoiceState.Paid, AtVercel(tool.Installation).Invoices[0].State);
        Assert.Equal(InstallationStage.Finalized, AtVercel(tool.Installation).Stage);
        Assert.Equal("finalized", await StageOf(tool.Installation));
        Assert.False(await HasToken(tool.Installation));

        // The books stay: no token will ever read them at Vercel again.
        Assert.Equal("paid", await acme.Ask<string>("select state from invoice where installation_id = $1", tool.Installation));
        Assert.Equal(invoice.Total, await acme.Ask<decimal>("select sum(total) from invoice_line where installation_id = $1", tool.Installation));
        Assert.Equal(0, await acme.Ask<long>("select count(*) from billing_schedule where installation_id = $1", tool.Installation));
    }

    [Fact]
    public async Task The_payment_ends_the_wait_before_the_next_look()
    {
        var tool = await Customer("paid-early");
        await Uninstall(tool);
        await acme.WorkOff();
        Assert.True(await acme.Ask<bool>("select due_at > $2 from billing_schedule where installation_id = $1 and work = 'finalization'", tool.Installation, acme.Now));

        // Vercel moves its invoices on, and its webhook comes in; the clock of the next look has not come.
        acme.Pass(TimeSpan.FromHours(1));
        await acme.Vercel.Settle(Cancel);
        await acme.Execute("update billing_schedule set due_at = $2 where installation_id = $1", tool.Installation, acme.Now.AddMinutes(29));
        await acme.Work("webhooks");
        await acme.Work("finalization");

        Assert.Equal("finalized", await StageOf(tool.Installation));
    }

    [Fact]
    public async Task With_too_little_to_bill_it_is_final_without_an_invoice()
    {
        // 12.00 * 60 / 2,678,400 = 0.0003 dollars, and Vercel takes nothing below 0.50.
        var tool = await Passer("passer-by");
        await Uninstall(tool);
        await acme.WorkOff();

        Assert.Equal(["POST /billing", "POST /billing/finalize"], CallsAfterTheUninstall(tool.Installation));
        Assert.Equal("finalized", await StageOf(tool.Installation));
        Assert.Equal("skipped", await acme.Ask<string>("select state from invoice where installation_id = $1", tool.Installation));
    }

    [Fact]
    public async Task With_nothing_to_bill_it_is_final_at_once_and_what_is_there_goes_down()
    {
        var free = await acme.Provision(await acme.Install(), "free-rider", plan: "free");
        await acme.Live(acme.Now.AddHours(1));
        Assert.True(acme.Workshop.Holds(free.Id));

        var answer = await acme.Customer.Uninstall(free.Installation, Cancel);

        Assert.Equal("""{"finalized":true}""", answer.Body);
        Assert.Equal(("finalized", InstallationStage.Finalized), (await StageOf(free.Installation), AtVercel(free.Installation).Stage));
        Assert.Equal(0, await acme.Ask<long>("select count(*) from billing_schedule where installation_id = $1", free.Installation));
        // Nobody has to hear of it, but everything goes down.
        await acme.WorkOff();
        Assert.False(acme.Workshop.Holds(free.Id));
        Assert.Empty(CallsAfterTheUninstall(free.Installation));
        Assert.Equal(1, await acme.Ask<long>("select count(*) from domain_event where resource_id = $1 and kind = 'resource.Deprovisioned'", free.Id));
    }

    [Fact]
    public async Task What_was_billed_and_settled_is_not_waited_for_and_what_is_on_its_way_is()
    {
        var (paid, failing) = (await Customer("billed-before"), await Customer("failing"));
        acme.CardFails(failing.Installation);
        foreach (var tool in new[] { paid, failing })
            (await acme.Delete(tool.Path, acme.Admin(tool.Installation))).IsEmpty();
        await acme.Live(NextMonth(acme.Now).AddHours(6));
        Assert.Equal(("paid", "notpaid"), (await InvoiceOf(paid), await InvoiceOf(failing)));

        Assert.Equal("""{"finalized":true}""", (await acme.Customer.Uninstall(paid.Installation, Cancel)).Body);
        Assert.Equal("""{"finalized":false}""", (await acme.Customer.Uninstall(failing.Installation, Cancel)).Body);

        Task<string?> InvoiceOf(Provisioned tool) => acme.Ask<string>("select state from invoice where installation_id = $1", tool.Installation);
    }

    [Fact]
    public async Task While_a_resource_cannot_be_taken_down_nothing_is_final()
    {
        var tool = await Customer("stubborn");
        acme.Workshop.Plan("Deprovision", "stubborn", new WorkshopEvent.Fails(), new WorkshopEvent.Fails());
        await Uninstall(tool);

        for (var attempt = 1; attempt <= 2; attempt++)
        {
            await acme.BackoffIsOver();
            await acme.Work("operations", "usage", "invoices", "finalization");
            Assert.True(acme.Workshop.Holds(tool.Id));
            Assert.Empty(CallsAfterTheUninstall(tool.Installation));
        }

        await acme.WorkOff();
        await acme.Live(acme.Now.AddMinutes(61));
        Assert.False(acme.Workshop.Holds(tool.Id));
        Assert.Equal("finalized", await StageOf(tool.Installation));
    }

    [Fact]
    public async Task After_an_hour_the_final_invoice_waits_no_longer_for_a_last_reading_but_the_end_does()
    {
        var tool = await Customer("unreachable");
        acme.Workshop.Plan("Deprovision", "unreachable", [.. Enumerable.Repeat(new WorkshopEvent.Fails(), 4)]);
        await Uninstall(tool);
        acme.Pass(TimeSpan.FromMinutes(61));
        await acme.Work("operations", "usage", "invoices", "finalization");

        Assert.Equal(["POST /billing", "POST /billing/invoices"], CallsAfterTheUninstall(tool.Installation));
        Assert.Equal("uninstalling", await StageOf(tool.Installation));

        await acme.WorkOff();
        await acme.Live(acme.Now.AddMinutes(61));
        Assert.Equal("finalized", await StageOf(tool.Installation));
    }

    [Fact]
    public async Task An_answer_that_was_lost_at_the_very_end_leaves_no_installation_behind()
    {
        var tool = await Passer("lost-end");
        await Uninstall(tool);
        acme.Vercel.Disturbances.Plan(HttpMethod.Post, $"{tool.Installation}/billing/finalize", new Disturbance { LosesAnswer = true });
        await acme.Work("operations", "usage", "invoices", "finalization");
        Assert.Equal(InstallationStage.Finalized, AtVercel(tool.Installation).Stage);
        Assert.Equal("uninstalling", await StageOf(tool.Installation));

        await acme.BackoffIsOver();
        await acme.Work("finalization");
        Assert.Equal("finalized", await StageOf(tool.Installation));
    }

    [Fact]
    public async Task What_a_person_would_have_to_mend_is_waited_for_until_the_window_closes_and_then_on_record()
    {
        var tool = await Customer("refused");
        acme.Vercel.Disturbances.Plan(HttpMethod.Post, $"{tool.Installation}/billing/invoices", Disturbance.Fails(422));
        await Uninstall(tool);
        await acme.WorkOff();
        Assert.Equal("refused", await acme.Ask<string>("select state from invoice where installation_id = $1", tool.Installation));

        // The clock is not held up by it; nothing is final while somebody may still come.
        acme.Pass(TimeSpan.FromHours(23));
        await acme.WorkOff();
        Assert.Equal("uninstalling", await StageOf(tool.Installation));
        Assert.DoesNotContain("POST /billing/finalize", CallsAfterTheUninstall(tool.Installation));
        Assert.Contains(acme.Server.Log.Lines, line => line.StartsWith("Error", StringComparison.Ordinal) && line.Contains($"uninstall of {tool.Installation}", StringComparison.Ordinal));

        acme.Pass(TimeSpan.FromMinutes(61));
        await acme.Vercel.Settle(Cancel);
        await acme.WorkOff();
        Assert.Equal("finalized", await StageOf(tool.Installation));
        Assert.False(await HasToken(tool.Installation));
        Assert.Contains("refused", await acme.Ask<string>(
            "select detail->>'unbilled' from domain_event where installation_id = $1 and kind = 'installation.BillingGivenUp'", tool.Installation), StringComparison.Ordinal);
    }

    [Fact]
    public async Task When_the_window_is_over_a_no_from_Vercel_keeps_nothing_open()
    {
        var tool = await Customer("stale");
        await Uninstall(tool);
        await acme.WorkOff();
        Assert.Equal("uninstalling", await StageOf(tool.Installation));

        acme.Vercel.Disturbances.Plan(HttpMethod.Post, $"{tool.Installation}/billing/finalize", Disturbance.Fails(403), times: 2);
        acme.Pass(TimeSpan.FromHours(23));
        await acme.Work("finalization");
        Assert.Equal("uninstalling", await StageOf(tool.Installation));

        acme.Pass(TimeSpan.FromMinutes(61));
        await acme.Work("finalization");
        Assert.Equal("finalized", await StageOf(tool.Installation));
        Assert.False(await HasToken(tool.Installation));
        Assert.Equal(0, await acme.Ask<long>(
            "select count(*) from domain_event where installation_id = $1 and kind = 'installation.BillingGivenUp'", tool.Installation));
    }

    [Fact]
    public async Task A_plan_that_begins_at_the_moment_of_the_uninstall_ends_with_it()
    {
        var tool = await acme.Provision(await acme.Install(), "just-begun");
        await using var database = await acme.Server.Services.GetRequiredService<NpgsqlDataSource>().OpenConnectionAsync(Cancel);
        await using var transaction = await database.BeginTransactionAsync(Cancel);
        await Do("select from resource where installation_id = $1 and resource_id = $2 for no key update");

        // The answer to a provision holds the resource until it has written the beginning of its plan.
        var uninstalled = Uninstall(tool);
        await acme.Eventually(() => acme.Ask<string>("select query from pg_stat_activity where wait_event_type = 'Lock' and query like '%from resource%' limit 1"));
        await Do("delete from plan_period where installation_id = $1 and resource_id = $2");
        await Do("""
            insert into plan_period (installation_id, resource_id, billing_plan_id, started_at, metadata)
            select installation_id, resource_id, billing_plan_id, created_at, metadata from resource where installation_id = $1 and resource_id = $2
            """);
        await Do("update plan_period set started_at = started_at - interval '1 second' where installation_id = $1 and resource_id = $2");
        await transaction.CommitAsync(Cancel);
        await uninstalled;

        Assert.Equal(0, await acme.Ask<long>(
            "select count(*) from plan_period where installation_id = $1 and ended_at is null", tool.Installation));

        async Task Do(string sql)
        {
            await using var command = new NpgsqlCommand(sql, database, transaction)
            {
                Parameters = { new() { Value = tool.Installation }, new() { Value = tool.Id } },
            };
            await command.ExecuteNonQueryAsync(Cancel);
        }
    }

    [Fact]
    public async Task After_six_hours_nothing_waits_for_usage_that_Vercel_does_not_take_and_all_is_over_within_twelve()
    {
        var tool = await Customer("unheard");
        acme.Vercel.Disturbances.Plan(HttpMethod.Post, $"{tool.Installation}/billing", Disturbance.Fails(503), times: 1000);
        await Uninstall(tool);
        var asked = acme.Now;

        await WorkUntil(asked.AddHours(6));
        Assert.DoesNotContain(CallsAfterTheUninstall(tool.Installation), call => call != "POST /billing");
        Assert.Equal("uninstalling", await StageOf(tool.Installation));

        await WorkUntil(asked.AddHours(6).AddMinutes(10));
        var invoice = Assert.Single(AtVercel(tool.Installation).Invoices);
        Assert.Equal((true, 2000m), (invoice.ExternalId!.EndsWith("final", StringComparison.Ordinal), invoice.Items[^1].Quantity));
        await WorkUntil(asked.AddHours(12));
        Assert.Equal(InstallationStage.Finalized, AtVercel(tool.Installation).Stage);
        Assert.Equal("finalized", await StageOf(tool.Installation));
        Assert.Equal(0, await acme.Ask<long>(
            "select count(*) from domain_event where installation_id = $1 and kind = 'installation.BillingGivenUp'", tool.Installation));
        acme.Vercel.Disturbances.Clear();

        // In steps of half an hour, and no job waits for another one.
        async Task WorkUntil(DateTimeOffset until)
        {
            while (acme.Now < until)
            {
                acme.Vercel.Clock.MoveTo(acme.Now.AddMinutes(30) < until ? acme.Now.AddMinutes(30) : until);
                await acme.Vercel.Settle(Cancel);
                await acme.BackoffIsOver();
                await acme.Work("operations", "webhooks", "usage", "balances", "invoices", "settlement", "finalization");
            }
        }
    }

    [Theory]
    [InlineData(2, 1)]
    [InlineData(24, 6)]
    public async Task Somebody_is_called_when_half_of_the_window_is_over_and_of_half_a_day_at_most(int windowHours, int alarmHours)
    {
        var uninstalls = new Unbilled(acme.Now, TimeSpan.FromHours(windowHours));
        using var log = new CapturedLog();
        using var loggers = LoggerFactory.Create(logging => logging.AddProvider(log));
        var job = new DeleteFinalization(
            uninstalls, uninstalls, acme.Server.Services.GetRequiredService<IVercel>(), loggers.CreateLogger<DeleteFinalization>());

        await job.RunOnce(uninstalls.RequestedAt.AddHours(alarmHours), Cancel);
        Assert.Empty(log.Lines);
        await job.RunOnce(uninstalls.RequestedAt.AddHours(alarmHours).AddMinutes(1), Cancel);
        Assert.Contains(Unbilled.Reason, Assert.Single(log.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Workers_side_by_side_end_an_installation_once()
    {
        var tool = await Customer("together");
        await Uninstall(tool);
        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => acme.Work("operations", "usage", "invoices", "finalization")));
        await acme.WorkOff();
        await acme.Live(acme.Now.AddMinutes(61));

        Assert.Single(AtVercel(tool.Installation).Invoices);
        Assert.Equal("finalized", await StageOf(tool.Installation));
        Assert.Equal(1, await acme.Ask<long>(
            "select count(*) from domain_event where installation_id = $1 and kind = 'installation.Finalized'", tool.Installation));
    }

    [Fact]
    public async Task Hours_that_were_not_told_before_the_uninstall_are_told_after_it()
    {
        var tool = await Customer("behind");
        var told = AtVercel(tool.Installation).Billing.Receipts.Count;
        acme.Pass(TimeSpan.FromHours(3));
        await Uninstall(tool);

        await acme.WorkOff();

        // Three full hours, and the one that the uninstall cut short.
        Assert.Equal(told + 4, AtVercel(tool.Installation).Billing.Receipts.Count);
        Assert.Empty(acme.Vercel.State.Findings);
    }

    /// <summary>A customer with 2,000 jobs to pay for, at half past.</summary>
    private async Task<Provisioned> Customer(string name)
    {
        // Whatever test was before, and wherever it left the clock.
        await acme.Live(acme.Now.AddTicks(TimeSpan.TicksPerHour - (acme.Now.Ticks % TimeSpan.TicksPerHour)));
        acme.Workshop.Count(name, 0);
        var tool = await acme.Provision(await acme.Install(), name);
        acme.Workshop.Count(name, 2000);
        await acme.Live(acme.Now.AddHours(1.5));
        return tool;
    }

    /// <summary>Somebody who stays for a minute.</summary>
    private async Task<Provisioned> Passer(string name)
    {
        await acme.WorkOff();
        var tool = await acme.Provision(await acme.Install(), name);
        acme.Pass(TimeSpan.FromMinutes(1));
        return tool;
    }

    private static DateTimeOffset NextMonth(DateTimeOffset now) => new DateTimeOffset(now.Year, now.Month, 1, 0, 0, 0, TimeSpan.Zero).AddMonths(1);

    private async Task Uninstall(Provisioned tool)
    {
        var gone = await acme.Customer.Uninstall(tool.Installation, Cancel);
        Assert.True(gone is { IsSuccess: true, Findings.IsEmpty: true }, gone.ToString());
    }

    private Installation AtVercel(string installation) => acme.Vercel.State.Installations[installation];

    private List<string> CallsAfterTheUninstall(string installation)
    {
        var since = AtVercel(installation).DeletionRequestedAt!.Value;
        var before = AtVercel(installation).Billing.Receipts.Count(receipt => receipt.ReceivedAt < since);
        return [.. acme.Vercel.Calls
            .Where(call => call.Path.Contains($"{installation}/billing", StringComparison.Ordinal))
            .Skip(before)
            .Select(call => $"{call.Method} {call.Path[call.Path.IndexOf("/billing", StringComparison.Ordinal)..]}")];
    }

    private Task<string?> StageOf(string installation) =>
        acme.Ask<string>("select stage from installation where installation_id = $1", installation);

    private Task<bool> HasToken(string installation) =>
        acme.Ask<bool>("select access_token is not null from installation where installation_id = $1", installation);

    /// <summary>One uninstall with something left to bill, handed out at every look.</summary>
    private sealed class Unbilled(DateTimeOffset requestedAt, TimeSpan window) : IUninstalls, IBillingSchedule
    {
        public const string Reason = "the last invoice is on its way";

        private bool isHeld;

        public DateTimeOffset RequestedAt => requestedAt;

        public TimeSpan Window => window;

        public Task<IReadOnlyList<ClaimedWork>> Claim(
            BillingWork work, DateTimeOffset now, int installationsMax, TimeSpan lease, CancellationToken cancel)
        {
            isHeld = !isHeld;
            return Task.FromResult<IReadOnlyList<ClaimedWork>>(
                isHeld ? [new ClaimedWork(new InstallationId("icfg_unbilled"), work, requestedAt, Attempts: 1, Revision: 0)] : []);
        }

        public Task<Uninstall> Load(InstallationId installation, CancellationToken cancel) =>
            Task.FromResult(new Uninstall(requestedAt, new Hindrance.Unbilled(Reason), IsRemoved: false));

        public Task LookAgain(InstallationId installation, DateTimeOffset now, CancellationToken cancel) => Task.CompletedTask;

        public Task<Seq<Refund>> Complete(InstallationId installation, string? unbilled, CancellationToken cancel) =>
            throw new InvalidOperationException("There is something left to bill.");

        public Task Begin(InstallationId installation, BillingWork work, DateTimeOffset dueAt, CancellationToken cancel) =>
            throw new InvalidOperationException("Nothing begins at the end.");

        public Task AwaitToken(ClaimedWork claimed, string reason, CancellationToken cancel) =>
            throw new InvalidOperationException("No token was refused.");

        public Task Done(ClaimedWork claimed, DateTimeOffset? nextDueAt, CancellationToken cancel) =>
            throw new InvalidOperationException("There is something left to bill.");

        public Task Defer(ClaimedWork claimed, string reason, DateTimeOffset until, CancellationToken cancel) => Task.CompletedTask;

        public Task Postpone(ClaimedWork claimed, string reason, TimeSpan delay, CancellationToken cancel) => Task.CompletedTask;
    }
}
