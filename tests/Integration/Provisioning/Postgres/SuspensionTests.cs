using Marketplace.Jobs.Provisioning;
using Npgsql;

namespace Marketplace.Integration.Provisioning.Postgres;

public sealed class SuspensionTests
{
    private static readonly OperationId Stop = new("op_stop");
    private static readonly OperationId Start = new("op_start");

    [Fact]
    public async Task Suspension_ends_open_sessions_and_refuses_new_ones_until_resumed_and_keeps_the_rows()
    {
        var cancel = TestContext.Current.CancellationToken;
        await using var acme = await AcmePostgres.Start(cancel);
        var resource = AcmePostgres.Resource("res_1");
        var customer = await acme.Provision(resource, "op_1", cancel);
        var neighbour = await acme.Provision(AcmePostgres.Resource("res_2"), "op_2", cancel);
        await customer.Execute("CREATE TABLE notes (id int); INSERT INTO notes VALUES (1)", cancel);
        await using var open = await customer.Connect(cancel);
        await using var spared = await neighbour.Connect(cancel);

        await acme.Provisioner.Suspend(resource, Stop, cancel);
        await acme.Provisioner.Suspend(resource, Stop, cancel);
        await Assert.ThrowsAnyAsync<NpgsqlException>(() => Customer.Execute(open, "SELECT 1", cancel));
        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, await customer.Refusal(cancel));
        await Customer.Execute(spared, "SELECT 1", cancel);

        await acme.Provisioner.Resume(resource, Start, cancel);
        await acme.Provisioner.Resume(resource, Start, cancel);
        Assert.Equal(1L, await customer.Read("SELECT count(*) FROM notes", cancel));
    }

    [Fact]
    public async Task A_login_that_was_minted_during_the_suspension_works_only_when_it_is_over()
    {
        var cancel = TestContext.Current.CancellationToken;
        await using var acme = await AcmePostgres.Start(cancel);
        var resource = AcmePostgres.Resource("res_1");
        await acme.Provision(resource, "op_1", cancel);
        await acme.Provisioner.Suspend(resource, Stop, cancel);

        var rotated = await acme.Rotate(resource, "op_2", cancel);
        var repeated = await acme.Provision(resource, "op_1", cancel);
        await acme.Provisioner.ChangePlan(resource, new OperationId("op_3"), cancel);
        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, await rotated.Refusal(cancel));
        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, await repeated.Refusal(cancel));

        await acme.Provisioner.Resume(resource, Start, cancel);
        Assert.Equal(1, await rotated.Read("SELECT 1", cancel));
    }

    [Fact]
    public async Task A_suspended_database_can_be_cleaned_of_old_logins_and_deleted()
    {
        var cancel = TestContext.Current.CancellationToken;
        await using var acme = await AcmePostgres.Start(cancel);
        var resource = AcmePostgres.Resource("res_1");
        var customer = await acme.Provision(resource, "op_1", cancel);
        await customer.Execute("SET ROLE NONE; CREATE TABLE as_login (id int)", cancel);
        await acme.Provisioner.Suspend(resource, Stop, cancel);

        await acme.Expire(resource, "op_1", cancel);
        Assert.DoesNotContain($"role {customer.Login}", await acme.Traces(cancel));
        await acme.Provisioner.Deprovision(resource, new OperationId("op_2"), cancel);
        Assert.Empty(await acme.Traces(cancel));
        await acme.Provisioner.Suspend(resource, Stop, cancel);
    }
}
