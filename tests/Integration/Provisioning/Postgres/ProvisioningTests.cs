using LanguageExt;
using Marketplace.Core.Secrets;
using Marketplace.Jobs.Provisioning;
using Npgsql;

namespace Marketplace.Integration.Provisioning.Postgres;

public sealed class ProvisioningTests
{
    [Fact]
    public async Task A_customer_connects_with_the_url_alone_and_owns_what_is_inside()
    {
        var cancel = TestContext.Current.CancellationToken;
        await using var acme = await AcmePostgres.Start(cancel);
        var customer = await acme.Provision(AcmePostgres.Resource("res_1"), "op_1", cancel);

        await customer.Execute("CREATE TABLE notes (id int); INSERT INTO notes VALUES (1), (2)", cancel);
        await customer.Execute("CREATE EXTENSION pgcrypto; CREATE SCHEMA more; CREATE TEMPORARY TABLE scratch (id int)", cancel);
        Assert.Equal(2L, await customer.Read("SELECT count(*) FROM notes", cancel));

        // What the reset of a migration tool does.
        await customer.Execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public; CREATE TABLE public.again (id int)", cancel);
        Assert.Equal("UTF8", await customer.Read("SHOW server_encoding", cancel));
    }

    [Fact]
    public async Task The_secrets_are_the_six_that_postgres_programs_read_and_agree_with_each_other()
    {
        var cancel = TestContext.Current.CancellationToken;
        await using var acme = await AcmePostgres.Start(cancel);
        var secrets = (await acme.Provision(AcmePostgres.Resource("res_1"), "op_1", cancel)).Secrets;

        Assert.Equal(
            ["DATABASE_URL", "PGDATABASE", "PGHOST", "PGPASSWORD", "PGPORT", "PGUSER"],
            secrets.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(
            $"postgres://{secrets["PGUSER"]}:{secrets["PGPASSWORD"]}@{secrets["PGHOST"]}:{secrets["PGPORT"]}/{secrets["PGDATABASE"]}",
            secrets["DATABASE_URL"]);
        Assert.Equal(43, secrets["PGPASSWORD"].Length);
        Assert.True(secrets["PGUSER"].Length <= 63);
    }

    [Fact]
    public async Task Provisioning_again_finds_the_same_database_and_leaves_the_first_answer_valid()
    {
        var cancel = TestContext.Current.CancellationToken;
        await using var acme = await AcmePostgres.Start(cancel);
        var resource = AcmePostgres.Resource("res_1");
        var first = await acme.Provision(resource, "op_1", cancel);
        await first.Execute("CREATE TABLE notes (id int)", cancel);
        var second = await acme.Provision(resource, "op_1", cancel);

        Assert.Equal(first.Database, second.Database);
        Assert.Equal(0L, await first.Read("SELECT count(*) FROM notes", cancel));
        Assert.Equal(0L, await second.Read("SELECT count(*) FROM notes", cancel));

        await acme.Expire(resource, "op_1", cancel);
        Assert.Equal(PostgresErrorCodes.InvalidPassword, await first.Refusal(cancel));
        Assert.Equal(PostgresErrorCodes.InvalidPassword, await second.Refusal(cancel));
    }

    [Fact]
    public async Task Provisioning_many_times_at_once_makes_one_database_and_every_answer_works()
    {
        var cancel = TestContext.Current.CancellationToken;
        await using var acme = await AcmePostgres.Start(cancel);
        var customers = await Task.WhenAll(Enumerable.Range(0, 6).Select(n =>
            acme.Provision(AcmePostgres.Resource(n % 2 == 0 ? "res_even" : "res_odd"), $"op_{n % 3}", cancel)));

        Assert.Equal(2, customers.Select(customer => customer.Database).Distinct(StringComparer.Ordinal).Count());
        foreach (var customer in customers)
        {
            Assert.Equal(1, await customer.Read("SELECT 1", cancel));
        }
    }

    [Fact]
    public async Task A_database_is_destroyed_although_somebody_is_just_leaving_it_whom_we_may_not_end_as_the_autovacuum_is()
    {
        var cancel = TestContext.Current.CancellationToken;
        await using var acme = await AcmePostgres.Start(cancel);
        var resource = AcmePostgres.Resource("res_1");
        var customer = await acme.Provision(resource, "op_1", cancel);
        var stranger = $"{acme.Prefix}stranger";
        await acme.Marketplace.Execute(
            $"CREATE ROLE {stranger} LOGIN PASSWORD 'stranger'; GRANT CONNECT ON DATABASE \"{customer.Database}\" TO {stranger}", cancel);
        try
        {
            var inside = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(acme.Marketplace.ConnectionString)
            {
                Database = customer.Database, Username = stranger, Password = "stranger", Pooling = false,
            }.ConnectionString);
            await inside.OpenAsync(cancel);
            var destroyed = acme.Provisioner.Deprovision(resource, new OperationId("op_2"), cancel);
            await Task.Delay(TimeSpan.FromSeconds(1), cancel);
            Assert.False(destroyed.IsCompleted);

            await inside.DisposeAsync();
            await destroyed;
            Assert.DoesNotContain($"database {customer.Database}", await acme.Traces(cancel));
        }
        finally
        {
            await acme.Marketplace.Execute($"DROP ROLE {stranger}", cancel);
        }
    }

    [Fact]
    public async Task The_plan_limits_the_connections_and_a_change_of_plan_moves_the_limit()
    {
        var cancel = TestContext.Current.CancellationToken;
        await using var acme = await AcmePostgres.Start(cancel);
        var customer = await acme.Provision(AcmePostgres.Resource("res_1", connectionLimit: 1), "op_1", cancel);
        await using var only = await Patiently(() => customer.Connect(cancel));
        Assert.Equal(PostgresErrorCodes.TooManyConnections, await customer.Refusal(cancel));

        await acme.Provisioner.ChangePlan(AcmePostgres.Resource("res_1", connectionLimit: 2), new OperationId("op_2"), cancel);
        Assert.Equal(2, await Limit());

        await acme.Provisioner.ChangePlan(AcmePostgres.Resource("res_1"), new OperationId("op_3"), cancel);
        Assert.Equal(-1, await Limit());

        Task<object?> Limit() => Patiently(() =>
            customer.Read("SELECT datconnlimit FROM pg_database WHERE datname = current_database()", cancel));

        // A connection that was closed or refused counts until the server has put it away.
        async Task<T> Patiently<T>(Func<Task<T>> connect)
        {
            for (var tries = 0; ; tries++)
            {
                try
                {
                    return await connect();
                }
                catch (PostgresException full) when (full.SqlState == PostgresErrorCodes.TooManyConnections && tries < 100)
                {
                    await Task.Delay(20, cancel);
                }
            }
        }
    }

    [Fact]
    public async Task Deletion_drops_the_database_with_its_sessions_and_roles_and_is_quiet_when_all_is_gone()
    {
        var cancel = TestContext.Current.CancellationToken;
        await using var acme = await AcmePostgres.Start(cancel);
        var resource = AcmePostgres.Resource("res_1");
        var customer = await acme.Provision(resource, "op_1", cancel);
        var rotated = await acme.Rotate(resource, "op_2", cancel);
        await using var open = await customer.Connect(cancel);
        await Customer.Execute(open, "CREATE TABLE notes (id int)", cancel);

        await acme.Provisioner.Deprovision(resource, new OperationId("op_3"), cancel);
        Assert.Empty(await acme.Traces(cancel));
        Assert.Empty(await acme.Held(cancel));
        await Assert.ThrowsAnyAsync<NpgsqlException>(() => Customer.Execute(open, "SELECT 1", cancel));
        Assert.Equal(PostgresErrorCodes.InvalidPassword, await rotated.Refusal(cancel));

        await acme.Provisioner.Deprovision(resource, new OperationId("op_3"), cancel);
        Assert.IsType<ProvisionerAnswer<Seq<Secret>>.Refused>(await acme.Provisioner.Rotate(resource, new OperationId("op_4"), cancel));
    }

    [Fact]
    public async Task Rights_that_another_customer_granted_do_not_stand_in_the_way_of_deletion()
    {
        var cancel = TestContext.Current.CancellationToken;
        await using var acme = await AcmePostgres.Start(cancel);
        var resource = AcmePostgres.Resource("res_1");
        var customer = await acme.Provision(resource, "op_1", cancel);
        var other = await acme.Provision(AcmePostgres.Resource("res_2"), "op_2", cancel);
        await other.Execute($"CREATE TABLE bait (id int); GRANT ALL ON bait TO \"{customer.Login}\", \"{customer.Database}\"", cancel);

        await acme.Provisioner.Deprovision(resource, new OperationId("op_3"), cancel);
        Assert.DoesNotContain(await acme.Traces(cancel), trace => trace.Contains("res_1", StringComparison.Ordinal));
        Assert.Equal(0L, await other.Read("SELECT count(*) FROM bait", cancel));
    }
}
