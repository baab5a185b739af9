using LanguageExt;
using Marketplace.Core.Installations;
using Marketplace.Shell.Audit;
using Marketplace.Shell.Outbox;
using Marketplace.Shell.Telemetry;
using Marketplace.Simulator.Api;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Marketplace.Integration.Telemetry;

/// <summary>What waits is as old as the customer has waited for it, so that the alerts of docs/runbook.md fire for what they name.</summary>
[Collection(TelemetryStory.Alone)]
public sealed class StoreReadingTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_uninstall_is_as_late_as_it_was_asked_for_however_often_it_is_put_off()
    {
        await using var acme = await Acme.Open(new AcmeOptions());
        acme.Workshop.Count("late", 0);
        // Whoever is final is late no more.
        var gone = await acme.Install();
        await acme.Customer.Uninstall(gone, Cancel);
        Assert.Equal("finalized", await acme.Ask<string>("select stage from installation where installation_id = $1", gone));
        var tool = await acme.Provision(await acme.Install(), "late");
        acme.Workshop.Count("late", 3000);
        await acme.Live(acme.Now.AddHours(1.5));
        acme.CardFails(tool.Installation);
        var askedAt = acme.Now;
        await acme.Customer.Uninstall(tool.Installation, Cancel);
        await acme.WorkOff();

        // Vercel has not settled the last invoice, and says so at every look.
        for (var look = 0; look < 17; look++)
            await acme.Live(acme.Now.AddMinutes(31));
        Assert.True(await acme.Ask<bool>("select due_at > $2 from billing_schedule where installation_id = $1 and work = 'finalization'", tool.Installation, acme.Now));

        Assert.Equal(askedAt, Of(await Read(acme), reading => reading.Billing, "finalization").Since);
    }

    [Fact]
    public async Task What_waits_for_a_token_has_waited_since_it_was_due_and_goes_on_to_be_counted()
    {
        await using var acme = await Acme.Open(new AcmeOptions());
        var installation = await acme.Install();
        var (first, second) = (await acme.Provision(installation, "first"), await acme.Provision(installation, "second"));
        foreach (var tool in new[] { first, second })
        {
            await acme.Execute(
                "insert into outbox_message (installation_id, resource_id, kind, created_at, due_at) values ($1, $2, 'resource_state', $3, $3)",
                tool.Installation, tool.Id, acme.Now);
        }

        var dueAt = acme.Now;
        acme.Vercel.Disturbances.Plan(HttpMethod.Patch, first.Id, Disturbance.Fails(401), times: 10);
        for (var attempt = 0; attempt < 3; attempt++)
        {
            acme.Pass(TimeSpan.FromMinutes(15));
            await acme.Work("outbox");
        }

        Assert.Equal(new Waiting("resource_state", 2, dueAt), Of(await Read(acme), reading => reading.Outbox, "resource_state"));

        acme.Vercel.Disturbances.Clear();
        Assert.True((await acme.Customer.InstallAgain(installation, Cancel)).IsSuccess);
        await acme.Work("outbox");
        Assert.Empty((await Read(acme)).Outbox);

        // Had they been given up in between, and somebody has them sent once more, they wait from then on.
        await acme.Execute("update outbox_message set state = 'dead', closed_at = clock_timestamp() where installation_id = $1 and put_off_from is not null", installation);
        acme.Pass(TimeSpan.FromDays(1));
        await acme.Server.Services.GetRequiredService<OutboxView>().Replay(
            new InstallationId(installation), ReplayRange.All, "of the test", new Actor("operator:test", "replay"), Cancel);
        Assert.Equal(new Waiting("resource_state", 2, acme.Now), Of(await Read(acme), reading => reading.Outbox, "resource_state"));
    }

    /// <summary>From 9:30 to 14:30 five hours end: of two installations ten are due, and two installations are behind.</summary>
    [Fact]
    public async Task The_hours_that_are_due_are_counted_and_not_only_who_is_behind()
    {
        await using var acme = await Acme.Open(new AcmeOptions());
        await acme.Install();
        await acme.Install();
        await acme.WorkOff();
        Assert.Equal(0, (await Read(acme)).SlotsDue);

        acme.Pass(TimeSpan.FromHours(5));

        // An invoice that is late is no hour.
        await acme.Execute("update billing_schedule set due_at = due_at - interval '40 days' where work = 'invoices'");
        var reading = await Read(acme);
        await acme.Execute("update billing_schedule set due_at = due_at + interval '40 days' where work = 'invoices'");
        Assert.Equal((2, 10), (Of(reading, one => one.Billing, "usage").Count, reading.SlotsDue));
        await acme.WorkOff();
        Assert.Equal(0, (await Read(acme)).SlotsDue);
    }

    [Fact]
    public async Task A_job_fails_from_the_first_failure_on_that_no_success_has_followed()
    {
        await using var acme = await Acme.Open(new AcmeOptions());
        await acme.Execute("delete from job");
        await acme.Execute(
            """
            insert into job (job_id, does, interval_seconds, cron, announced_at)
            values ('well', '', 2, null, clock_timestamp()), ('mended', '', 2, null, clock_timestamp()), ('nightly', '', null, '37 3 * * *', clock_timestamp()),
                ('never-well', '', null, '37 3 * * *', clock_timestamp()), ('paused', '', 2, null, clock_timestamp()), ('of-an-earlier-version', '', 2, null, clock_timestamp()),
                ('of-a-silent-node', '', 2, null, clock_timestamp()), ('of-a-node-that-stopped', '', 2, null, clock_timestamp())
            """);
        await acme.Execute("insert into job_pause (job_id, paused_by, reason) values ('paused', 'ada', 'it is being mended')");
        await acme.Execute(
            """
            insert into job_node (node, version, jobs, seen_at, stopped_at)
            values ('here', '1', '{well,mended,nightly,never-well,paused}', clock_timestamp(), null),
                ('silent', '1', '{of-a-silent-node}', clock_timestamp() - interval '6 minutes', null), ('stopped', '1', '{of-a-node-that-stopped}', clock_timestamp(), clock_timestamp())
            """);
        await acme.Execute(
            """
            insert into job_run (job_id, started_at, node, ended_at, outcome, runs, milliseconds, longest_milliseconds)
            select job_id, clock_timestamp() - hours * interval '1 hour', 'here', clock_timestamp() - hours * interval '1 hour', outcome, 1, 0, 0
            from (values ('well', 3, 'succeeded'), ('mended', 3, 'failed'), ('mended', 2, 'succeeded'),
                ('nightly', 72, 'failed'), ('nightly', 48, 'succeeded'), ('nightly', 24, 'failed'), ('nightly', 1, 'lost'),
                ('never-well', 4, 'failed'), ('paused', 4, 'failed'), ('of-an-earlier-version', 4, 'failed'),
                ('of-a-silent-node', 4, 'failed'), ('of-a-node-that-stopped', 4, 'failed')) run (job_id, hours, outcome)
            """);

        var reading = await Read(acme);

        Assert.Equal(["mended 0", "never-well 1", "nightly 2", "well 0"], reading.FailingJobs.Map(job => $"{job.Kind} {job.Count}").Order(StringComparer.Ordinal));
        Assert.Equal((null, null), (Of(reading, one => one.FailingJobs, "well").Since, Of(reading, one => one.FailingJobs, "mended").Since));
        Assert.Equal(24, (reading.At - Of(reading, one => one.FailingJobs, "nightly").Since!.Value).TotalHours, 1);
        Assert.Equal(4, (reading.At - Of(reading, one => one.FailingJobs, "never-well").Since!.Value).TotalHours, 1);
    }

    private static Waiting Of(StoreReading reading, Func<StoreReading, Seq<Waiting>> of, string kind) => of(reading).Single(waiting => waiting.Kind == kind);

    private static async Task<StoreReading> Read(Acme acme)
    {
        await using var connection = await acme.Server.Services.GetRequiredService<NpgsqlDataSource>().OpenConnectionAsync(Cancel);
        return await StoreReadingRows.Read(connection, acme.Now, Cancel);
    }
}
