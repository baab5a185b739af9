using Marketplace.Shell.Provisioning.Postgres;

namespace Marketplace.Integration.Provisioning.Postgres;

/// <summary>Where psql would cut a script into statements, so does the console.</summary>
public sealed class SqlScriptTests
{
    [Theory]
    [InlineData("SELECT 1; SELECT 2;", "SELECT 1|SELECT 2")]
    [InlineData(" ;; SELECT 1 ;", "SELECT 1")]
    [InlineData("SELECT ';' ; SELECT 2", "SELECT ';'|SELECT 2")]
    [InlineData("SELECT 'it''s; one'; SELECT 2", "SELECT 'it''s; one'|SELECT 2")]
    [InlineData(@"SELECT 'a\'; SELECT 2", @"SELECT 'a\'|SELECT 2")]
    [InlineData(@"SELECT E'a\';b'; SELECT 2", @"SELECT E'a\';b'|SELECT 2")]
    [InlineData(@"SELECT e'a''\';b'; SELECT 2", @"SELECT e'a''\';b'|SELECT 2")]
    [InlineData(@"SELECT note'a\'; SELECT 2", @"SELECT note'a\'|SELECT 2")]
    [InlineData("SELECT \"a;\"\"b\"; SELECT 2", "SELECT \"a;\"\"b\"|SELECT 2")]
    [InlineData("SELECT 1 -- ; no\n; SELECT 2", "SELECT 1 -- ; no|SELECT 2")]
    [InlineData("SELECT 1 /* ; /* ; */ ; */ + 1; SELECT 2", "SELECT 1 /* ; /* ; */ ; */ + 1|SELECT 2")]
    [InlineData("SELECT $$;$$; SELECT $a$;$$;$a$; SELECT 3", "SELECT $$;$$|SELECT $a$;$$;$a$|SELECT 3")]
    [InlineData("SELECT a$b$; SELECT $1; SELECT 3", "SELECT a$b$|SELECT $1|SELECT 3")]
    [InlineData("CREATE RULE r AS ON INSERT TO t DO (SELECT 1; SELECT 2); SELECT 3", "CREATE RULE r AS ON INSERT TO t DO (SELECT 1; SELECT 2)|SELECT 3")]
    [InlineData(
        "CREATE OR REPLACE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; SELECT 2; END; SELECT 3",
        "CREATE OR REPLACE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; SELECT 2; END|SELECT 3")]
    [InlineData("BEGIN; SELECT 1; END; SELECT 2", "BEGIN|SELECT 1|END|SELECT 2")]
    [InlineData("\\d notes\nSELECT 1;\\q", "\\d notes|SELECT 1|\\q")]
    [InlineData("SELECT 'open; SELECT 2", "SELECT 'open; SELECT 2")]
    [InlineData("SELECT $$open; SELECT 2", "SELECT $$open; SELECT 2")]
    [InlineData("/* open; SELECT 2", "")]
    [InlineData("-- only", "")]
    [InlineData("", "")]
    public void A_script_is_cut_at_the_semicolons_that_end_a_statement(string script, string statements)
    {
        var cut = SqlScript.Statements(script);

        Assert.Equal(statements, string.Join('|', cut.Select(statement => statement.Text)));
        Assert.All(cut, statement => Assert.StartsWith(statement.Text, script[statement.Offset..], StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("commit", true)]
    [InlineData("-- first\n/* then */ Commit and chain", true)]
    [InlineData("END/**/", true)]
    [InlineData("rollback to savepoint s", true)]
    [InlineData("prepare /* it */ transaction 'x'", true)]
    [InlineData("PREPARE transactions AS SELECT 1", false)]
    [InlineData("PREPARE p AS SELECT 1", false)]
    [InlineData("commits", false)]
    [InlineData("\"commit\"", false)]
    [InlineData("(SELECT 1)", false)]
    [InlineData("SELECT 1 AS commit", false)]
    public void What_begins_ends_or_marks_a_transaction_is_known_by_its_first_words(string script, bool controls) =>
        Assert.Equal(controls, Assert.Single(SqlScript.Statements(script)).ControlsTransaction);

    [Theory]
    [InlineData("INSERT INTO t VALUES (1)", 3, "INSERT 0 3")]
    [InlineData("delete from t", 0, "DELETE 0")]
    [InlineData("CREATE UNIQUE INDEX i ON t (id)", -1, "CREATE INDEX")]
    [InlineData("create or replace view v as select 1", -1, "CREATE VIEW")]
    [InlineData("CREATE MATERIALIZED VIEW v AS SELECT 1", -1, "CREATE MATERIALIZED VIEW")]
    [InlineData("CREATE TEMP TABLE t (id int)", -1, "CREATE TABLE")]
    [InlineData("WITH a AS (SELECT 1) INSERT INTO t SELECT * FROM a", 1, "1 row")]
    [InlineData("WITH a AS (SELECT 1) SELECT * FROM a", -1, null)]
    [InlineData("SELECT 1", -1, null)]
    [InlineData("set x = 1", -1, "SET")]
    public void What_is_done_is_told_in_psqls_words(string script, int affected, string? tag) =>
        Assert.Equal(tag, PostgresReplTexts.Tag(Assert.Single(SqlScript.Statements(script)), affected)?.Text);
}
