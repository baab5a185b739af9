using Npgsql;

namespace Marketplace.Integration.Provisioning.Postgres;

/// <summary>What somebody who may only read tries with the console of Acme Postgres. Source: contract §B.2, <c>readOnly</c>.</summary>
public sealed class ReadOnlyConsoleTests(ConsoleDatabase database) : IClassFixture<ConsoleDatabase>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("INSERT INTO notes VALUES (2, 'new')")]
    [InlineData("UPDATE notes SET note = 'changed'")]
    [InlineData("DELETE FROM notes")]
    [InlineData("TRUNCATE notes")]
    [InlineData("DROP TABLE notes")]
    [InlineData("ALTER TABLE notes ADD more int")]
    [InlineData("CREATE TABLE mine (id int)")]
    [InlineData("CREATE TABLE attic.mine (id int)")]
    [InlineData("CREATE SCHEMA mine")]
    [InlineData("CREATE TEMP TABLE mine (id int)")]
    [InlineData("CREATE VIEW mine AS SELECT 1")]
    [InlineData("CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS 'SELECT 1'")]
    [InlineData("SELECT * INTO mine FROM notes")]
    [InlineData("WITH gone AS (DELETE FROM notes RETURNING *) SELECT * FROM gone")]
    [InlineData("EXPLAIN ANALYZE DELETE FROM notes")]
    [InlineData("SELECT * FROM notes FOR UPDATE")]
    [InlineData("LOCK TABLE notes IN EXCLUSIVE MODE")]
    [InlineData("SELECT nextval('numbers')")]
    [InlineData("SELECT setval('numbers', 7)")]
    [InlineData("DO $$ BEGIN DELETE FROM notes; END $$")]
    [InlineData("DO $$ BEGIN EXECUTE 'DROP TABLE notes'; END $$")]
    [InlineData("PREPARE p AS DELETE FROM notes; EXECUTE p")]
    [InlineData("COMMENT ON TABLE notes IS 'mine'")]
    [InlineData("GRANT ALL ON notes TO PUBLIC")]
    [InlineData("COPY notes FROM PROGRAM 'echo 3'")]
    [InlineData("COPY (SELECT 1) TO PROGRAM 'true'")]
    [InlineData("COPY (SELECT 1) TO '/tmp/stolen'")]
    [InlineData("SELECT pg_read_file('postgresql.conf')")]
    [InlineData("SELECT lo_import('/etc/hostname')")]
    [InlineData("SELECT rolpassword FROM pg_authid")]
    [InlineData("ALTER ROLE CURRENT_USER PASSWORD 'mine'")]
    [InlineData("ALTER ROLE CURRENT_USER SUPERUSER")]
    [InlineData("CREATE ROLE mine LOGIN")]
    [InlineData("SET SESSION AUTHORIZATION postgres")]
    [InlineData("CREATE EXTENSION dblink")]
    [InlineData("CREATE EXTENSION hstore")]
    [InlineData("VACUUM notes")]
    public async Task A_read_only_command_that_would_change_or_reach_more_is_an_error_and_changes_nothing(string input)
    {
        var shown = await database.Read(input);

        Assert.Contains(
            shown.Error,
            new[]
            {
                PostgresErrorCodes.InsufficientPrivilege, PostgresErrorCodes.ReadOnlySqlTransaction,
                PostgresErrorCodes.ActiveSqlTransaction, PostgresErrorCodes.UndefinedFile, PostgresErrorCodes.FeatureNotSupported,
            });
        await database.IsUntouched();
    }

    [Theory]
    [InlineData("COMMIT; DROP TABLE notes")]
    [InlineData("commit work; delete from notes")]
    [InlineData("ROLLBACK; DROP TABLE notes")]
    [InlineData("END; DROP TABLE notes")]
    [InlineData("ABORT; DROP TABLE notes")]
    [InlineData("/* a /* comment */ */ COMMIT; DROP TABLE notes")]
    [InlineData(";; -- nothing\n COMMIT; DROP TABLE notes")]
    [InlineData("\v\fCOMMIT; DROP TABLE notes")]
    [InlineData("BEGIN READ WRITE; DROP TABLE notes; COMMIT")]
    [InlineData("START TRANSACTION READ WRITE; DROP TABLE notes")]
    [InlineData("SAVEPOINT s; DROP TABLE notes")]
    [InlineData("ROLLBACK TO only_reading; DROP TABLE notes")]
    [InlineData("RELEASE only_reading; SET TRANSACTION READ WRITE; DROP TABLE notes")]
    [InlineData("PREPARE TRANSACTION 'out'; DROP TABLE notes")]
    public async Task No_command_leaves_the_transaction_that_only_reads(string input)
    {
        var shown = await database.Read(input);

        Assert.Contains("cannot be used here", Assert.Single(shown.Paragraphs), StringComparison.Ordinal);
        await database.IsUntouched();
    }

    [Theory]
    [InlineData("SET default_transaction_read_only = off; DELETE FROM notes")]
    [InlineData("SET transaction_read_only = off; DELETE FROM notes")]
    [InlineData("SET TRANSACTION READ WRITE; DELETE FROM notes")]
    [InlineData("SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE; DELETE FROM notes")]
    [InlineData("SELECT set_config('transaction_read_only', 'off', false); DELETE FROM notes")]
    [InlineData("RESET ROLE; DELETE FROM notes")]
    [InlineData("RESET SESSION AUTHORIZATION; DELETE FROM notes")]
    [InlineData("DO $$ BEGIN COMMIT; DELETE FROM notes; END $$")]
    [InlineData("DO $$ BEGIN ROLLBACK; DELETE FROM notes; END $$")]
    // With this setting a string ends elsewhere, and what looks like one statement would be two.
    [InlineData(@"SET standard_conforming_strings = off; SELECT '\'' ; COMMIT; DELETE FROM notes; --'")]
    [InlineData("SET search_path = attic; SET ROLE NONE; DELETE FROM public.notes")]
    public async Task No_setting_lets_a_read_only_command_write(string input)
    {
        var shown = await database.Read(input);

        Assert.Contains(shown.Paragraphs, text => text.StartsWith("ERROR:", StringComparison.Ordinal));
        await database.IsUntouched();
    }

    [Fact]
    public async Task A_read_only_command_can_become_neither_the_owner_nor_anybody_else()
    {
        foreach (var other in new[] { database.Customer.Database, database.Customer.Login, database.Neighbour.Database, database.Neighbour.Login, "marketplace" })
        {
            Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, (await database.Read($"SET ROLE \"{other}\"")).Error);
            Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, (await database.Read($"SET SESSION AUTHORIZATION \"{other}\"")).Error);
        }

        Assert.Equal("f", (await database.Read("SELECT pg_has_role(current_user, datname, 'MEMBER') FROM pg_database WHERE datname = current_database()")).Row);
    }

    [Fact]
    public async Task What_the_customer_lets_everybody_write_a_read_only_command_cannot()
    {
        await using var acme = await AcmePostgres.Start(Cancel);
        var resource = AcmePostgres.Resource("res_1");
        var customer = await acme.Provision(resource, "op_1", Cancel);
        await customer.Execute(
            """
            CREATE TABLE open (id int);
            GRANT ALL ON open TO PUBLIC;
            GRANT CREATE ON SCHEMA public TO PUBLIC;
            CREATE SEQUENCE counter;
            GRANT ALL ON SEQUENCE counter TO PUBLIC;
            CREATE FUNCTION as_owner() RETURNS int LANGUAGE plpgsql SECURITY DEFINER AS
                $$ BEGIN INSERT INTO open VALUES (1); RETURN 1; END $$;
            CREATE FUNCTION unlocked() RETURNS int LANGUAGE plpgsql SECURITY DEFINER SET default_transaction_read_only = off AS
                $$ BEGIN PERFORM set_config('transaction_read_only', 'off', true); INSERT INTO open VALUES (1); RETURN 1; END $$;
            """,
            Cancel);

        foreach (var input in new[]
        {
            "INSERT INTO open VALUES (1)", "TRUNCATE open", "CREATE TABLE more (id int)", "SELECT nextval('counter')",
            "SELECT as_owner()", "SELECT unlocked()",
        })
        {
            var shown = await acme.Ask(resource, input, Cancel, readOnly: true);
            Assert.Contains(shown.Error, new[] { PostgresErrorCodes.ReadOnlySqlTransaction, PostgresErrorCodes.ActiveSqlTransaction });
        }

        // The wall of the login is down here, so that the other one stands alone.
        foreach (var input in new[]
        {
            "SET TRANSACTION READ WRITE; INSERT INTO open VALUES (1)",
            "SET transaction_read_only = off; INSERT INTO open VALUES (1)",
            "SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE; INSERT INTO open VALUES (1)",
            "SELECT 1; SELECT 2; SET TRANSACTION READ WRITE; INSERT INTO open VALUES (1)",
            "COMMIT; INSERT INTO open VALUES (1)",
            "RELEASE only_reading; SET TRANSACTION READ WRITE; INSERT INTO open VALUES (1)",
            "DO $$ BEGIN COMMIT; INSERT INTO open VALUES (1); COMMIT; END $$",
            @"SET standard_conforming_strings = off; SELECT '\'' ; COMMIT; INSERT INTO open VALUES (1); --'",
            @"SET standard_conforming_strings = off; SELECT 1 /* '\'' */ ; INSERT INTO open VALUES (1); --'",
        })
        {
            var shown = await acme.Ask(resource, input, Cancel, readOnly: true);
            Assert.Contains(
                shown.Paragraphs,
                text => text.StartsWith("ERROR", StringComparison.Ordinal) || text.Contains("cannot be used here", StringComparison.Ordinal));
        }

        Assert.Equal(0L, await customer.Read("SELECT count(*) FROM open", Cancel));
    }

    [Fact]
    public async Task Large_objects_that_a_read_only_command_makes_are_gone_with_it()
    {
        // PostgreSQL asks for no right at all, and before version 16 not for a transaction that writes.
        await database.Read("SELECT lo_create(4711); SELECT lo_from_bytea(4712, 'x')");
        await database.Read("SELECT lo_put(4711, 0, 'x')");

        await database.IsUntouched();
    }

    [Fact]
    public async Task A_read_only_command_notifies_nobody()
    {
        await using var listening = await database.Customer.Connect(Cancel);
        await Customer.Execute(listening, "LISTEN alarm", Cancel);
        var heard = 0;
        listening.Notification += (_, _) => heard++;

        Assert.Equal(["NOTIFY"], (await database.Read("NOTIFY alarm; SELECT pg_notify('alarm', 'x')")).Paragraphs);
        await Customer.Execute(listening, "SELECT 1", Cancel);

        Assert.Equal(0, heard);
    }

    [Fact]
    public async Task The_login_alone_may_write_nothing_even_in_a_transaction_that_may()
    {
        var resource = AcmePostgres.Resource("res_own");
        var open = Assert.IsType<Shell.Provisioning.Postgres.ReplAdmission.Open>(
            await database.Acme.Logins.Open(resource.Id, isReadOnly: true, Cancel));
        await using (var session = open.Session)
        {
            foreach (var forbidden in new[]
            {
                "INSERT INTO notes VALUES (2, 'new')", "UPDATE notes SET note = ''", "DELETE FROM notes", "TRUNCATE notes", "DROP TABLE notes",
                "CREATE TABLE mine (id int)", "CREATE TEMP TABLE mine (id int)", "CREATE SCHEMA mine", "SELECT nextval('numbers')",
                "SELECT setval('numbers', 1)", "SELECT * FROM notes FOR UPDATE", $"SET ROLE \"{database.Customer.Database}\"",
            })
            {
                var refusal = await Assert.ThrowsAsync<PostgresException>(() => Customer.Execute(session, forbidden, Cancel));
                Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refusal.SqlState);
            }

            await Customer.Execute(session, "SELECT * FROM notes", Cancel);
        }

        await database.Acme.Logins.Close(resource.Id, open.Login);
        await database.IsUntouched();
    }

    [Fact]
    public async Task It_reads_what_was_made_since_by_whomever_of_the_customers_logins()
    {
        await using var acme = await AcmePostgres.Start(Cancel);
        var resource = AcmePostgres.Resource("res_1");
        var customer = await acme.Provision(resource, "op_1", Cancel);
        await acme.Ask(resource, "SELECT 1", Cancel, readOnly: true);

        await customer.Execute("CREATE SCHEMA later; CREATE TABLE later.orders AS SELECT 7 AS id; CREATE VIEW \"Über\" AS SELECT 8 AS id", Cancel);
        await using (var itself = await customer.Connect(Cancel))
        {
            await Customer.Execute(itself, "SET ROLE NONE", Cancel);
            await Customer.Execute(itself, "CREATE SCHEMA own; CREATE TABLE own.things AS SELECT 9 AS id; CREATE SEQUENCE own.count", Cancel);
        }

        Assert.Equal("7", (await acme.Ask(resource, "SELECT id FROM later.orders", Cancel, readOnly: true)).Row);
        Assert.Equal("8", (await acme.Ask(resource, "SELECT id FROM \"Über\"", Cancel, readOnly: true)).Row);
        Assert.Equal("9|1", (await acme.Ask(resource, "SELECT id, last_value FROM own.things, own.count", Cancel, readOnly: true)).Row);
    }

    [Fact]
    public async Task Reading_goes_on_after_a_setting_and_across_statements()
    {
        var shown = await database.Read("SET search_path = attic, public; SELECT count(*) FROM box; SHOW search_path; SELECT note FROM notes;");

        Assert.Equal(["0", "attic, public", "kept"], shown.Tables.Select(table => table.Rows[0][0].Text));
        Assert.Equal(["SET"], shown.Paragraphs);
    }
}
