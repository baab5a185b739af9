namespace Marketplace.Integration.Crashes;

/// <summary>SIGKILL in the middle of reports and invoices: no hour is missed, and nobody is billed twice. DESIGN §7.</summary>
public sealed class BillingCrashTests
{
    private const int Installations = 30;
    private const int Paying = 6;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Whenever_the_server_is_killed_every_hour_is_reported_and_every_month_invoiced_once()
    {
        var seed = Environment.TickCount;
        TestContext.Current.TestOutputHelper!.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var start = new DateTimeOffset(2027, 1, 30, 22, 30, 0, TimeSpan.Zero);
        await using var server = await RealServer.Start(start, Repository.File("tests/Integration/crashes.catalog.json"));
        var installations = new List<string>();
        for (var number = 0; number < Installations; number++)
        {
            installations.Add(await server.Install());
            if (number < Paying)
            {
                var provisioned = await server.Provision(installations[^1], "db", Guid.NewGuid().ToString());
                Assert.True(provisioned.IsSuccess, provisioned.ToString());
            }
        }

        // On a busy machine a database takes longer than the answer to whoever asked for it: nobody begins later than the others.
        await server.CaughtUp();

        // A day without a worker, then 23:00, and midnight, at which the month ends too. Each is interrupted, midnight twice.
        foreach (var (hours, kills) in ((double, int)[])[(23.5, 1), (24.5, 1), (25.5, 2)])
        {
            server.Vercel.Clock.MoveTo(start.AddHours(hours));
            for (var kill = 0; kill < kills; kill++)
            {
                // In the middle of it: Vercel has had some of the calls, and the others are on their way or still to come.
                var (before, more) = (server.Vercel.Calls.Count, random.Next(Installations));
                for (var waited = 0; waited < 1000 && server.Vercel.Calls.Count < before + more; waited++)
                    await Task.Delay(2, Cancel);
                await server.KillAndStart();
            }

            // Webhooks that found nobody come again within minutes: one of them may be the only answer to an invoice.
            server.Vercel.Clock.MoveTo(start.AddHours(hours).AddMinutes(10));
            await server.CaughtUp();
        }

        await server.Vercel.Settle(Cancel);
        await server.CaughtUp();

        // From 22:00 on the 30th to midnight on the 31st.
        Assert.Equal(26L * Installations, await server.Ask("select count(*) from usage_slot where state = 'confirmed'"));
        Assert.Equal(26L * Installations, await server.Ask("select count(*) from usage_slot"));
        foreach (var (installation, number) in installations.Select((installation, number) => (installation, number)))
        {
            var atVercel = server.Vercel.State.Installations[installation];
            // Who pays in advance has one for signing up, and one for what is left of January with the base of February.
            Assert.True(
                atVercel.Invoices.Count == (number < Paying ? 2 : 0), $"seed {seed}, installation {number}: {atVercel.Invoices.Count} invoices");
            Assert.Equal(
                atVercel.Invoices.Count,
                atVercel.Invoices.DistinctBy(invoice => invoice.ExternalId).Count(invoice => invoice.Total >= 3m));
            Assert.Equal(
                number < Paying ? "there" : "skipped",
                await server.Ask(
                    "select string_agg(distinct case when state in ('accepted', 'paid') then 'there' else state end, ',') from invoice where installation_id = $1",
                    installation));
        }
    }
}
