using System.Net;
using Marketplace.Integration.Postgres;
using Marketplace.Jobs.Scheduling;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Marketplace.Integration.Transfers;

/// <summary>What happens at the moment of an accept: nobody waits in a circle, and nothing is moved half or counted twice. Source: contract §B.5.</summary>
[Collection(TransferAcme.Name)]
public sealed class TransferRaceTests(Acme acme)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Transfers_in_opposite_directions_go_through_at_the_same_moment()
    {
        var (one, other) = (await acme.Install(), await acme.Install());
        var claims = new List<(string Target, string Claim, Provisioned Resource)>();
        for (var number = 0; number < 4; number++)
        {
            foreach (var (source, target) in new[] { (one, other), (other, one) })
            {
                var tool = await acme.Provision(source, $"cross-{number}");
                claims.Add((target, await acme.Offer(tool), tool));
            }
        }

        var answers = await Task.WhenAll(claims.Select(given => acme.Accept(given.Target, given.Claim)));

        Assert.All(answers, answer => answer.IsEmpty());
        foreach (var (target, _, resource) in claims)
            (await acme.Get(resource.At(target).Path, acme.System(target))).Is(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Whoever_gives_the_same_installation_is_taken_first()
    {
        var both = new[] { await acme.Install(), await acme.Install() }.Order(StringComparer.Ordinal).ToArray();
        foreach (var (source, target) in new[] { (both[0], both[1]), (both[1], both[0]) })
        {
            var claim = await acme.Offer(await acme.Provision(source, "ordered"));
            await using var connection = await Open();
            await using var transaction = await connection.BeginTransactionAsync(Cancel);
            await Do(transaction, "select from installation where installation_id = $1 for no key update", both[0]);

            var accepted = acme.Accept(target, claim);
            await WaitsFor("installation");
            // The second one is still free, so that whoever holds the first can have it.
            await Do(transaction, "select from installation where installation_id = $1 for no key update nowait", both[1]);
            // And so is the claim: an offer of the source, which forgets old claims, holds the installation already.
            await Do(transaction, "select from transfer where installation_id = $1 for update nowait", source);
            await transaction.CommitAsync(Cancel);
            (await accepted).IsEmpty();
        }
    }

    [Fact]
    public async Task A_reading_that_comes_while_a_resource_changes_hands_is_not_billed_twice()
    {
        var (tool, target) = (await acme.Provision(await acme.Install(), "read-between"), await acme.Install());
        acme.Pass(TimeSpan.FromHours(1));
        var justBefore = acme.Now;
        acme.Pass(TimeSpan.FromSeconds(1));
        acme.Workshop.Count("read-between", 100);
        var claim = await acme.Offer(tool);
        await using var connection = await Open();
        await using var transaction = await connection.BeginTransactionAsync(Cancel);
        await Do(transaction, "select from secret_generation where installation_id = $1 for update", tool.Installation);

        // The accept has read the meter and what was stored, and is held up; the hourly job comes with a reading that knows more.
        var accepted = acme.Accept(target, claim);
        await WaitsFor("secret_generation");
        acme.Workshop.Count("read-between", 130);
        var hourly = acme.Server.Services.GetServices<IScheduledJob>().Single(job => job.Id == "usage").RunOnce(justBefore, Cancel);
        await WaitsFor("installation");
        await transaction.CommitAsync(Cancel);
        (await accepted).IsEmpty();
        await hourly;

        Assert.Equal([0m, 100m], await Readings(tool));
        Assert.Equal([100m], await Readings(tool.At(target)));
    }

    /// <summary>Whichever table it stumbles over: of two resources, the first is already written then.</summary>
    [Theory]
    [InlineData("transfer", "update")]
    [InlineData("resource", "insert")]
    [InlineData("plan_period", "insert")]
    [InlineData("measurement", "insert")]
    [InlineData("secret_generation", "insert")]
    [InlineData("idempotency_record", "insert")]
    public async Task When_the_store_refuses_in_the_middle_nothing_has_moved(string table, string operation)
    {
        var (source, target) = (await acme.Install(), await acme.Install());
        var tools = new[] { await acme.Provision(source, "one"), await acme.Provision(source, "two") };
        var (claim, key) = (await acme.Offer(tools), Acme.NewKey());
        var ofTheLast = operation == "insert" && table is not "idempotency_record" ? $"new.resource_id = '{tools[1].Id}'" : $"new.installation_id in ('{source}', '{target}')";
        await using (await RefusedWrites.To(acme, table, operation, ofTheLast))
            Assert.Equal(HttpStatusCode.InternalServerError, (await acme.Accept(target, claim, key)).Status);

        foreach (var tool in tools)
        {
            (await acme.Get(tool.Path, acme.System(source))).Is(HttpStatusCode.OK);
            (await acme.Get(tool.At(target).Path, acme.System(target))).IsUnknown();
        }

        Assert.Equal(0, await acme.Ask<long>("select count(*) from secret_generation where installation_id = $1", target));
        (await acme.Accept(target, claim, key)).IsEmpty();
        foreach (var tool in tools)
            (await acme.Get(tool.At(target).Path, acme.System(target))).Is(HttpStatusCode.OK);
    }

    [Fact]
    public async Task An_uninstall_of_the_source_at_the_same_moment_takes_it_or_leaves_it()
    {
        for (var round = 0; round < 6; round++)
        {
            var (source, target) = (await acme.Install(), await acme.Install());
            var (one, two) = (await acme.Provision(source, "one"), await acme.Provision(source, "two"));
            var claim = await acme.Offer(one, two);

            var accepting = acme.Accept(target, claim);
            var uninstalled = await acme.Delete(Paths.Installation(source), acme.Admin(source));
            var accepted = await accepting;
            uninstalled.Is(HttpStatusCode.OK);
            await acme.WorkOff();

            var isMoved = accepted.Status == HttpStatusCode.NoContent;
            if (!isMoved)
                accepted.IsImpossible();
            foreach (var tool in new[] { one, two })
            {
                Assert.Equal(isMoved, acme.Workshop.Opens(tool.Secret()));
                Assert.Equal(isMoved ? HttpStatusCode.OK : HttpStatusCode.NotFound, (await acme.Get(tool.At(target).Path, acme.System(target))).Status);
            }
        }
    }

    [Fact]
    public async Task One_key_at_the_same_moment_and_no_key_at_all_are_quiet()
    {
        var (tool, target) = (await acme.Provision(await acme.Install()), await acme.Install());
        var (claim, key) = (await acme.Offer(tool), Acme.NewKey());
        var path = $"{TransferCalls.Transfer(target, claim)}/accept";

        var answers = await Task.WhenAll(
            Enumerable.Range(0, 9).Select(number => acme.Post(path, acme.System(target), key: number % 3 == 0 ? null : key)));

        Assert.All(answers, answer => answer.IsEmpty());
        Assert.Equal(1, await acme.Ask<long>(
            "select count(*) from domain_event where installation_id = $1 and kind = 'resource.Received'", target));
    }

    private Task<IReadOnlyList<decimal>> Readings(Provisioned resource) => acme.AskAll<decimal>(
        "select value from measurement where installation_id = $1 and resource_id = $2 order by measured_at", resource.Installation, resource.Id);

    private Task<string> WaitsFor(string table) => acme.Eventually(() => acme.Ask<string>(
        $"select query from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query ~ '\\m(from|update|into) {table}\\M' limit 1"));

    private async Task<NpgsqlConnection> Open() =>
        await acme.Server.Services.GetRequiredService<NpgsqlDataSource>().OpenConnectionAsync(Cancel);

    private static async Task Do(NpgsqlTransaction transaction, string sql, string value)
    {
        await using var command = new NpgsqlCommand(sql, transaction.Connection, transaction);
        command.Parameters.Add(new NpgsqlParameter { Value = value });
        await command.ExecuteNonQueryAsync(Cancel);
    }
}
