using System.Text.Json.Nodes;

namespace Marketplace.Integration.Crashes;

/// <summary>SIGKILL in the middle of the hourly burn: no hour is burnt twice, and nothing that was used is given away. DESIGN §7.</summary>
public sealed class PrepaidCrashTests
{
    private const int Installations = 8;
    private const int Hours = 4;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Whenever_the_server_is_killed_each_hour_is_burnt_once_and_Vercel_hears_what_is_left()
    {
        var seed = Environment.TickCount;
        TestContext.Current.TestOutputHelper!.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var start = new DateTimeOffset(2027, 1, 12, 9, 30, 0, TimeSpan.Zero);
        var catalogue = await ExpensiveCatalogue();
        await using var server = await RealServer.Start(start, catalogue);
        var resources = new List<(string Installation, string Id)>();
        for (var number = 0; number < Installations; number++)
        {
            var installation = await server.Install();
            var provisioned = await server.Provision(installation, "db", Guid.NewGuid().ToString(), "prepaid");
            Assert.True(provisioned.IsSuccess, provisioned.ToString());
            var id = JsonNode.Parse(provisioned.Body)!["id"]!.GetValue<string>();
            Assert.True((await server.Customer.Purchase(installation, id, 900m, Cancel)).Exchange!.IsSuccess);
            resources.Add((installation, id));
        }

        for (var hour = 1; hour <= Hours; hour++)
        {
            server.Vercel.Clock.MoveTo(start.AddMinutes((60 * hour) - 30));
            var (before, more) = (server.Vercel.Calls.Count, random.Next(2 * Installations));
            for (var waited = 0; waited < 1000 && server.Vercel.Calls.Count < before + more; waited++)
                await Task.Delay(2, Cancel);
            await server.KillAndStart();
            await server.CaughtUp();
        }

        foreach (var (installation, id) in resources)
        {
            // Whole hours from 10:00 on, each with the last size that was known by its end, at 0.50 for an MB-hour.
            var cost = (decimal)(await server.Ask(
                """
                select round(sum(last.value) * 0.5, 2)
                from generate_series($2::timestamptz, $3, interval '1 hour') as h (ends) cross join lateral (
                    select value from measurement
                    where installation_id = $1 and metric = 'storage' and measured_at <= h.ends order by measured_at desc limit 1) last
                """,
                installation, start.AddMinutes(90), start.AddMinutes((60 * Hours) - 30)))!;
            Assert.True(cost > 0, $"seed {seed}");
            var burnt = (decimal)(await server.Ask(
                "select -sum(amount) from balance_entry where installation_id = $1 and cause like 'burn:%'", installation))!;
            var left = (decimal)(await server.Ask("select sum(amount) from balance_entry where installation_id = $1", installation))!;

            Assert.True(cost == burnt && left == 900m - cost, $"seed {seed}: cost {cost}, burnt {burnt}, left {left}");
            Assert.Equal(
                (long)Hours - 1, await server.Ask("select count(*) from balance_entry where installation_id = $1 and cause like 'burn:%'", installation));
            Assert.Equal(
                left, server.Vercel.State.Installations[installation].Balances!.Balances.Single(balance => balance.ResourceId == id).CurrencyValueInCents / 100);
        }

        File.Delete(catalogue);
    }

    /// <summary>The example's, at a price at which every hour of a small database is worth an entry.</summary>
    private static async Task<string> ExpensiveCatalogue()
    {
        var catalogue = JsonNode.Parse(await File.ReadAllTextAsync(Repository.File("catalog.json"), Cancel))!;
        var prepaid = catalogue["products"]![0]!["plans"]!.AsArray().Single(plan => plan!["id"]!.GetValue<string>() == "prepaid")!;
        prepaid["pricing"]!["metered"]![0]!["unitPrice"] = "0.5";
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, catalogue.ToJsonString(), Cancel);
        return file;
    }
}
