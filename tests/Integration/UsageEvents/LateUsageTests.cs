using System.Text.Json.Nodes;
using Marketplace.Core.Products;
using Marketplace.Core.Resources;
using Marketplace.Core.Time;
using Marketplace.Core.Usage;
using Marketplace.Core.UsageEvents;
using Marketplace.Shell.UsageEvents;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using static Marketplace.Integration.UsageEvents.ReportedUsage;

namespace Marketplace.Integration.UsageEvents;

/// <summary>What is reported when its period is closed, or its resource is somebody else's by then.</summary>
public sealed class LateUsageTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>January: 100 jobs × 0.01 = 1.00, invoiced. Of what comes in February, the 7 of February alone are billed: 0.07.</summary>
    [Fact]
    public async Task Where_late_use_is_refused_each_event_is_answered_for_itself_and_the_others_of_the_batch_count()
    {
        await using var acme = await Acme.Open(new AcmeOptions { Catalogue = "acme-metered.catalog.json", Adapt = RefusesLateUse });
        var key = await acme.NewProviderKey("usage:write", "billing:read");
        var tool = await acme.Provision(await acme.Install());
        acme.Pass(TimeSpan.FromHours(2));
        var january = acme.Now.AddMinutes(-1);
        (await acme.Report(key, Event(tool.Id, "jobs", 100, january, "in-time"))).Counts(1, 0);
        await ToTheInvoice(acme);

        var february = acme.Now.AddMinutes(-1);
        var outcome = (await acme.Report(
            key, Event(tool.Id, "jobs", 250, january, "late"), Event(tool.Id, "jobs", 100, january, "in-time"),
            Event(tool.Id, "jobs", 7, february, "of-february"), Event(tool.Id, "seats", 40, january, "late-level"))).Counts(1, 1, "period_closed", "period_closed");

        var refused = outcome["refused"]!.AsArray();
        Assert.Equal([(0, "late"), (3, "late-level")], refused.Select(one => (one!["index"]!.GetValue<int>(), one["id"]!.GetValue<string>())));
        Assert.All(refused, one => Assert.Equal("time", one!["field"]!.GetValue<string>()));
        Assert.Contains("2027-02-01T00:00:00Z", refused[0]!["message"]!.GetValue<string>(), StringComparison.Ordinal);
        // What is refused is not kept either: sent again, it is refused again.
        (await acme.Report(key, Event(tool.Id, "jobs", 250, january, "late"))).Counts(0, 0, "period_closed");
        await ToTheInvoice(acme);
        Assert.Equal(["metered 0.07", "metered 1.00"], await JobsInvoiced(acme, tool.Installation));
    }

    /// <summary>Handed over on the 21st at 11:30. The source used 100 jobs × 0.01 = 1.00, the target 300 × 0.01 = 3.00.</summary>
    [Fact]
    public async Task Use_of_a_resource_that_was_handed_over_is_billed_to_whoever_had_it_at_the_time_whenever_it_is_reported()
    {
        await using var acme = await Acme.Open(new AcmeOptions { Catalogue = "acme-metered.catalog.json" });
        var key = await acme.NewProviderKey("usage:write", "billing:read");
        var tool = await acme.Provision(await acme.Install());
        var (source, target) = (tool.Installation, await acme.Install());
        await acme.Live(acme.Now.AddHours(2));
        (await acme.Customer.Transfer(source, target, [tool.Id], Cancel)).ForEach(exchange =>
            Assert.True(exchange is { IsSuccess: true, Findings.IsEmpty: true }, exchange.ToString()));
        var handedOver = acme.Now;
        await acme.Live(acme.Now.AddHours(1));

        var (before, after) = (handedOver.AddMicroseconds(-1), handedOver);
        (await acme.Report(key, Event(tool.Id, "jobs", 60, before), Event(tool.Id, "jobs", 200, after))).Counts(2, 0);
        // Said by name, and by the wrong one: the old owner's backend may not have heard of it.
        (await acme.Report(
            key, Of(source, 40, before), Of(source, 1, after), Of(target, 1, before), Of(target, 100, after.AddMinutes(1))))
            .Counts(2, 0, "not_in_use", "not_in_use");

        await ToTheInvoice(acme);
        Assert.Equal(["metered 1.00"], await JobsInvoiced(acme, source));
        Assert.Equal(["metered 3.00"], await JobsInvoiced(acme, target));
        // When both of their months are closed, it is a correction for the one who had it.
        (await acme.Report(key, Event(tool.Id, "jobs", 500, before))).Counts(1, 0);
        await ToTheInvoice(acme);
        Assert.Equal(["metered 3.00"], await JobsInvoiced(acme, target));
        Assert.Contains("correction 5.00", await JobsInvoiced(acme, source));
        Assert.Empty(acme.Vercel.State.Findings);

        JsonObject Of(string installation, int jobs, DateTimeOffset usedAt)
        {
            var one = Event(tool.Id, "jobs", jobs, usedAt);
            one["installation"] = installation;
            return one;
        }
    }

    /// <summary>
    /// Reported before the hand-over of 11:58 on the 21st: 100 jobs of the source, and 300 and 200 of what was the target's by then, in this hour
    /// and the next. 1.00 and 5.00.
    /// </summary>
    [Fact]
    public async Task Use_that_is_dated_after_a_hand_over_is_the_targets_also_where_it_was_reported_before()
    {
        await using var acme = await Acme.Open(new AcmeOptions { Catalogue = "acme-metered.catalog.json", Start = Moment("2027-01-21T09:00:00Z") });
        var key = await acme.NewProviderKey("usage:write", "billing:read");
        var tool = await acme.Provision(await acme.Install());
        var (source, target) = (tool.Installation, await acme.Install());
        await acme.Live(Moment("2027-01-21T11:58:00Z"));
        var (before, after, nextHour) = (acme.Now, acme.Now.AddMinutes(1.5), acme.Now.AddMinutes(3));
        var events = new[]
        {
            Event(tool.Id, "jobs", 100, before, "before"), Event(tool.Id, "jobs", 300, after, "after"), Event(tool.Id, "jobs", 200, nextHour, "next-hour"),
        };
        (await acme.Report(key, events)).Counts(3, 0);
        acme.Pass(TimeSpan.FromSeconds(5));
        (await acme.Customer.Transfer(source, target, [tool.Id], Cancel)).ForEach(exchange =>
            Assert.True(exchange is { IsSuccess: true, Findings.IsEmpty: true }, exchange.ToString()));

        // Sent again it is known, whoever is said to have it.
        (await acme.Report(key, events)).Counts(0, 3);
        Assert.Equal([(source, 100m, 1L), (target, 500m, 2L)], (await acme.AskAll<string>(
                "select installation_id || ' ' || sum(quantity) || ' ' || sum(events) from usage_hour where resource_id = $1 group by installation_id", tool.Id))
            .Select(row => row.Split(' '))
            .Select(row => (row[0], decimal.Parse(row[1], System.Globalization.CultureInfo.InvariantCulture), long.Parse(row[2], System.Globalization.CultureInfo.InvariantCulture)))
            .OrderBy(row => row.Item2));
        await ToTheInvoice(acme);
        Assert.Equal(["metered 1.00"], await JobsInvoiced(acme, source));
        Assert.Equal(["metered 5.00"], await JobsInvoiced(acme, target));
        foreach (var hand in (string[])[source, target])
            Assert.Empty((await acme.Provide(HttpMethod.Get, $"/installations/{hand}/statements/2027-01", key)).Is(System.Net.HttpStatusCode.OK)["differences"]!.AsArray());
        Assert.Empty(acme.Vercel.State.Findings);
    }

    [Fact]
    public async Task What_was_judged_before_a_hand_over_and_is_of_a_moment_after_it_is_not_written_for_the_source()
    {
        await using var acme = await Acme.Open(new AcmeOptions { Catalogue = "acme-metered.catalog.json" });
        var tool = await acme.Provision(await acme.Install());
        var target = await acme.Install();
        await acme.Live(acme.Now.AddHours(2));
        var services = acme.Server.Services;
        var (database, catalogue) = (services.GetRequiredService<NpgsqlDataSource>(), services.GetRequiredService<Catalogue>());
        var home = Assert.Single(await UsageEventRows.Homes(database, catalogue, null, [tool.Id], Cancel));
        var handedOver = acme.Now;
        (await acme.Customer.Transfer(tool.Installation, target, [tool.Id], Cancel)).ForEach(exchange => Assert.True(exchange.IsSuccess, exchange.ToString()));

        Assert.Null(await Store(handedOver.AddSeconds(1), "after"));
        Assert.Equal(1, await Store(handedOver.AddMicroseconds(-1), "before"));
        Assert.Equal(["before"], await acme.AskAll<string>("select event_id from usage_event where resource_id = $1", tool.Id));

        Task<long?> Store(DateTimeOffset usedAt, string id)
        {
            var columns = new EventColumns(areReadings: false, 1);
            columns.Add(home, new UsageEvent(new ResourceId(tool.Id), new MetricId("jobs"), 1m, usedAt), "", id);
            return UsageEventRows.Store(database, [columns], acme.Now, Cancel);
        }
    }

    /// <summary>
    /// 10.00 of credit. January: 100 jobs × 0.01 = 1.00 in time. Two hours into February 250 more of January come to light: 2.50.
    /// </summary>
    [Theory]
    [InlineData("carry", 650)]
    [InlineData("refuse", 900)]
    public async Task Late_use_of_a_prepaid_plan_is_burnt_with_the_next_hour_or_refused_as_the_catalogue_says(string policy, int cents)
    {
        await using var acme = await Acme.Open(new AcmeOptions
        {
            Catalogue = "acme-prepaid.catalog.json", Start = Moment("2027-01-31T22:30:00Z"),
            Adapt = catalogue => catalogue["billing"] = new JsonObject { ["lateUsage"] = policy },
        });
        var key = await acme.NewProviderKey("usage:write", "billing:read");
        var left = cents / 100m;
        var tool = await acme.Provision(await acme.Install(), plan: "stops");
        Assert.True((await acme.Customer.Purchase(tool.Installation, tool.Id, 10.00m, Cancel)).Exchange!.IsSuccess);
        acme.Pass(TimeSpan.FromMinutes(20));
        var january = acme.Now.AddMinutes(-1);
        (await acme.Report(key, Event(tool.Id, "jobs", 100, january))).Counts(1, 0);
        await acme.Live(Moment("2027-02-01T02:00:00Z"));
        Assert.Equal(9.00m, await Balance());

        var late = Event(tool.Id, "jobs", 250, january);
        if (policy == "carry")
            (await acme.Report(key, late)).Counts(1, 0);
        else
            (await acme.Report(key, late)).Counts(0, 0, "period_closed");
        (await acme.Report(key, late)).Counts(0, policy == "carry" ? 1 : 0, policy == "carry" ? [] : ["period_closed"]);
        await acme.Live(Moment("2027-02-01T04:00:00Z"));

        Assert.Equal(left, await Balance());
        Assert.Equal(left, acme.Vercel.State.Installations[tool.Installation].Balances!.Balances.Single().CurrencyValueInCents / 100);
        foreach (var month in (string[])["2027-01", "2027-02"])
        {
            var stated = (await acme.Provide(HttpMethod.Get, $"/installations/{tool.Installation}/statements/{month}", key)).Is(System.Net.HttpStatusCode.OK);
            Assert.Empty(stated["differences"]!.AsArray());
        }

        Task<decimal> Balance() => acme.Ask<decimal>("select sum(amount) from balance_entry where installation_id = $1", tool.Installation);
    }

    private static void RefusesLateUse(JsonNode catalogue) => catalogue["billing"]!["lateUsage"] = "refuse";

    private static async Task ToTheInvoice(Acme acme)
    {
        acme.Vercel.Clock.MoveTo(BillingPeriod.MonthOf(acme.Now).End.AddHours(26));
        await acme.WorkOff();
    }

    private static Task<IReadOnlyList<string>> JobsInvoiced(Acme acme, string installation) => acme.AskAll<string>(
        "select kind || ' ' || total from invoice_line where installation_id = $1 and name like '%: Jobs%' order by 1", installation);

    private static DateTimeOffset Moment(string text) => DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
