using LanguageExt;
using Marketplace.Core.Repl;
using Marketplace.Jobs.Provisioning;
using Npgsql;

namespace Marketplace.Integration.Provisioning.Postgres;

/// <summary>What the console of Acme Postgres answers, and what is left of it. Source: contract §B.2.</summary>
public sealed class ConsoleTests(ConsoleDatabase database) : IClassFixture<ConsoleDatabase>
{
    private static readonly ProvisionedResource Own = AcmePostgres.Resource("res_own");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_statement_has_its_table_or_its_tag_in_order()
    {
        var shown = await database.Write(
            """
            CREATE TABLE fruit (id int, name text); -- a comment; with a semicolon
            INSERT INTO fruit VALUES (1, 'apple; pear'), (2, NULL), (3, 'fig');
            SELECT * FROM fruit ORDER BY id;
            UPDATE fruit SET name = 'plum' WHERE id = 2 RETURNING id;
            SELECT name FROM fruit WHERE id > 100;
            DROP TABLE fruit
            """);

        Assert.Equal(
            """
            CREATE TABLE
            INSERT 0 3
            id|name
            1|apple; pear
            2|NULL
            3|fig
            id
            2
            UPDATE 1
            name
            DROP TABLE
            """,
            shown.ToString());
    }

    [Fact]
    public async Task Every_type_is_shown_as_PostgreSQL_writes_it()
    {
        Assert.Equal(
            """\x00ff|{"a": [1, null]}|{1,NULL,3}|2027-01-21 09:30:00+00|1 day 02:00:00|1.50|t|(1,"a b")|[1,5)|{"{1,2}"}""",
            (await database.Write(
                """
                SET timezone = 'UTC';
                SELECT '\x00ff'::bytea, '{"a": [1, null]}'::jsonb, ARRAY[1, NULL, 3], timestamptz '2027-01-21 09:30:00Z', interval '1 day 2 hours',
                    1.50, true, ROW(1, 'a b'), int4range(1, 5), ARRAY['{1,2}']
                """)).Row);
    }

    [Fact]
    public async Task NULL_is_told_apart_from_the_text_that_reads_the_same()
    {
        var row = Assert.Single(Assert.Single((await database.Write("SELECT NULL, 'NULL'")).Tables).Rows);

        Assert.Equal((true, false), (row[0].IsItalic, row[1].IsItalic));
        Assert.Equal(("NULL", "NULL"), (row[0].Text, row[1].Text));
    }

    [Fact]
    public async Task An_error_is_readable_and_the_last_what_came_before_it_stays()
    {
        var shown = await database.Write("CREATE TABLE half (id int);\nSELECT * FROM halve; DROP TABLE half");

        Assert.Equal(PostgresErrorCodes.UndefinedTable, shown.Error);
        Assert.Equal("CREATE TABLE", shown.Paragraphs[0]);
        Assert.Contains("""relation "halve" does not exist""", shown.ToString(), StringComparison.Ordinal);
        Assert.Contains("At line 2, column 15.", shown.Paragraphs);
        Assert.Equal("DROP TABLE", (await database.Write("DROP TABLE half")).ToString());
    }

    [Fact]
    public async Task Details_hints_and_notices_are_told()
    {
        var shown = await database.Write(
            """
            DO $$ BEGIN
                RAISE NOTICE 'first % here', 1;
                RAISE EXCEPTION 'no' USING DETAIL = 'the detail', HINT = 'the hint';
            END $$
            """);

        Assert.Equal("NOTICE:  first 1 here", shown.Paragraphs[0]);
        Assert.Equal(PostgresErrorCodes.RaiseException, shown.Error);
        Assert.Contains("DETAIL:  the detail", shown.Paragraphs);
        Assert.Contains("HINT:  the hint", shown.Paragraphs);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ; ;; -- only this\n/* and this */ ")]
    public async Task What_holds_no_statement_says_so(string input) =>
        Assert.Equal(["There is nothing to run."], (await database.Write(input)).Paragraphs);

    [Theory]
    [InlineData(@"\d")]
    [InlineData(@"\dt+")]
    [InlineData(@"\d notes")]
    [InlineData(@"\df")]
    public async Task A_command_of_psql_is_answered_with_the_SQL_that_does_the_same(string input)
    {
        var said = Assert.Single((await database.Read(input)).Paragraphs);

        Assert.Contains("is a command of psql", said, StringComparison.Ordinal);
        var instead = said[(said.IndexOf("Try: ", StringComparison.Ordinal) + 5)..];
        Assert.Single((await database.Read(instead.Replace("…", "notes", StringComparison.Ordinal))).Tables);
    }

    [Theory]
    [InlineData("COPY notes TO STDOUT", false)]
    [InlineData("COPY notes TO STDOUT", true)]
    [InlineData("COPY notes FROM STDIN", false)]
    public async Task COPY_to_and_from_the_client_is_explained(string input, bool readOnly)
    {
        var shown = await (readOnly ? database.Read(input) : database.Write(input));

        Assert.Contains("COPY from or to the client does not work here", Assert.Single(shown.Paragraphs), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_transaction_that_is_not_committed_is_undone_and_the_answer_says_so()
    {
        var shown = await database.Write("BEGIN; DELETE FROM notes");

        Assert.Contains("not committed", shown.Paragraphs[^1], StringComparison.Ordinal);
        await database.IsUntouched();
        Assert.DoesNotContain("not committed", (await database.Write("BEGIN; SELECT 1; COMMIT")).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_session_sees_what_another_has_set()
    {
        await database.Write("SET search_path = attic; PREPARE p AS SELECT 1; CREATE TEMP TABLE brief (id int); LISTEN x; SELECT pg_advisory_lock(1)");

        Assert.Equal("\"$user\", public", (await database.Write("SHOW search_path")).Row);
        Assert.Equal("26000", (await database.Write("EXECUTE p")).Error);
        Assert.Equal("t", (await database.Write("SELECT pg_try_advisory_lock(1)")).Row);
    }

    [Fact]
    public async Task It_is_the_customers_own_database_with_the_rights_of_the_customers_logins_and_no_others()
    {
        var same = await database.Write("SELECT current_database(), current_user");
        Assert.Equal($"{database.Customer.Database}|{database.Customer.Database}", same.Row);

        foreach (var forbidden in new[]
        {
            $"SET ROLE \"{database.Neighbour.Database}\"", $"SET SESSION AUTHORIZATION \"{database.Neighbour.Login}\"", "SET ROLE marketplace",
            "SELECT rolpassword FROM pg_authid", "COPY (SELECT 1) TO PROGRAM 'true'", "SELECT pg_read_file('postgresql.conf')",
            $"ALTER DATABASE \"{database.Customer.Database}\" CONNECTION LIMIT 100", "CREATE ROLE intruder LOGIN", "CREATE DATABASE intruder",
            "CREATE EXTENSION dblink", $"DROP DATABASE \"{database.Neighbour.Database}\"", "ALTER ROLE CURRENT_USER CREATEROLE",
        })
        {
            Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, (await database.Write(forbidden)).Error);
            Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, (await database.Write($"RESET ROLE; SET ROLE NONE; {forbidden}")).Error);
        }

        Assert.Equal(
            PostgresErrorCodes.FeatureNotSupported, (await database.Write($"SELECT * FROM \"{database.Neighbour.Database}\".public.notes")).Error);
        await database.IsUntouched();
    }

    [Fact]
    public async Task What_it_made_under_its_own_name_is_the_customers_afterwards()
    {
        await database.Write("SET ROLE NONE; CREATE SCHEMA made; CREATE TABLE made.here (id int)");

        await database.Customer.Execute("INSERT INTO made.here VALUES (1); DROP SCHEMA made CASCADE", Cancel);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_login_of_a_session_lets_nobody_else_in_and_is_gone_when_it_ends(bool readOnly)
    {
        var logins = database.Acme.Logins;
        var open = Assert.IsType<Shell.Provisioning.Postgres.ReplAdmission.Open>(await logins.Open(Own.Id, readOnly, Cancel));
        await using var session = open.Session;
        await Customer.Execute(session, "SET ROLE NONE", Cancel);
        await Customer.Execute(session, "ALTER ROLE CURRENT_USER PASSWORD 'known'", Cancel);

        var known = new Dictionary<string, string>(database.Customer.Secrets, StringComparer.Ordinal);
        var url = new Uri(known["DATABASE_URL"]);
        known["DATABASE_URL"] = $"postgres://{Uri.EscapeDataString(open.Login)}:known@{url.Host}:{url.Port}{url.AbsolutePath}";
        Assert.Equal(PostgresErrorCodes.InvalidAuthorizationSpecification, await new Customer(known).Refusal(Cancel));

        await logins.Close(Own.Id, open.Login);
        await Assert.ThrowsAnyAsync<NpgsqlException>(() => Customer.Execute(session, "SELECT 1", Cancel));
        Assert.DoesNotContain(await database.Acme.Traces(Cancel), trace => trace.Contains("repl_", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_long_result_is_shown_in_part_and_in_pieces()
    {
        await using var acme = await AcmePostgres.Start(Cancel, ReplLimits.Default with { RowsMax = 250, CellCharactersMax = 10 });
        await acme.Provision(Own, "op_1", Cancel);

        var shown = await acme.Ask(Own, "SELECT i, repeat('x', 100000) FROM generate_series(1, 300) AS i; SELECT 1", Cancel);

        Assert.Equal([100, 100, 50, 0], shown.Pieces.OfType<ReplBlock.Table>().Select(table => table.Rows.Count));
        Assert.Equal(250, shown.Tables[0].Rows.Count);
        Assert.Equal("xxxxxxxxxx…", shown.Tables[0].Rows[0][1].Text);
        Assert.Contains("50 more rows not shown.", shown.Paragraphs);
    }

    [Fact]
    public async Task However_much_is_asked_for_an_answer_has_a_bounded_length()
    {
        await using var acme = await AcmePostgres.Start(Cancel, ReplLimits.Default with { CharactersMax = 5_000 });
        var customer = await acme.Provision(Own, "op_1", Cancel);
        var wide = string.Join(", ", Enumerable.Range(0, 200).Select(column => $"repeat('x', 3000) AS column_{column}"));

        var shown = await acme.Ask(Own, $"CREATE TABLE t (id int); INSERT INTO t VALUES (1); {string.Concat(Enumerable.Repeat($"SELECT {wide};", 5))} DELETE FROM t", Cancel);

        Assert.True(shown.ToString().Length < 50_000, $"{shown.ToString().Length} characters");
        Assert.Single(shown.Paragraphs, text => text.Contains("left out", StringComparison.Ordinal));
        Assert.Equal(0L, await customer.Read("SELECT count(*) FROM t", Cancel));
    }

    [Fact]
    public async Task A_database_that_lets_nobody_in_in_time_is_told_and_nothing_is_run()
    {
        await using var acme = await AcmePostgres.Start(Cancel, ReplLimits.Default with { Duration = TimeSpan.FromMilliseconds(500) });
        var customer = await acme.Provision(Own, "op_1", Cancel);
        await using var pool = acme.Target.OpenPool();
        await using (await Shell.Provisioning.Postgres.LockedServer.Open(pool, customer.Database, Cancel))
        {
            Assert.Contains("did not answer in time", Assert.Single((await acme.Ask(Own, "CREATE TABLE t (id int)", Cancel)).Paragraphs), StringComparison.Ordinal);
        }

        Assert.Equal("1", (await acme.Ask(Own, "SELECT 1", Cancel, readOnly: true)).Row);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_endless_query_is_stopped_when_enough_is_shown_and_the_next_statement_runs(bool readOnly)
    {
        await using var acme = await AcmePostgres.Start(Cancel, ReplLimits.Default with { RowsMax = 10 });
        await acme.Provision(Own, "op_1", Cancel);

        var shown = await acme.Ask(
            Own, "SELECT a FROM generate_series(1, 1000000) AS a, generate_series(1, 1000000) AS b; SELECT 1", Cancel, readOnly);

        Assert.Equal(10, shown.Tables[0].Rows.Count);
        Assert.Contains("stopped there", shown.Paragraphs[0], StringComparison.Ordinal);
        Assert.Equal(2, shown.Tables.Count);
    }

    [Fact]
    public async Task A_change_that_returns_more_than_is_shown_is_made_all_the_same()
    {
        await using var acme = await AcmePostgres.Start(Cancel, ReplLimits.Default with { RowsMax = 10 });
        var customer = await acme.Provision(Own, "op_1", Cancel);

        var shown = await acme.Ask(Own, "CREATE TABLE many (id int); INSERT INTO many SELECT generate_series(1, 5000) RETURNING id", Cancel);

        Assert.Equal(["CREATE TABLE", "4990 more rows not shown.", "INSERT 0 5000"], shown.Paragraphs);
        Assert.Equal(5000L, await customer.Read("SELECT count(*) FROM many", Cancel));
    }

    [Theory]
    [InlineData("SET statement_timeout = 0; SELECT pg_sleep(600)", false)]
    [InlineData("SET statement_timeout = 0; SELECT pg_sleep(600)", true)]
    // Swallows every cancellation, so that only the end of the session ends it.
    [InlineData("DO $$ BEGIN LOOP BEGIN PERFORM pg_sleep(600); EXCEPTION WHEN query_canceled THEN NULL; END; END LOOP; END $$", false)]
    public async Task After_its_time_a_command_is_stopped_whatever_it_has_set(string input, bool readOnly)
    {
        await using var acme = await AcmePostgres.Start(Cancel, ReplLimits.Default with { Duration = TimeSpan.FromSeconds(4) });
        await acme.Provision(Own, "op_1", Cancel);
        var asked = System.Diagnostics.Stopwatch.StartNew();

        var shown = await acme.Ask(Own, input, Cancel, readOnly);

        Assert.Contains("Stopped after 4 seconds", shown.Paragraphs[^1], StringComparison.Ordinal);
        Assert.True(asked.Elapsed < TimeSpan.FromSeconds(30), $"{asked.Elapsed}");
        Assert.DoesNotContain(await acme.Traces(Cancel), trace => trace.Contains("repl_", StringComparison.Ordinal));
        Assert.Equal(0L, await Sessions(acme));
    }

    [Fact]
    public async Task A_caller_who_goes_away_stops_the_command()
    {
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var asked = database.Acme.Ask(Own, "INSERT INTO notes VALUES (3, 'late'); SELECT pg_sleep(600)", gone.Token);
        await Until(async () => (await database.Customer.Read("SELECT count(*) FROM notes", Cancel)) is 2L);

        await gone.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked);
        Assert.Equal(0L, await Sessions(database.Acme));
        await database.Customer.Execute("DELETE FROM notes WHERE id = 3", Cancel);
    }

    [Fact]
    public async Task Only_so_many_commands_run_on_one_database_at_a_time()
    {
        await using var acme = await AcmePostgres.Start(Cancel, ReplLimits.Default with { TogetherMax = 2 });
        await acme.Provision(Own, "op_1", Cancel);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        Task[] running = [acme.Ask(Own, "SELECT pg_sleep(600)", over.Token), acme.Ask(Own, "SELECT pg_sleep(600)", over.Token, readOnly: true)];
        await Until(async () => await Sessions(acme) == 2L);

        Assert.Contains("2 commands are running", Assert.Single((await acme.Ask(Own, "SELECT 1", Cancel)).Paragraphs), StringComparison.Ordinal);

        await over.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Task.WhenAll(running));
        Assert.Equal("1", (await acme.Ask(Own, "SELECT 1", Cancel)).Row);
    }

    [Fact]
    public async Task The_plans_limit_of_connections_holds_for_the_console_too()
    {
        await using var acme = await AcmePostgres.Start(Cancel);
        var resource = AcmePostgres.Resource("res_1", connectionLimit: 1);
        var customer = await acme.Provision(resource, "op_1", Cancel);
        await using (await customer.Connect(Cancel))
            Assert.Contains("All connections", Assert.Single((await acme.Ask(resource, "SELECT 1", Cancel)).Paragraphs), StringComparison.Ordinal);

        await Until(async () => (await acme.Ask(resource, "SELECT 1", Cancel)).Tables.Count == 1);
        Assert.DoesNotContain(await acme.Traces(Cancel), trace => trace.Contains("repl_", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Suspension_ends_a_command_and_lets_none_in_until_resumed()
    {
        await using var acme = await AcmePostgres.Start(Cancel);
        await acme.Provision(Own, "op_1", Cancel);
        var running = acme.Ask(Own, "SELECT pg_sleep(600)", Cancel, readOnly: true);
        await Until(async () => await Sessions(acme) == 1L);

        await acme.Provisioner.Suspend(Own, new OperationId("op_stop"), Cancel);

        Assert.Contains((await running).Paragraphs, text => text.Contains("terminating connection", StringComparison.Ordinal) || text.Contains("lost", StringComparison.Ordinal));
        foreach (var readOnly in new[] { false, true })
            Assert.Equal(["The database is not in service."], (await acme.Ask(Own, "SELECT 1", Cancel, readOnly)).Paragraphs);
        Assert.Equal(0L, await acme.Marketplace.DataSource.CreateCommand(
            $"SELECT count(*) FROM pg_roles WHERE starts_with(rolname, '{acme.Prefix}') AND has_database_privilege(oid, '{acme.Prefix}_res_own', 'CONNECT')")
            .ExecuteScalarAsync(Cancel));

        await acme.Provisioner.Resume(Own, new OperationId("op_start"), Cancel);
        foreach (var readOnly in new[] { false, true })
            Assert.Equal("1", (await acme.Ask(Own, "SELECT 1", Cancel, readOnly)).Row);
    }

    [Fact]
    public async Task What_a_process_left_that_died_during_a_command_is_taken_away_by_the_next_and_deletion_leaves_nothing()
    {
        await using var acme = await AcmePostgres.Start(Cancel, ReplLimits.Default with { TogetherMax = 1 });
        await acme.Provision(Own, "op_1", Cancel);
        var left = Assert.IsType<Shell.Provisioning.Postgres.ReplAdmission.Open>(await acme.Logins.Open(Own.Id, isReadOnly: true, Cancel));
        Assert.Contains("1 commands are running", (await acme.Ask(Own, "SELECT 1", Cancel)).ToString(), StringComparison.Ordinal);

        await acme.Marketplace.Execute($"ALTER ROLE \"{left.Login}\" VALID UNTIL '2026-01-01'", Cancel);
        Assert.Equal("1", (await acme.Ask(Own, "SELECT 1", Cancel)).Row);
        await Assert.ThrowsAnyAsync<NpgsqlException>(() => Customer.Execute(left.Session, "SELECT 1", Cancel));
        await left.Session.DisposeAsync();

        var again = Assert.IsType<Shell.Provisioning.Postgres.ReplAdmission.Open>(await acme.Logins.Open(Own.Id, isReadOnly: true, Cancel));
        await acme.Provisioner.Deprovision(Own, new OperationId("op_end"), Cancel);
        Assert.Empty(await acme.Traces(Cancel));
        await again.Session.DisposeAsync();
    }

    [Fact]
    public async Task A_database_whose_console_nobody_has_used_has_no_roles_for_it()
    {
        await using var acme = await AcmePostgres.Start(Cancel);
        var customer = await acme.Provision(Own, "op_1", Cancel);

        Assert.Equal(
            [$"database {customer.Database}", $"role {customer.Database}", $"role {customer.Login}"], await acme.Traces(Cancel));
    }

    private static async Task<long> Sessions(AcmePostgres acme) =>
        (long)(await acme.Marketplace.DataSource.CreateCommand(
            $"SELECT count(*) FROM pg_stat_activity WHERE starts_with(usename, '{acme.Prefix}') AND usename LIKE '%.repl\\_%'").ExecuteScalarAsync(Cancel))!;

    private static async Task Until(Func<Task<bool>> holds)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        patience.CancelAfter(TimeSpan.FromSeconds(30));
        while (!await holds())
            await Task.Delay(50, patience.Token);
    }
}
