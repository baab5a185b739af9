using Npgsql;

namespace Marketplace.Integration.Provisioning.Postgres;

public sealed class RotationTests
{
    [Fact]
    public async Task Old_and_new_logins_see_the_same_tables_whoever_made_them()
    {
        var cancel = TestContext.Current.CancellationToken;
        await using var acme = await AcmePostgres.Start(cancel);
        var resource = AcmePostgres.Resource("res_1");
        var before = await acme.Provision(resource, "op_1", cancel);
        await before.Execute("CREATE TABLE by_old (id int); INSERT INTO by_old VALUES (1)", cancel);
        var after = await acme.Rotate(resource, "op_2", cancel);
        await after.Execute("CREATE TABLE by_new (id int); INSERT INTO by_new VALUES (1); INSERT INTO by_old VALUES (2)", cancel);

        Assert.NotEqual(before.Secrets["PGPASSWORD"], after.Secrets["PGPASSWORD"]);
        Assert.Equal(1L, await before.Read("SELECT count(*) FROM by_new", cancel));
        Assert.Equal(2L, await after.Read("SELECT count(*) FROM by_old", cancel));
        await before.Execute("ALTER TABLE by_new ADD COLUMN name text", cancel);
        await after.Execute("DROP TABLE by_old", cancel);
    }

    [Fact]
    public async Task Expiry_ends_the_old_sessions_refuses_the_old_login_and_keeps_the_tables()
    {
        var cancel = TestContext.Current.CancellationToken;
        await using var acme = await AcmePostgres.Start(cancel);
        var resource = AcmePostgres.Resource("res_1");
        var before = await acme.Provision(resource, "op_1", cancel);
        var after = await acme.Rotate(resource, "op_2", cancel);
        await before.Execute("CREATE TABLE as_owner (id int)", cancel);
        // Not acting as the owner, the login itself owns what it makes.
        await before.Execute("SET ROLE NONE; CREATE TABLE as_login (id int); GRANT SELECT ON as_login TO PUBLIC", cancel);
        await using var old = await before.Connect(cancel);
        await using var young = await after.Connect(cancel);

        await acme.Expire(resource, "op_1", cancel);

        await Assert.ThrowsAnyAsync<NpgsqlException>(() => Customer.Execute(old, "SELECT 1", cancel));
        Assert.Equal(PostgresErrorCodes.InvalidPassword, await before.Refusal(cancel));
        await Customer.Execute(young, "INSERT INTO as_owner VALUES (1); INSERT INTO as_login VALUES (1)", cancel);
        await after.Execute("DROP TABLE as_login", cancel);
        Assert.DoesNotContain($"role {before.Login}", await acme.Traces(cancel));

        await acme.Expire(resource, "op_1", cancel);
        Assert.Equal(1L, await after.Read("SELECT count(*) FROM as_owner", cancel));
    }

    [Fact]
    public async Task Expiry_cuts_the_old_login_even_when_the_customer_uses_every_connection_of_the_plan()
    {
        var cancel = TestContext.Current.CancellationToken;
        await using var acme = await AcmePostgres.Start(cancel);
        var resource = AcmePostgres.Resource("res_1", connectionLimit: 2);
        var before = await acme.Provision(resource, "op_1", cancel);
        var after = await acme.Rotate(resource, "op_2", cancel);
        await using var one = await after.Connect(cancel);
        await using var two = await after.Connect(cancel);

        await acme.Expire(resource, "op_1", cancel);
        Assert.Equal(PostgresErrorCodes.InvalidPassword, await before.Refusal(cancel));
        await Customer.Execute(two, "SELECT 1", cancel);
    }
}
