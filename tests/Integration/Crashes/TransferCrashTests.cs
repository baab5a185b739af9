namespace Marketplace.Integration.Crashes;

/// <summary>SIGKILL in the middle of an accept, there and back again: all of it has moved, or nothing has, and the repeat makes it whole. Contract §B.5.</summary>
public sealed class TransferCrashTests
{
    private const int Rounds = 4;
    private const int Together = 3;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Whenever_the_server_is_killed_nothing_has_moved_by_half()
    {
        var seed = Environment.TickCount;
        TestContext.Current.TestOutputHelper!.WriteLine($"seed {seed}");
        var random = new Random(seed);
        await using var server = await RealServer.Start(new DateTimeOffset(2027, 1, 21, 9, 30, 0, TimeSpan.Zero));
        var hands = new List<string> { await server.Install(), await server.Install() };
        var resources = new List<string>();
        for (var number = 0; number < Together; number++)
        {
            var provisioned = await server.Provision(hands[0], $"db-{number}", Guid.NewGuid().ToString());
            Assert.True(provisioned.IsSuccess, provisioned.ToString());
            resources.Add(provisioned.Json!.Value.GetProperty("id").GetString()!);
        }

        for (var round = 0; round < Rounds; round++)
        {
            // There, back, there again, and back again.
            var (source, target) = (hands[round % 2], hands[(round + 1) % 2]);
            var claim = (await server.Customer.OfferTransfer(source, resources, Cancel)).Json!.Value.GetProperty("providerClaimId").GetString()!;
            var verified = await server.Customer.VerifyTransfer(target, claim, Cancel);
            Assert.True(verified.IsSuccess, verified.ToString());

            var underWay = server.Customer.AcceptTransfer(source, target, resources, claim, verified, Cancel);
            await Task.Delay(random.Next(60), Cancel);
            await server.KillAndStart();
            await underWay;

            var told = $"seed {seed}, round {round}";
            var moved = (long)(await server.Ask("select count(*) from resource where installation_id = $1 and status = 'ready'", target))!;
            Assert.True(moved is 0 or Together, $"{told}: {moved} of {Together} have moved");
            Assert.Equal(moved == 0 ? source : target, await Owner("secret_generation"));
            Assert.Equal(moved == 0 ? source : target, await Owner("plan_period", "ended_at is null"));

            // Vercel has no answer, and asks again.
            var repeated = await server.Customer.AcceptTransfer(source, target, resources, claim, verified, Cancel);
            Assert.True(repeated is { Status: 204, Findings.IsEmpty: true }, $"{told}: {repeated}");
            Assert.Equal(target, await Owner("secret_generation"));
            Assert.Equal(target, await Owner("plan_period", "ended_at is null"));
            foreach (var resource in resources)
                await RealServer.With(server.Vercel.State.Installations[target].Resources[resource]).Execute($"create table proof_{round} (it text)", Cancel);
        }

        var (code, text) = await server.Drift();
        Assert.True(code == 0, $"seed {seed}: {text}");

        // One and no more: an owner of each of the resources, and the same for all.
        async Task<object?> Owner(string table, string which = "true") => await server.Ask(
            $"""
            select case when count(*) = {Together} and count(distinct resource_id) = {Together} then max(installation_id) end
            from {table} where {which} having count(distinct installation_id) = 1
            """);
    }
}
