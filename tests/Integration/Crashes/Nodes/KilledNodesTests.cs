using System.Diagnostics;
using System.Globalization;
using Marketplace.Shell.ProviderKeys;

namespace Marketplace.Integration.Crashes.Nodes;

/// <summary>
/// Nodes die at random, again and again, while customers go on: no request is answered wrongly, no hour is missed, nobody is billed twice, and
/// nothing that Vercel has to hear is lost. Minutes long, and therefore behind <c>./test --long</c>. DESIGN §7, §9, §11.
/// </summary>
public sealed class KilledNodesTests
{
    /// <summary>As long as anybody waits for what a dead node held, by the longest lease, five minutes of usage, and what is tried again after that.</summary>
    private static readonly TimeSpan SettledWithin = TimeSpan.FromMinutes(8);

    private static readonly TimeSpan ClockStep = TimeSpan.FromMinutes(30);
    private static readonly TimeSpan ClockStepEvery = TimeSpan.FromSeconds(3);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact(Explicit = true)]
    [Trait("Lasts", "minutes")]
    public async Task However_nodes_are_killed_nothing_is_answered_wrongly_missed_doubled_or_lost()
    {
        var minutes = Given("MARKETPLACE_LONG_MINUTES", 5);
        var seed = (int)Given("MARKETPLACE_LONG_SEED", Environment.TickCount);
        var length = TimeSpan.FromMinutes(minutes);
        // Half of it is January, and half is February.
        var steps = length / ClockStepEvery;
        var start = new DateTimeOffset(2027, 2, 1, 0, 10, 0, TimeSpan.Zero) - TimeSpan.FromHours(Math.Round(steps / 2 * ClockStep.TotalHours * 0.8));
        await using var fleet = await Fleet.Start(start);
        var key = ProviderKey.New();
        await ProviderKeyRows.Insert(fleet.Database.DataSource, "key_nodes", "Nodes", key, ProviderScopes.UsageWrite | ProviderScopes.NotificationsWrite, Cancel);
        var customers = new Customers(fleet, key.Text, seed);

        using var over = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        over.CancelAfter(length);
        await Task.WhenAll(customers.Live(over.Token), Kill(fleet, new Random(seed), over.Token), Turn(fleet, over.Token));

        var since = Stopwatch.StartNew();
        await Settle(fleet, since);
        var settled = since.Elapsed;
        var summary = await Summary(fleet, customers, seed, start, length, settled);
        TestContext.Current.TestOutputHelper!.WriteLine(summary);

        ThereWasSomethingToSee(fleet, customers, seed);
        Assert.True(customers.Wrong.IsEmpty, $"seed {seed}: {string.Join('\n', customers.Wrong.Take(20))}");
        await NothingIsMissing(fleet, customers, seed);
        await NobodyIsBilledTwice(fleet, customers, seed);
        await VercelHeardEverything(fleet, customers, seed);
        var (code, text) = await fleet.Run("drift");
        Assert.True(code == 0, $"seed {seed}: {text}");
    }

    private static double Given(string variable, double otherwise) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text ? double.Parse(text, CultureInfo.InvariantCulture) : otherwise;

    private static async Task Kill(Fleet fleet, Random random, CancellationToken until)
    {
        var starting = new List<Task>();
        while (!until.IsCancellationRequested)
        {
            await Task.Delay(random.Next(1000, 5000), Cancel);
            var node = fleet.Nodes[random.Next(fleet.Nodes.Count)];
            if (node.Address is null)
                continue;
            await node.Kill();
            starting.Add(StartLater(node, random.Next(3000)));
        }

        await Task.WhenAll(starting);

        async Task StartLater(FleetNode node, int milliseconds)
        {
            await Task.Delay(milliseconds, Cancel);
            await fleet.Start(node);
        }
    }

    private static async Task Turn(Fleet fleet, CancellationToken until)
    {
        while (!until.IsCancellationRequested)
        {
            await Task.Delay(ClockStepEvery, Cancel);
            await fleet.MoveClock(ClockStep);
        }
    }

    /// <summary>Everybody lives, the clock goes on, and nobody helps: leases end by themselves.</summary>
    private static async Task Settle(Fleet fleet, Stopwatch since)
    {
        for (var hour = 0; hour < 4; hour++)
        {
            await fleet.MoveClock(TimeSpan.FromHours(1));
            await fleet.Vercel.Settle(Cancel);
            while (await fleet.Ask<string?>(RealServer.LeftSql, fleet.Vercel.Clock.GetUtcNow()) is { } left)
            {
                Assert.True(since.Elapsed < SettledWithin, $"This is still left after {since.Elapsed}:\n{left}");
                await Task.Delay(250, Cancel);
            }
        }
    }

    /// <summary>A run in which nothing was killed, lost, sold or handed over proves nothing.</summary>
    private static void ThereWasSomethingToSee(Fleet fleet, Customers customers, int seed)
    {
        var happened = new (string What, long Count)[]
        {
            ("requests lost and asked again", customers.Lost),
            ("plans changed", customers.Resources.Sum(one => one.Changes)),
            ("resources handed over", customers.Resources.Sum(one => one.Moves)),
            ("projects connected", customers.Resources.Count(one => one.IsConnected)),
            ("notices", customers.Resources.Count(one => one.Notice is not null)),
            ("databases bought", customers.Resources.Count(one => one.Product == "acme-postgres")),
            ("usage events of January", customers.Resources.Sum(one => one.EventsOf(new DateTimeOffset(2027, 1, 1, 0, 0, 0, TimeSpan.Zero)))),
            ("invoices at Vercel", fleet.Vercel.State.Installations.Values.Sum(installation => installation.Invoices.Count)),
            ("webhooks delivered", fleet.Vercel.State.Webhooks.Count(webhook => webhook.IsDelivered)),
        };
        Assert.All(fleet.Nodes, node => Assert.True(node.Kills > 0, $"seed {seed}: {node} was never killed"));
        Assert.All(happened, one => Assert.True(one.Count > 0, $"seed {seed}: no {one.What}"));
    }

    private static async Task NothingIsMissing(Fleet fleet, Customers customers, int seed)
    {
        var told = $"seed {seed}";
        Assert.Equal(0, await fleet.Ask<long>(
            """
            select count(*) from installation
            cross join lateral generate_series(date_trunc('hour', installed_at, 'UTC'), $1::timestamptz - interval '1 hour', interval '1 hour') as hour
            left join usage_slot on usage_slot.installation_id = installation.installation_id and slot_start = hour
            where usage_slot.state is distinct from 'confirmed' and hour + interval '1 hour' <= $1
            """, fleet.Vercel.Clock.GetUtcNow()));
        Assert.Equal(0, await fleet.Ask<long>("select count(*) from outbox_message where state <> 'delivered'"));
        Assert.Equal(0, await fleet.Ask<long>("select count(*) from webhook where state <> 'processed'"));
        Assert.Equal(0, await fleet.Ask<long>("select count(*) from operation where state <> 'done'"));
        Assert.Equal(customers.Resources.Count, await fleet.Ask<long>("select count(*) from resource where status <> 'uninstalled'"));
        Assert.Equal(customers.Events, await fleet.Ask<decimal>("select coalesce(sum(quantity), 0) from usage_hour"));
        foreach (var one in customers.Resources)
        {
            Assert.Equal(
                (one.Installation, "ready", one.Plan),
                ((await fleet.Ask<string>("select installation_id from resource where resource_id = $1 and status <> 'uninstalled'", one.Id)),
                    await fleet.Ask<string>("select status from resource where resource_id = $1 and installation_id = $2", one.Id, one.Installation),
                    await fleet.Ask<string>("select billing_plan_id from plan_period where resource_id = $1 and ended_at is null", one.Id)));
            Assert.Equal(one.Events, await fleet.Ask<decimal>("select coalesce(sum(quantity), 0) from usage_hour where resource_id = $1", one.Id));
            var atVercel = fleet.Vercel.State.Installations[one.Installation].Resources[one.Id];
            Assert.True(atVercel is { Status: "ready" } && atVercel.BillingPlanId == one.Plan, $"{told}: {one.Id} is {atVercel.Status} on {atVercel.BillingPlanId} at Vercel");
            Assert.Equal(one.Notice, atVercel.Notification?.GetProperty("title").GetString());
            Assert.Equal(one.IsConnected ? 1 : 0, await fleet.Ask<long>("select count(*) from project_connection where resource_id = $1 and connected", one.Id));
        }
    }

    /// <summary>
    /// The invoice of the minute in which somebody took a plan up, where the answer was lost and the clock went on before Vercel asked again: it has
    /// known the plan from then on only, and takes none for the time before. What it said is on the invoice of the month instead.
    /// </summary>
    private const string HeardTooLate = """
        invoice.state = 'refused' and invoice.external_id like '%-takeup'
        and not exists (select from unnest(invoice.reasons) reason where reason not like '%limit 2%' and reason not like '%is not known')
        """;

    private static async Task NobodyIsBilledTwice(Fleet fleet, Customers customers, int seed)
    {
        Assert.Null(await fleet.Ask<string?>(
            $"select string_agg(concat_ws(' ', external_id, state, reasons), E'\\n') from invoice where state not in ('accepted', 'paid', 'skipped') and not ({HeardTooLate})"));
        var late = await fleet.Ask<long>($"select count(*) from invoice where {HeardTooLate}");
        Assert.True(late <= customers.Lost, $"seed {seed}: {late} invoices of plans that Vercel heard of too late, of {customers.Lost} answers that were lost");
        foreach (var installation in fleet.Vercel.State.Installations.Values)
        {
            Assert.True(
                installation.Invoices.Count == await fleet.Ask<long>("select count(*) from invoice where installation_id = $1 and state not in ('skipped', 'refused')", installation.Id),
                $"seed {seed}: {installation.Id} has {installation.Invoices.Count} invoices at Vercel");
            Assert.All(
                installation.Invoices.SelectMany(invoice => invoice.Items).GroupBy(item => (item.ResourceId, item.BillingPlanId, item.Name, item.Start, item.End)),
                line => Assert.True(line.Count() == 1, $"seed {seed}: {installation.Id} pays {line.Count()} times for {line.Key}"));
        }

        // Whoever was there when January ended has an invoice for it, or the reason why there is none.
        Assert.Equal(0, await fleet.Ask<long>(
            """
            select count(*) from installation where installed_at < '2027-02-01Z'
            and not exists (select from invoice where invoice.installation_id = installation.installation_id and period_end = '2027-02-01Z' and not final)
            """));
    }

    /// <summary>Not what we believe to have told it: what has arrived there, and what it comes to.</summary>
    private static async Task VercelHeardEverything(Fleet fleet, Customers customers, int seed)
    {
        var heard = new HeardByVercel(fleet.Vercel.State, fleet.Vercel.Clock.GetUtcNow());
        var wrong = new List<string>(heard.Findings);
        foreach (var installation in fleet.Vercel.State.Installations.Keys)
        {
            var installedAt = await fleet.Ask<DateTime>("select installed_at from installation where installation_id = $1", installation);
            wrong.AddRange(heard.MissedHours(installation, new DateTimeOffset(installedAt, TimeSpan.Zero)));
            wrong.AddRange(heard.OtherThanShown(installation));
        }

        foreach (var one in customers.Resources)
        {
            var used = heard.Used(one.Id, "Calls");
            if (used > one.Events || used < one.Events - one.EventsLate)
                wrong.Add($"{one.Id}: {used} calls are reported, and {one.Events} were made, {one.EventsLate} of them told late");
            wrong.AddRange(heard.WrongAmounts(one, await fleet.Ask<bool>($"select exists (select from invoice where installation_id = $1 and {HeardTooLate})", one.Installation)));
        }

        Assert.True(wrong.Count == 0, $"seed {seed}: {wrong.Count} at Vercel is not as it was:\n{string.Join('\n', wrong.Take(20))}");
    }

    private static async Task<string> Summary(Fleet fleet, Customers customers, int seed, DateTimeOffset start, TimeSpan length, TimeSpan settled)
    {
        var invoices = fleet.Vercel.State.Installations.Values.Sum(installation => installation.Invoices.Count);
        return $"""
            seed {seed}; {length.TotalMinutes:0.#} minutes, {(fleet.Vercel.Clock.GetUtcNow() - start).TotalHours:0.#} hours of virtual time from {start:u}
            killed: {string.Join(", ", fleet.Nodes.Select(node => $"{node} {node.Kills} times"))}
            answered: {customers.Answered.Values.Sum()} requests ({string.Join(", ", customers.Answered.OrderByDescending(pair => pair.Value).Select(pair => $"{pair.Key} {pair.Value}"))})
            without an answer, and asked again: {customers.Lost}; answered wrongly: {customers.Wrong.Count}
            {customers.Installations} installations, {customers.Resources.Count} resources ({customers.Resources.Count(one => one.Product == "acme-postgres")} databases), {customers.Resources.Sum(one => one.Moves)} transfers, {customers.Events} usage events
            slots: {await fleet.Ask<string>("select string_agg(state || ' ' || count, ', ') from (select state, count(*) from usage_slot group by state) as by_state")}
            invoices at Vercel: {invoices}; here: {await fleet.Ask<string>("select string_agg(state || ' ' || count, ', ') from (select state, count(*) from invoice group by state) as by_state")}
            outbox: {await fleet.Ask<string>("select string_agg(state || ' ' || count, ', ') from (select state, count(*) from outbox_message group by state) as by_state")}
            webhooks: {await fleet.Ask<string>("select string_agg(state || ' ' || count, ', ') from (select state, count(*) from webhook group by state) as by_state")}
            noted by Vercel: {fleet.Vercel.State.Findings.Count} {string.Join("; ", fleet.Vercel.State.Findings.Select(finding => $"{finding}").Take(3))}
            everything done {settled.TotalSeconds:0} s after the last kill
            said by nodes as failures: {fleet.Nodes.Sum(node => node.Complaints.Count)} {string.Join("; ", fleet.Nodes.SelectMany(node => node.Complaints).GroupBy(line => line.Trim()[Math.Min(13, line.Trim().Length)..]).OrderByDescending(group => group.Count()).Take(5).Select(group => $"{group.Count()} times {group.Key[..Math.Min(160, group.Key.Length)]}"))}
            """;
    }
}
