using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using Marketplace.Core.Time;
using Marketplace.Integration.SignOn;
using Marketplace.Integration.UsageEvents;
using Marketplace.Simulator.Api;
using Marketplace.Simulator.Usage;
using static Marketplace.Integration.UsageEvents.ReportedUsage;

namespace Marketplace.Integration.OperatorConsole;

/// <summary>The overview tells the usage that Vercel was told of everybody, whoever counted when.</summary>
public sealed partial class OverviewUsageTests
{
    private static readonly DateTimeOffset Evening = new(2027, 1, 30, 20, 10, 0, TimeSpan.Zero);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Amounts_and_levels_of_everybody_are_added_up_and_of_rates_the_highest_counts()
    {
        await using var acme = await Open();
        var key = await acme.NewProviderKey("usage:write");
        var (one, other, leaving) = (await acme.Provision(await acme.Install()), await acme.Provision(await acme.Install()), await acme.Provision(await acme.Install()));
        Assert.Contains("Usage is here some minutes after", (await Overview(acme)).Text, StringComparison.Ordinal);

        acme.Pass(TimeSpan.FromMinutes(30));
        (await acme.Report(
            key, Used(one, "jobs", 1000), Used(other, "jobs", 200.5m), Used(leaving, "jobs", 34), Used(one, "seats", 3), Used(other, "seats", 4),
            Used(one, "load", 7), Used(other, "load", 9))).Counts(7, 0);
        await Hour("usage", "ledger-rollup");
        Assert.Equal(
            ["Jobs: 1,234.5, –, 1,234.5", "Seats: 7, –, 7", "Load requests/s: 9, –, 9"], await Rows());
        await MustBeAsTold(bills: 3);

        // What Vercel refuses it was not told, until it is told with the next hour. Whoever leaves owes nothing that is still to be invoiced.
        (await acme.Report(key, Used(one, "jobs", 1), Used(other, "jobs", 100))).Counts(2, 0);
        acme.Vercel.Disturbances.Plan(HttpMethod.Post, $"{other.Installation}/billing", Disturbance.Fails(400));
        await acme.Customer.Uninstall(leaving.Installation, Cancel);
        await acme.WorkOff();
        await Hour("usage", "ledger-rollup");
        Assert.Equal("Jobs: 1,235.5, –, 1,235.5", (await Rows())[0]);
        await MustBeAsTold(bills: 2);
        await Hour("usage", "ledger-rollup");
        Assert.Equal("Jobs: 1,335.5, –, 1,335.5", (await Rows())[0]);

        // The day after, before anything was told of it, and then.
        acme.Pass(new DateTimeOffset(2027, 1, 31, 0, 10, 0, TimeSpan.Zero) - acme.Now);
        await acme.Work("usage", "ledger-rollup");
        Assert.Equal(["Jobs: –, 1,335.5, 1,335.5", "Seats: –, 7, 7", "Load requests/s: –, 9, 9"], await Rows());
        await MustBeAsTold(bills: 2);
        (await acme.Report(key, Used(one, "jobs", 64.5m), Used(one, "seats", 5), Used(one, "load", 2))).Counts(3, 0);
        await Hour("usage", "ledger-rollup");
        Assert.Equal(["Jobs: 64.5, 1,335.5, 1,400", "Seats: 9, 7, 7", "Load requests/s: 2, 9, 9"], await Rows());
        await MustBeAsTold(bills: 2);

        // In the new month nothing is to be invoiced of it before its first hour is over.
        acme.Pass(new DateTimeOffset(2027, 2, 1, 0, 10, 0, TimeSpan.Zero) - acme.Now);
        await acme.Work("usage", "ledger-rollup");
        Assert.Equal(["Jobs: –, 64.5, –", "Seats: –, 9, –", "Load requests/s: –, 2, –"], await Rows());
        Assert.Equal("To be invoiced so far $0.00 0 bills", ToBeInvoiced().Match((await Overview(acme)).Text).Value);
        await Hour("usage", "ledger-rollup");
        await MustBeAsTold(bills: 2);

        async Task Hour(params string[] jobs)
        {
            acme.Pass(HourSlot.Of(acme.Now).End.AddMinutes(5) - acme.Now);
            await acme.BackoffIsOver();
            await acme.Work(jobs);
        }

        System.Text.Json.Nodes.JsonObject Used(Provisioned tool, string metric, decimal quantity) =>
            Event(tool.Id, metric, quantity, acme.Now.AddMinutes(-1));

        // Metric by metric: today, yesterday, the month.
        async Task<IReadOnlyList<string>> Rows() =>
        [
            .. Row().Matches((await Overview(acme)).Html).Select(row =>
                $"{row.Groups["metric"].Value}{row.Groups["units"].Value}: {string.Join(", ", Number().Matches(row.Groups["numbers"].Value).Select(number => WebUtility.HtmlDecode(number.Groups["of"].Value)))}"),
        ];

        async Task MustBeAsTold(int bills)
        {
            var told = Told(acme).Where(receipt => receipt.Installation != leaving.Installation || bills == 3)
                .GroupBy(receipt => receipt.Installation).Select(of => of.MaxBy(receipt => receipt.Receipt.Timestamp).Receipt.Total).ToList();
            Assert.Equal(bills, told.Count);
            var shown = ToBeInvoiced().Match((await Overview(acme)).Text).Value;
            Assert.Equal($"To be invoiced so far ${told.Sum().ToString("#,0.00", CultureInfo.InvariantCulture)} {bills} bills", shown);
        }
    }

    [Fact]
    public async Task Days_that_nobody_counted_are_made_good_for_and_days_that_are_counted_stay_when_what_they_follow_from_is_gone()
    {
        await using var acme = await Open();
        var key = await acme.NewProviderKey("usage:write");
        var tools = new[] { await acme.Provision(await acme.Install()), await acme.Provision(await acme.Install()) };

        // Counted on the first day before it was over, and then not for four days.
        for (var day = 0; day < 4; day++)
        {
            foreach (var hours in new[] { 2, 22 })
            {
                acme.Pass(TimeSpan.FromHours(hours));
                foreach (var tool in tools)
                    (await acme.Report(key, Event(tool.Id, "jobs", 10 + day, acme.Now.AddMinutes(-80)), Event(tool.Id, "jobs", 1, acme.Now.AddHours(1 - hours)))).Counts(2, 0);
                await acme.Work("usage");
                if (day == 0 && hours == 2)
                    await acme.Work("ledger-rollup");
            }
        }

        for (var turn = 0; turn < 2; turn++)
        {
            await acme.Work("ledger-rollup");
            Assert.Equal(DaysTold(), await Counted());
            Assert.InRange(await acme.Ask<long>("select count(distinct day) from told_day"), 1, 3);
        }

        acme.Pass(TimeSpan.FromDays(3));
        await acme.Work("ledger-rollup");
        Assert.Equal(DaysTold(), await Counted());
        Assert.Equal(0, await acme.Ask<long>("select count(*) from told_day"));

        IReadOnlyList<string> DaysTold() =>
        [
            .. Told(acme).GroupBy(receipt => UsageDay.Of(receipt.Receipt.Eod).Start).OrderBy(day => day.Key).Select(day => Line(
                day.Key,
                day.GroupBy(receipt => receipt.Installation).Sum(of => JobsOn(of.MaxBy(receipt => receipt.Receipt.Timestamp).Receipt)))),
        ];

        async Task<IReadOnlyList<string>> Counted() => await acme.AskAll<string>(
            """
            select to_char(day at time zone 'UTC', 'YYYY-MM-DD') || ': ' || trim_scale(total) from ledger_day_usage where metric = 'jobs' order by day
            """);

        static string Line(DateTimeOffset day, decimal jobs) => $"{day:yyyy-MM-dd}: {jobs:0.##########}";

        static decimal JobsOn(BillingReceipt receipt) => receipt.Usage.Where(usage => usage.Name == "Jobs").Sum(usage => usage.DayValue);
    }

    [Fact]
    public async Task An_hour_that_is_told_again_takes_nothing_back_from_its_day()
    {
        await using var acme = await Open();
        var tool = await acme.Provision(await acme.Install());
        acme.Pass(TimeSpan.FromHours(1));
        await acme.Work("usage");
        var early = await acme.Ask<DateTime>("select as_of from told_day");
        acme.Pass(TimeSpan.FromHours(1));
        await acme.Work("usage");
        var late = await acme.Ask<DateTime>("select as_of from told_day");
        Assert.Equal(early.AddHours(1), late);

        await acme.Execute("delete from usage_slot where slot_start = $1", new DateTimeOffset(early.AddHours(-1), TimeSpan.Zero));
        await acme.Execute("update billing_schedule set due_at = $1 where installation_id = $2 and work = 'usage'", new DateTimeOffset(early, TimeSpan.Zero), tool.Installation);
        await acme.Work("usage");
        Assert.Equal(3, Told(acme).Count());
        Assert.Equal(late, await acme.Ask<DateTime>("select as_of from told_day"));
    }

    private static Task<Acme> Open() => Acme.Open(new AcmeOptions { Catalogue = "acme-metered.catalog.json", Start = Evening });

    /// <summary>What Vercel has taken.</summary>
    private static IEnumerable<(string Installation, BillingReceipt Receipt)> Told(Acme acme) =>
        acme.Vercel.State.Installations.SelectMany(one => one.Value.Billing.Receipts.Select(receipt => (one.Key, receipt)));

    /// <summary>A session lasts an hour, so that each look is by another one.</summary>
    private static async Task<PlainPage> Overview(Acme acme)
    {
        acme.Pass(TimeSpan.FromSeconds(6));
        using var browser = await Operators.SignIn(acme.Server);
        return (await browser.Open("/ops")).Is(HttpStatusCode.OK);
    }

    [GeneratedRegex("""<th scope="row">(?<metric>[^<]+)(<span class="quiet">(?<units>[^<]+)</span>)?</th>(?<numbers>(<td class="number">[^<]*</td>){3})<td><svg""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Row();

    [GeneratedRegex("To be invoiced so far \\S+ [0-9]+ bills?", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex ToBeInvoiced();

    [GeneratedRegex("""<td class="number">(?<of>[^<]*)</td>""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Number();
}
