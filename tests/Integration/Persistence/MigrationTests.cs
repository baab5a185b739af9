using System.Text.RegularExpressions;
using Marketplace.Integration.Postgres;
using Marketplace.Shell.Configuration;
using Marketplace.Shell.Persistence;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Marketplace.Integration.Persistence;

public sealed class MigrationTests : IAsyncLifetime
{
    private static readonly Migration[] Three =
    [
        new(1, "first", "create table first_table (id int)"),
        new(2, "second", "create table second_table (id int); insert into first_table values (1)"),
        new(3, "third", "alter table second_table add column name text"),
    ];

    private TestDatabase _database = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _database = await TestDatabase.Create(Cancel);

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task The_migrations_of_this_version_build_the_schema_and_a_second_run_has_nothing_to_do()
    {
        var migrations = new Migrations(_database.DataSource, NullLogger<Migrations>.Instance);
        Assert.False(await migrations.AreApplied(Cancel));

        Assert.Equal(Migration.Embedded.Count, await migrations.Apply(Cancel));

        Assert.Equal(0, await migrations.Apply(Cancel));
        Assert.True(await migrations.AreApplied(Cancel));
        Assert.Equal(0L, await Scalar("select count(*) from data_protection_key"));
    }

    [Fact]
    public async Task Processes_that_start_together_apply_each_step_once()
    {
        var applied = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(() => Of(Three).Apply(Cancel))));

        Assert.Equal(6, applied.Length);
        Assert.Equal(3L, await Scalar("select count(*) from schema_migration"));
        Assert.Equal(1L, await Scalar("select count(*) from first_table"));
    }

    [Fact]
    public async Task A_later_version_goes_on_where_the_earlier_ended()
    {
        Assert.Equal(1, await Of(Three[..1]).Apply(Cancel));
        Assert.Equal(2, await Of(Three).Apply(Cancel));
    }

    [Fact]
    public async Task A_step_that_fails_leaves_nothing_of_itself_and_names_itself()
    {
        Migration[] broken = [Three[0], new(2, "broken", "create table half (id int); select 1/0")];

        var refused = await Assert.ThrowsAsync<StartRefusedException>(() => Of(broken).Apply(Cancel));

        Assert.Contains("002_broken", refused.Message, StringComparison.Ordinal);
        Assert.Contains("22012", refused.Message, StringComparison.Ordinal);
        Assert.Equal(1L, await Scalar("select count(*) from schema_migration"));
        Assert.Equal(DBNull.Value, await Scalar("select to_regclass('half')::text"));
    }

    [Fact]
    public async Task A_step_that_was_edited_after_it_was_applied_stops_the_start()
    {
        await Of(Three).Apply(Cancel);

        await IsRefused([Three[0], Three[1] with { Sql = Three[1].Sql + " " }, Three[2]], "002_second");
    }

    [Fact]
    public async Task A_gap_in_the_database_stops_the_start()
    {
        await Of(Three).Apply(Cancel);
        await _database.Execute("delete from schema_migration where number = 2", Cancel);

        await IsRefused(Three, "002_second");
    }

    [Fact]
    public async Task A_version_goes_on_beside_a_newer_one_that_has_only_added()
    {
        await Of(Three).Apply(Cancel);

        Assert.Equal(0, await Of(Three[..2]).Apply(Cancel));
        Assert.True(await Of(Three[..2]).AreApplied(Cancel));
        await Of(Three[..2]).Require(Cancel);
        // What it does not know may not stand for what it has and the database has not.
        await IsRefused([Three[0], new(2, "other", "select 1")], "002_other");
        await _database.Execute("delete from schema_migration where number = 2", Cancel);
        await IsRefused(Three[..2], "002_second");
    }

    [Fact]
    public async Task A_version_stops_where_a_newer_one_has_taken_away_what_it_needs()
    {
        Migration[] contracted = [.. Three, new(4, "contracted", "-- needs: 003\nalter table second_table drop column id")];
        await Of(contracted).Apply(Cancel);

        Assert.True(await Of(Three).AreApplied(Cancel));
        Assert.False(await Of(Three[..2]).AreApplied(Cancel));
        await IsRefused(Three[..2], "newer version");
    }

    [Fact]
    public async Task A_step_waits_for_a_table_in_use_without_keeping_others_from_it()
    {
        await Of(Three[..2]).Apply(Cancel);
        await using var reading = await _database.DataSource.OpenConnectionAsync(Cancel);
        await using var open = await reading.BeginTransactionAsync(Cancel);
        await using (var read = new NpgsqlCommand("select count(*) from second_table", reading, open))
            await read.ExecuteScalarAsync(Cancel);

        var applying = new Migrations(_database.DataSource, NullLogger<Migrations>.Instance, Three) { LockPatience = TimeSpan.FromMilliseconds(400) }.Apply(Cancel);
        await RealTime.Until(async () => await Scalar("select count(*) from pg_locks where not granted and relation = 'second_table'::regclass") is 1L, "it waits");
        await RealTime.Until(async () => await Scalar("select count(*) from pg_locks where not granted and relation = 'second_table'::regclass") is 0L, "it lets others go first");
        Assert.Equal(0L, await Scalar("select count(*) from second_table"));
        await open.CommitAsync(Cancel);

        Assert.Equal(1, await applying);
    }

    /// <summary>Otherwise the version before would meet what is gone, while both run. What was there before the first release needs none.</summary>
    [Fact]
    public void A_migration_that_takes_something_away_says_whom_it_leaves_behind()
    {
        var taking = new Regex(@"\b(drop\s+(table|column|view)|rename\s+(to|column)|alter\s+column\s+\w+\s+(set\s+not\s+null|(set\s+data\s+)?type))\b", RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase, TimeSpan.FromSeconds(1));

        var demanding = new Regex(@"\badd\s+column\s+(if\s+not\s+exists\s+)?\w+(?![^,;]*\b(default|generated)\b)[^,;]*\bnot\s+null", RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase, TimeSpan.FromSeconds(1));

        Assert.All(Migration.Embedded.Where(migration => migration.Number > 62 && demanding.IsMatch(migration.Sql)), migration => Assert.NotNull(migration.Needs));
        Assert.All(Migration.Embedded.Where(migration => migration.Number > 62 && taking.IsMatch(migration.Sql)), migration => Assert.NotNull(migration.Needs));
        Assert.All(Migration.Embedded.Where(migration => migration.Needs is not null), migration => Assert.True(migration.Needs < migration.Number));
    }

    [Fact]
    public async Task A_number_may_be_left_out_but_what_was_left_out_cannot_come_later()
    {
        Migration[] gap = [Three[0], Three[1], Three[2] with { Number = 7 }];
        Assert.Equal(3, await Of(gap).Apply(Cancel));
        Assert.Equal(0, await Of(gap).Apply(Cancel));

        await IsRefused([Three[0], Three[1], new(5, "late", "select 1"), gap[2]], "005_late");
        await IsRefused([Three[0], new(4, "instead", "select 1"), gap[2]], "newer version");
    }

    [Fact]
    public void Line_ends_do_not_change_a_checksum_but_text_does()
    {
        Assert.NotEqual(new Migration(1, "a", "select 1").Checksum, new Migration(1, "a", "select 2").Checksum);
        Assert.All(Migration.Embedded, migration => Assert.DoesNotContain('\r', migration.Sql));
    }

    private async Task IsRefused(IReadOnlyList<Migration> ours, string word)
    {
        var refused = await Assert.ThrowsAsync<StartRefusedException>(() => Of(ours).Apply(Cancel));
        Assert.Contains(word, refused.Message, StringComparison.Ordinal);
    }

    private Migrations Of(IReadOnlyList<Migration> ours) => new(_database.DataSource, NullLogger<Migrations>.Instance, ours);

    private async Task<object?> Scalar(string sql)
    {
        await using var command = new NpgsqlCommand(sql, await _database.DataSource.OpenConnectionAsync(Cancel));
        await using var connection = command.Connection!;
        return await command.ExecuteScalarAsync(Cancel);
    }
}
