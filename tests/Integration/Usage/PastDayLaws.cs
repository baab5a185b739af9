using System.Globalization;
using System.Text.Json.Nodes;
using LanguageExt;
using Marketplace.Core.Installations;
using Marketplace.Core.Time;
using Marketplace.Integration.UsageEvents;
using Marketplace.Shell.Persistence;
using Marketplace.Shell.Usage;
using Marketplace.Shell.UsageEvents;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Marketplace.Integration.Usage;

/// <summary>
/// Whatever is used whenever, and however plans and periods change: what is read of past days is what their events come to.
/// </summary>
public sealed class PastDayLaws(MeteredAcme metered) : IClassFixture<MeteredAcme>
{
    private const int DaysOfUse = 12;

    private static readonly string[] Metrics = ["jobs"];

    private readonly Acme acme = metered.Acme;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private NpgsqlDataSource Database => acme.Server.Services.GetRequiredService<NpgsqlDataSource>();

    [Fact]
    public async Task In_any_history_the_days_that_were_put_together_come_to_what_their_events_come_to()
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable("MARKETPLACE_LAW_SEED"), CultureInfo.InvariantCulture, out var given)
            ? given
            : Random.Shared.Next();
        for (var history = 0; history < 25; history++)
            await Holds(new Random(seed + history), $"MARKETPLACE_LAW_SEED={seed}, history {history}");
    }

    [Fact]
    public async Task Events_that_come_while_their_days_are_put_together_are_each_in_one_sum()
    {
        var (tool, began) = await Tool(new Random(1));
        var id = new InstallationId(tool.Installation);
        var reported = Enumerable.Range(0, 4).Select(async lane =>
        {
            var random = new Random(lane);
            for (var batch = 0; batch < 15; batch++)
                await Report(tool, [.. Enumerable.Range(0, 20).Select(_ => Moment(random, began))]);
        });
        var joined = Enumerable.Range(0, 2).Select(async _ =>
        {
            for (var time = 0; time < 15; time++)
                await Again(() => Join(id, BillingAnchor.CalendarMonth, acme.Now));
        });
        await Task.WhenAll([.. reported, .. joined]);

        Assert.Equal(1200L, await acme.Ask<long>("select sum(events)::bigint from usage_hour where installation_id = $1", tool.Installation));
        Assert.Equal(
            await acme.Ask<decimal>("select sum(quantity) from usage_event where installation_id = $1", tool.Installation),
            await acme.Ask<decimal>("select sum(quantity) from usage_hour where installation_id = $1", tool.Installation));
        await Join(id, BillingAnchor.CalendarMonth, acme.Now);
        Assert.Equal(0L, await acme.Ask<long>(
            """
            select count(*) from usage_hour where installation_id = $1 and begins_at > $2 and begins_at < $3
                and begins_at <> date_trunc('day', begins_at, 'UTC')
            """,
            tool.Installation, UsageDay.Of(began).End, UsageDay.Of(acme.Now).Start));
    }

    [Fact]
    public async Task A_report_puts_the_days_before_it_together_once_a_day_and_says_the_same()
    {
        var (tool, began) = await Tool(new Random(2));
        await Report(tool, [.. Enumerable.Range(1, 100).Select(hour => began.AddHours(hour))]);
        var before = await Hours();

        // Every hour of a day has its turn for somebody.
        for (var hour = 0; hour < 24; hour++)
        {
            acme.Pass(HourSlot.Of(acme.Now).End - acme.Now);
            await acme.Work("usage");
        }

        Assert.Equal(100L, before);
        Assert.InRange(await Hours(), 4, 30);
        Assert.Equal(100L, await acme.Ask<long>("select sum(events)::bigint from usage_hour where installation_id = $1", tool.Installation));

        async Task<long> Hours() => await acme.Ask<long>("select count(*) from usage_hour where installation_id = $1", tool.Installation);
    }

    private async Task Holds(Random random, string told)
    {
        var (tool, began) = await Tool(random);
        var id = new InstallationId(tool.Installation);
        var anchor = BillingAnchor.Of(random.Next(1, 32), random.Next(24)).IfNone(BillingAnchor.CalendarMonth);
        await acme.Execute(
            "update installation set anchor_day = $2, anchor_hour = $3 where installation_id = $1", tool.Installation, anchor.Day, anchor.Hour);
        for (var step = 0; step < 14; step++)
        {
            switch (random.Next(8))
            {
                case 0 or 1:
                    await Join(id, anchor, Moment(random, began));
                    break;
                case 2:
                    await ChangePlan(tool, Moment(random, began));
                    break;
                case 3 when random.Next(3) == 0:
                    await Close(id, BillingPeriod.Containing(Moment(random, began), anchor).Start);
                    break;
                default:
                    await Report(tool, [.. Enumerable.Range(0, random.Next(1, 30)).Select(_ => Moment(random, began))]);
                    break;
            }

            await Same(tool, anchor, Moment(random, began), HourSlot.Of(Moment(random, began)).Start, $"{told}, step {step}");
        }
    }

    /// <summary>Between all moments that anything is billed from or to, by what was known when.</summary>
    private async Task Same(Provisioned tool, BillingAnchor anchor, DateTimeOffset within, DateTimeOffset hourly, string told)
    {
        var (start, until) = (BillingPeriod.Containing(within, anchor).Start, acme.Now);
        DateTimeOffset[] edges =
        [
            .. (await acme.AskAll<DateTime>(
                "select unnest(array[started_at, ended_at]) from plan_period where installation_id = $1 and ended_at is not null", tool.Installation))
                .Select(at => new DateTimeOffset(at)),
            .. BillingPeriod.Overlapping(new TimeRange(start, until), anchor).Map(period => period.Start),
            .. HourSlot.Overlapping(new TimeRange(hourly, until)).Select(hour => hour.Start),
            start, until,
        ];
        var moments = edges.Where(at => at >= start && at <= until).Distinct().Order().ToArray();
        foreach (var known in new[] { KnownUsage.InTime, KnownUsage.Everything, KnownUsage.BilledWith(start) })
        {
            var loads = new Loads();
            var used = MeteredUsageRows.Load(loads, new InstallationId(tool.Installation), Metrics, start, until, [], hourly, known);
            await loads.Read(Database, Cancel);
            var amounts = used().Amounts;
            Assert.All(amounts, amount => Assert.True(amount.UsedAt >= start, told));
            var read = moments.Zip(moments.Skip(1), (from, to) => amounts
                .Where(amount => amount.UsedAt >= from && amount.UsedAt < to).Sum(amount => amount.Quantity)).ToList();
            var events = await acme.AskAll<decimal>(
                """
                select coalesce(sum(e.quantity), 0) from unnest($2::timestamptz[], $3::timestamptz[]) with ordinality as span (since, upto, number)
                left join usage_event e on e.installation_id = $1 and e.used_at >= since and e.used_at < upto and e.late_in <= $4
                group by number order by number
                """,
                tool.Installation, moments[..^1], moments[1..], known.Amounts);
            Assert.True(events.SequenceEqual(read), $"{told}: {string.Join(' ', events)} but {string.Join(' ', read)} between {string.Join(' ', moments)}");
        }
    }

    /// <summary>One that has been there for a while, with the moment at which its plan began.</summary>
    private async Task<(Provisioned Tool, DateTimeOffset Began)> Tool(Random random)
    {
        var tool = await acme.Provision(await acme.Install());
        acme.Pass(TimeSpan.FromMinutes(1));
        var began = HourSlot.Of(acme.Now).Start.AddDays(-DaysOfUse).AddMinutes(random.Next(60)).AddHours(-random.Next(24));
        await acme.Execute(
            "update plan_period set started_at = $2 where installation_id = $1", tool.Installation, began);
        return (tool, began);
    }

    /// <summary>Often on the hour, at midnight, or where something else has been.</summary>
    private DateTimeOffset Moment(Random random, DateTimeOffset began)
    {
        var span = acme.Now - began;
        var at = began + TimeSpan.FromSeconds(random.Next(1, (int)span.TotalSeconds));
        var rounded = random.Next(6) switch
        {
            0 => HourSlot.Of(at).Start,
            1 => UsageDay.Of(at).Start,
            2 => UsageDay.Of(at).Start.AddMinutes(random.Next(3)),
            3 => UsageDay.Of(at).Start.AddMicroseconds(-1),
            _ => at,
        };
        return rounded < began ? at : rounded;
    }

    private Task Report(Provisioned tool, DateTimeOffset[] moments) => acme.Report(
        metered.Key,
        [.. moments.Select(at => ReportedUsage.Event(tool.Id, "jobs", JsonValue.Create(1m + (at.Ticks % 7)), at))]);

    /// <summary>As if the change had been written down only now.</summary>
    private async Task ChangePlan(Provisioned tool, DateTimeOffset at) => await acme.Execute(
        """
        with cut as (
            update plan_period p set ended_at = $3 where p.installation_id = $1 and p.resource_id = $2
                and p.started_at < $3 and (p.ended_at is null or p.ended_at > $3)
            returning p.*, (select before.ended_at from plan_period before where before.installation_id = $1 and before.resource_id = $2 and before.started_at = p.started_at) as until)
        insert into plan_period (installation_id, resource_id, started_at, ended_at, billing_plan_id, metadata)
        select installation_id, resource_id, $3, until, case billing_plan_id when 'pro' then 'team' else 'pro' end, metadata from cut
        """,
        tool.Installation, tool.Id, at);

    private async Task Join(InstallationId id, BillingAnchor anchor, DateTimeOffset until)
    {
        var writes = new Writes();
        PastDayRows.Join(writes, id, Metrics, anchor, until);
        await writes.Commit(Database, Cancel);
    }

    private async Task Close(InstallationId id, DateTimeOffset until)
    {
        var writes = new Writes();
        UsageEventRows.Close(writes, id, until);
        await writes.Commit(Database, Cancel);
    }

    /// <summary>Two that wait for each other: one of them is told to come again.</summary>
    private static async Task Again(Func<Task> work)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await work();
                return;
            }
            catch (PostgresException crossed) when (crossed.SqlState == PostgresErrorCodes.DeadlockDetected && attempt < 5)
            {
                await Task.Yield();
            }
        }
    }
}
