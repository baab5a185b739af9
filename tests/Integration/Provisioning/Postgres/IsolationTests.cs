using Microsoft.Extensions.Logging;
using Npgsql;

namespace Marketplace.Integration.Provisioning.Postgres;

public sealed class IsolationTests
{
    [Fact]
    public async Task A_login_connects_to_its_own_database_and_to_no_other()
    {
        var cancel = TestContext.Current.CancellationToken;
        await using var acme = await AcmePostgres.Start(cancel);
        var one = await acme.Provision(AcmePostgres.Resource("res_1"), "op_1", cancel);
        var other = await acme.Provision(AcmePostgres.Resource("res_2"), "op_2", cancel);
        await one.Execute("CREATE TABLE proof (id int)", cancel);
        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, await one.Refusal(cancel, other.Database));

        // The next provisioning, or start of the server, closes whatever was opened in between.
        await acme.Marketplace.Execute($"GRANT CONNECT ON DATABASE {acme.Marketplace.Name} TO PUBLIC", cancel);
        Assert.Equal("res_3", (await acme.Provision(AcmePostgres.Resource("res_3"), "op_3", cancel)).Database[(acme.Prefix.Length + 1)..]);

        foreach (var foreign in new[] { other.Database, acme.Marketplace.Name, "marketplace", "postgres", "template1" })
        {
            Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, await one.Refusal(cancel, foreign));
        }
    }

    [Fact]
    public async Task A_login_can_neither_make_roles_or_databases_nor_loosen_the_limits_of_its_own()
    {
        var cancel = TestContext.Current.CancellationToken;
        await using var acme = await AcmePostgres.Start(cancel);
        var customer = await acme.Provision(AcmePostgres.Resource("res_1", connectionLimit: 3), "op_1", cancel);

        foreach (var forbidden in new[]
        {
            "CREATE ROLE intruder LOGIN",
            "CREATE DATABASE intruder",
            $"ALTER DATABASE \"{customer.Database}\" CONNECTION LIMIT 100",
            $"ALTER ROLE \"{customer.Login}\" SUPERUSER",
            $"DROP DATABASE \"{customer.Database}\"",
            "SET ROLE marketplace",
            "COPY (SELECT 1) TO PROGRAM 'true'",
            "SELECT rolpassword FROM pg_authid",
        })
        {
            // Neither acting as the owner, which is where a session begins, nor as the login itself.
            Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, await Refusal("SET ROLE NONE", forbidden));
            Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, await Refusal("SELECT 1", forbidden));
        }

        // PostgreSQL only warns about a right that one has, but may not pass on.
        await customer.Execute($"GRANT CONNECT ON DATABASE \"{customer.Database}\" TO PUBLIC", cancel);
        var neighbour = await acme.Provision(AcmePostgres.Resource("res_2"), "op_2", cancel);
        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, await neighbour.Refusal(cancel, customer.Database));

        async Task<string> Refusal(string first, string forbidden)
        {
            await using var session = await customer.Connect(cancel);
            await Customer.Execute(session, first, cancel);
            return (await Assert.ThrowsAsync<PostgresException>(() => Customer.Execute(session, forbidden, cancel))).SqlState;
        }
    }

    [Fact]
    public async Task A_database_that_is_not_ours_to_close_is_named_once_with_the_statement_that_closes_it()
    {
        var cancel = TestContext.Current.CancellationToken;
        await using var acme = await AcmePostgres.Start(cancel);
        var stranger = $"stranger_{acme.Prefix}";
        await acme.Marketplace.Execute($"CREATE ROLE {stranger}", cancel);
        await acme.Marketplace.Execute($"GRANT {stranger} TO CURRENT_USER", cancel);
        await acme.Marketplace.Execute($"CREATE DATABASE {stranger} OWNER {stranger} TEMPLATE template0", cancel);
        await acme.Marketplace.Execute($"REVOKE {stranger} FROM CURRENT_USER", cancel);
        try
        {
            await acme.Provision(AcmePostgres.Resource("res_1"), "op_1", cancel);
            await acme.Provision(AcmePostgres.Resource("res_2"), "op_2", cancel);

            var warning = Assert.Single(acme.Log.At(LogLevel.Warning), line => line.Contains(stranger, StringComparison.Ordinal));
            Assert.Contains($"REVOKE CONNECT ON DATABASE \"{stranger}\" FROM PUBLIC;", warning, StringComparison.Ordinal);
        }
        finally
        {
            await acme.Marketplace.Execute($"GRANT {stranger} TO CURRENT_USER", CancellationToken.None);
            await acme.Marketplace.Execute($"DROP DATABASE {stranger}", CancellationToken.None);
            await acme.Marketplace.Execute($"DROP ROLE {stranger}", CancellationToken.None);
        }
    }
}
