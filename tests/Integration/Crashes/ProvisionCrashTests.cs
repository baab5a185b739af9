using Marketplace.Simulator.Dashboard;

namespace Marketplace.Integration.Crashes;

/// <summary>SIGKILL in the middle of provisions: each ends up complete or undone, never half. DESIGN §6.</summary>
public sealed class ProvisionCrashTests
{
    private const int Rounds = 3;
    private const int AtOnce = 4;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Whenever_the_server_is_killed_a_provision_ends_up_complete_or_undone()
    {
        var seed = Environment.TickCount;
        TestContext.Current.TestOutputHelper!.WriteLine($"seed {seed}");
        var random = new Random(seed);
        await using var server = await RealServer.Start(new DateTimeOffset(2027, 1, 21, 9, 30, 0, TimeSpan.Zero));
        var installation = await server.Install();
        // The first provision is slow, because everything is new to the process: it is not killed, so that the others take their usual time.
        var warm = await server.Provision(installation, "warm", Guid.NewGuid().ToString());
        Assert.True(warm.IsSuccess, warm.ToString());
        var patience = 1.5 * warm.Elapsed.TotalMilliseconds;

        var asked = new List<Asked>();
        for (var round = 0; round < Rounds; round++)
        {
            var underWay = Enumerable.Range(0, AtOnce).Select(async number =>
            {
                var one = new Asked($"db-{round}-{number}", Guid.NewGuid().ToString(), Repeats: number % 2 == 0);
                await Task.Delay(random.Next(50), Cancel);
                return one with { First = await server.Provision(installation, one.Name, one.Key) };
            }).ToList();
            await Task.Delay(random.Next((int)patience), Cancel);
            await server.KillAndStart();
            asked.AddRange(await Task.WhenAll(underWay));
            await server.CaughtUp();
        }

        // Vercel repeats some of those that got no answer, and forgets the others.
        foreach (var one in asked.Where(one => one.Repeats && !one.First!.IsSuccess))
        {
            var repeated = await server.Provision(installation, one.Name, one.Key);
            Assert.True(repeated is { IsSuccess: true, Findings.IsEmpty: true }, $"seed {seed}, {one.Name}: {repeated}");
        }

        await server.Vercel.Advance(TimeSpan.FromMinutes(62), Cancel);
        await server.CaughtUp();

        foreach (var one in asked)
        {
            var known = server.Vercel.State.Installations[installation].Resources.Values.SingleOrDefault(resource => resource.Name == one.Name);
            Assert.True(one.Repeats || one.First!.IsSuccess == known is not null, $"seed {seed}, {one.Name}");
            if (known is null)
            {
                Assert.Equal(0L, await server.Ask("select count(*) from resource where name = $1 and status <> 'uninstalled'", one.Name));
                continue;
            }

            Assert.True(known.Status == "ready", $"seed {seed}, {one.Name} is {known.Status}");
            await RealServer.With(known).Execute("create table proof (it text)", Cancel);
            Assert.Equal(1L, await server.Ask("select count(*) from plan_period where resource_id = $1 and ended_at is null", known.Id));
        }

        var (code, text) = await server.Drift();
        Assert.True(code == 0, $"seed {seed}: {text}");
    }

    /// <param name="Repeats">Vercel asks again when it got no answer.</param>
    private sealed record Asked(string Name, string Key, bool Repeats, Exchange? First = null);
}
