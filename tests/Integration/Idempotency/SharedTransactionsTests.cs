using Marketplace.Core.Installations;
using Marketplace.Integration.Postgres;
using Marketplace.Shell.Http;
using Marketplace.Shell.Idempotency;
using Marketplace.Shell.Persistence;
using Npgsql;

namespace Marketplace.Integration.Idempotency;

/// <summary>Decisions that wait at the same moment share a transaction, and nothing else: not their faults, not their locks.</summary>
public sealed class SharedTransactionsTests : IAsyncLifetime
{
    private const string HeldSql = "select count, pg_current_xact_id()::text from tally where installation_id = $1 for no key update";

    private const string CountSql = "update tally set count = $2 where installation_id = $1";

    private const string BackendSql = "select pg_backend_pid()::text";

    private const string FaultSql = "select 1 / count from tally where installation_id = $1";

    private static readonly Decided Done = new Decided.Answered(PartnerAnswer.NoContent);

    private readonly CancellationToken cancel = TestContext.Current.CancellationToken;
    private TestDatabase database = null!;
    private SharedTransactions transactions = null!;

    public async ValueTask InitializeAsync()
    {
        database = await TestDatabase.Create(cancel);
        await database.Execute(
            """
            create table tally (installation_id text primary key, count integer not null check (count <= 1000));
            insert into tally select 'icfg_' || n, 0 from generate_series(0, 99) n
            """,
            cancel);
        transactions = new SharedTransactions(database.DataSource);
    }

    public ValueTask DisposeAsync() => database.DisposeAsync();

    [Fact]
    public async Task What_waits_at_the_same_moment_shares_a_transaction()
    {
        var seen = new List<string>();
        var waiting = await Together(() => Enumerable.Range(0, 20).Select(n => CountUp(n, seen.Add)));

        await Task.WhenAll(waiting);
        Assert.Equal(20, seen.Count);
        Assert.InRange(seen.Distinct().Count(), 1, SharedTransactions.LanesMax);
        await Counted(Enumerable.Repeat(1, 20));
    }

    [Fact]
    public async Task The_second_decision_on_an_installation_sees_what_the_first_has_done()
    {
        var seen = new List<string>();
        await Task.WhenAll(await Together(() => Enumerable.Range(0, 30).Select(n => CountUp(n % 3, seen.Add))));

        await Counted([10, 10, 10]);
        Assert.InRange(seen.Distinct().Count(), 10, 30);
    }

    [Fact]
    public async Task What_goes_wrong_for_one_goes_wrong_for_nobody_else_and_is_told_to_that_one()
    {
        var waiting = await Together(() =>
        [
            .. Enumerable.Range(0, 10).Select(n => CountUp(n)),
            Run(10, _ => throw new InvalidDataException("A decision that fails.")),
            Run(11, writes => Write(writes, 11, 1001)),
            transactions.Run(
                Installation(12),
                loads =>
                {
                    loads.One(FaultSql, reader => reader.GetValue(0), Installation(12).Value);
                    return _ => Done;
                },
                cancel),
        ]);

        await Task.WhenAll(waiting[..10]);
        Assert.Equal("A decision that fails.", (await Assert.ThrowsAsync<InvalidDataException>(() => waiting[10])).Message);
        Assert.Equal(PostgresErrorCodes.CheckViolation, (await Assert.ThrowsAsync<PostgresException>(() => waiting[11])).SqlState);
        Assert.Equal(PostgresErrorCodes.DivisionByZero, (await Assert.ThrowsAsync<PostgresException>(() => waiting[12])).SqlState);
        await Counted([.. Enumerable.Repeat(1, 10), 0, 0, 0]);

        // And those who failed are not in anybody's way.
        await Task.WhenAll(CountUp(10), CountUp(11), CountUp(12));
        await Counted(Enumerable.Repeat(1, 13));
    }

    [Fact]
    public async Task Whoever_has_to_wait_for_a_lock_keeps_nobody_else_waiting()
    {
        await using var holder = await database.DataSource.OpenConnectionAsync(cancel);
        await using var held = await holder.BeginTransactionAsync(cancel);
        await using (var hold = new NpgsqlCommand("select 1 from tally where installation_id in ('icfg_3', 'icfg_5', 'icfg_7', 'icfg_9') for update", holder, held))
            await hold.ExecuteNonQueryAsync(cancel);

        var waiting = await Together(() => Enumerable.Range(0, 12).Select(n => CountUp(n)));
        await Task.WhenAll(waiting.Where((_, n) => n is not (3 or 5 or 7 or 9)));
        // As many as there are lanes, and one more, and there is still a lane.
        await CountUp(20);
        Assert.All([3, 5, 7, 9], n => Assert.False(waiting[n].IsCompleted));

        await held.CommitAsync(cancel);
        await Task.WhenAll(waiting);
        await Counted(Enumerable.Repeat(1, 12));
    }

    [Fact]
    public async Task Whoever_leaves_before_it_began_has_changed_nothing()
    {
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var waiting = await Together(() =>
        {
            Task<Decided>[] both = [CountUp(0, cancel: leaving.Token), CountUp(1)];
            leaving.Cancel();
            return both;
        });

        await waiting[1];
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting[0]);
        await Counted([0, 1]);
    }

    [Fact]
    public async Task When_the_line_breaks_in_the_middle_nobody_is_told_that_it_is_done_and_what_comes_next_works()
    {
        await using var other = await database.DataSource.OpenConnectionAsync(cancel);
        var attempts = 0;
        var broken = transactions.Run(
            Installation(0),
            loads =>
            {
                var backend = loads.One(BackendSql, reader => reader.GetString(0));
                return writes =>
                {
                    attempts++;
                    using (var kill = new NpgsqlCommand($"select pg_terminate_backend({backend.Value}, 10000)", other))
                        kill.ExecuteNonQuery();
                    return Write(writes, 0, 1);
                };
            },
            cancel);

        await Assert.ThrowsAnyAsync<NpgsqlException>(() => broken);
        // Nobody knows whether it is done, so that it is not done again.
        Assert.Equal(1, attempts);
        await Counted([0]);
        await CountUp(0);
        await Counted([1]);
    }

    [Fact]
    public async Task However_many_come_at_once_each_is_done_once()
    {
        const int Calls = 2_000;
        var (random, seed) = (new Random(20261120), 20261120);
        var outcomes = await Task.WhenAll(Enumerable.Range(0, Calls).Select(_ => (Installation: random.Next(20), Kind: random.Next(20)))
            .Select(async call =>
            {
                await Task.Yield();
                try
                {
                    await (call.Kind switch
                    {
                        0 => Run(call.Installation, _ => throw new InvalidDataException()),
                        1 => Run(call.Installation, writes => Write(writes, call.Installation, 1001)),
                        _ => CountUp(call.Installation),
                    });
                    return (call.Installation, Done: 1);
                }
                catch (Exception fault) when (fault is InvalidDataException or PostgresException { SqlState: PostgresErrorCodes.CheckViolation })
                {
                    return (call.Installation, Done: 0);
                }
            }));

        var expected = Enumerable.Range(0, 20).Select(n => outcomes.Where(call => call.Installation == n).Sum(call => call.Done));
        await Counted(expected);
        Assert.True(outcomes.Sum(call => call.Done) is > Calls / 2 and < Calls, $"with the seed {seed}");
    }

    /// <summary>They all wait, because every lane is taken, until all are there.</summary>
    private async Task<Task<Decided>[]> Together(Func<IEnumerable<Task<Decided>>> decisions)
    {
        using var begun = new CountdownEvent(SharedTransactions.LanesMax);
        using var end = new ManualResetEventSlim();
        var blocked = new List<Task<Decided>>();
        for (var lane = 0; lane < SharedTransactions.LanesMax; lane++)
        {
            blocked.Add(Run(90 + lane, _ =>
            {
                begun.Signal();
                end.Wait(cancel);
                return Done;
            }));
            // One by one, so that they do not share one.
            while (begun.CurrentCount > SharedTransactions.LanesMax - lane - 1)
                await Task.Delay(1, cancel);
        }

        Task<Decided>[] waiting = [.. decisions()];
        end.Set();
        await Task.WhenAll(blocked);
        return waiting;
    }

    private Task<Decided> CountUp(int n, Action<string>? inTransaction = null, CancellationToken? cancel = null) => transactions.Run(
        Installation(n),
        loads =>
        {
            var tally = loads.One(HeldSql, reader => new Tally(reader.GetInt32(0), reader.GetString(1)), Installation(n).Value);
            return writes =>
            {
                if (inTransaction is not null)
                {
                    lock (inTransaction)
                        inTransaction(tally.Value!.Transaction);
                }

                return Write(writes, n, tally.Value!.Count + 1);
            };
        },
        cancel ?? this.cancel);

    private Task<Decided> Run(int n, Func<Writes, Decided> decide) => transactions.Run(
        Installation(n),
        loads =>
        {
            loads.One(HeldSql, reader => reader.GetString(1), Installation(n).Value);
            return decide;
        },
        cancel);

    private static Decided Write(Writes writes, int n, int count)
    {
        writes.Add(CountSql, Installation(n).Value, count);
        return Done;
    }

    private static InstallationId Installation(int n) => new($"icfg_{n}");

    /// <summary>Of the first installations, so many decisions each.</summary>
    private async Task Counted(IEnumerable<int> expected)
    {
        var counts = expected.ToArray();
        await using var command = database.DataSource.CreateCommand(
            "select array_agg(count order by substr(installation_id, 6)::int) from tally where substr(installation_id, 6)::int < $1");
        command.Parameters.AddWithValue(counts.Length);
        Assert.Equal(counts, Assert.IsType<int[]>(await command.ExecuteScalarAsync(cancel)));
    }

    private sealed record Tally(int Count, string Transaction);
}
