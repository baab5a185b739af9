using LanguageExt;
using Marketplace.Core.Deployments;
using Marketplace.Core.Secrets;
using Marketplace.Integration.Postgres;
using Marketplace.Jobs.Provisioning;
using Npgsql;

namespace Marketplace.Integration.Provisioning.Postgres;

/// <summary>Copies of a database for deployments, and whether a database serves its customer. Source: contract §E.15.</summary>
public sealed class BranchTests
{
    private static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_copy_has_what_the_database_has_and_what_is_written_to_the_one_is_not_in_the_other()
    {
        await using var acme = await AcmePostgres.Start(Cancel);
        var (resource, customer) = await Notes(acme, "res_1");

        var branch = await Branch(acme, resource, "dpl_1");
        await branch.Execute("INSERT INTO notes VALUES ('of the copy'); CREATE TABLE more (x int); ALTER TABLE notes ADD COLUMN y int", Cancel);
        await customer.Execute("INSERT INTO notes VALUES ('of the original')", Cancel);

        Assert.Equal("first,of the copy", await branch.Read("SELECT string_agg(text, ',' ORDER BY text) FROM notes", Cancel));
        Assert.Equal("first,of the original", await customer.Read("SELECT string_agg(text, ',' ORDER BY text) FROM notes", Cancel));
    }

    [Fact]
    public async Task The_credentials_of_a_copy_open_the_copy_alone_and_those_of_the_database_never_the_copy()
    {
        await using var acme = await AcmePostgres.Start(Cancel);
        var (resource, customer) = await Notes(acme, "res_1");
        var (one, other) = (await Branch(acme, resource, "dpl_1"), await Branch(acme, resource, "dpl_2"));

        foreach (var (who, where) in new[] { (one, customer), (customer, one), (one, other), (other, one) })
        {
            var refused = await Assert.ThrowsAsync<PostgresException>(() => who.Connect(Cancel, where.Database));
            Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refused.SqlState);
        }

        Assert.NotEqual(one.Database, other.Database);
    }

    [Fact]
    public async Task An_action_that_is_done_again_makes_no_second_copy_and_every_answer_that_was_given_works()
    {
        await using var acme = await AcmePostgres.Start(Cancel);
        var (resource, _) = await Notes(acme, "res_1");

        var first = await Branch(acme, resource, "dpl_1");
        await first.Execute("INSERT INTO notes VALUES ('kept')", Cancel);
        var both = await Task.WhenAll(Branch(acme, resource, "dpl_1"), Branch(acme, resource, "dpl_1"));

        Assert.All(both.Append(first), branch => Assert.Equal(first.Database, branch.Database));
        foreach (var branch in both.Append(first))
            Assert.Equal(2L, await branch.Read("SELECT count(*) FROM notes", Cancel));
    }

    [Fact]
    public async Task Whoever_is_connected_stays_so_and_there_is_no_copy_but_a_reason()
    {
        await using var acme = await AcmePostgres.Start(Cancel);
        var (resource, customer) = await Notes(acme, "res_1");
        await using var session = await customer.Connect(Cancel);

        var refusal = Refused(await acme.Provisioner.Act(resource, Action("dpl_1"), Seq<Secret>.Empty, Cancel));

        Assert.StartsWith("Somebody is connected", refusal, StringComparison.Ordinal);
        await Customer.Execute(session, "INSERT INTO notes VALUES ('still here')", Cancel);
        Assert.DoesNotContain(await acme.Traces(Cancel), trace => trace.Contains(".br_", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_database_that_is_too_large_is_not_copied()
    {
        await using var acme = await AcmePostgres.Start(Cancel);
        var (resource, customer) = await Notes(acme, "res_1");
        await customer.Execute("CREATE UNLOGGED TABLE big AS SELECT g, repeat(md5(g::text), 60) AS text FROM generate_series(1, 52000) AS g", Cancel);

        Assert.StartsWith(
            "The database is larger than 100 MB", Refused(await acme.Provisioner.Act(resource, Action("dpl_1"), Seq<Secret>.Empty, Cancel)),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_suspension_closes_the_copies_too_and_its_end_opens_them()
    {
        await using var acme = await AcmePostgres.Start(Cancel);
        var (resource, _) = await Notes(acme, "res_1");
        var branch = await Branch(acme, resource, "dpl_1");

        await acme.Provisioner.Suspend(resource, new("suspend"), Cancel);
        await Assert.ThrowsAsync<PostgresException>(() => branch.Connect(Cancel));
        Assert.StartsWith("The database is suspended", Refused(await acme.Provisioner.Act(resource, Action("dpl_1"), Seq<Secret>.Empty, Cancel)), StringComparison.Ordinal);

        await acme.Provisioner.Resume(resource, new("resume"), Cancel);
        Assert.Equal(1L, await branch.Read("SELECT count(*) FROM notes", Cancel));
    }

    [Fact]
    public async Task A_copy_goes_with_its_deployment_and_leaves_the_database_alone()
    {
        await using var acme = await AcmePostgres.Start(Cancel);
        var (resource, customer) = await Notes(acme, "res_1");
        var before = await acme.Traces(Cancel);
        var branch = await Branch(acme, resource, "dpl_1");
        var other = await Branch(acme, resource, "dpl_2");
        await using var session = await branch.Connect(Cancel);

        await acme.Provisioner.Undo(resource, Action("dpl_1"), Cancel);
        await acme.Provisioner.Undo(resource, Action("dpl_1"), Cancel);

        Assert.Equal(1L, await other.Read("SELECT count(*) FROM notes", Cancel));
        await acme.Provisioner.Undo(resource, Action("dpl_2"), Cancel);
        Assert.Equal(before, await acme.Traces(Cancel));
        Assert.Equal(1L, await customer.Read("SELECT count(*) FROM notes", Cancel));
    }

    [Fact]
    public async Task Copies_go_with_their_resource_and_the_drift_report_tells_of_one_that_is_left()
    {
        await using var acme = await AcmePostgres.Start(Cancel);
        var (resource, customer) = await Notes(acme, "res_1");
        await Branch(acme, resource, "dpl_1");
        await customer.Execute("GRANT SELECT ON notes TO PUBLIC", Cancel);

        await TestDatabase.Drop(acme.Marketplace.DataSource, acme.Target.Names.Database(resource.Id));
        Assert.Equal(resource.Id, Assert.Single(await acme.Held(Cancel)));
        await acme.Provisioner.Deprovision(resource, new("end"), Cancel);

        Assert.Empty(await acme.Traces(Cancel));
        Assert.Empty(await acme.Held(Cancel));
    }

    [Fact]
    public async Task Credentials_can_expire_while_there_is_a_copy_in_which_they_had_rights()
    {
        await using var acme = await AcmePostgres.Start(Cancel);
        var (resource, customer) = await Notes(acme, "res_1");
        await customer.Execute($"GRANT SELECT ON notes TO \"{customer.Login}\"", Cancel);
        var branch = await Branch(acme, resource, "dpl_1");

        await acme.Rotate(resource, "op_2", Cancel);
        await acme.Expire(resource, "op_1", Cancel);

        await Assert.ThrowsAsync<PostgresException>(() => customer.Connect(Cancel));
        Assert.Equal(1L, await branch.Read("SELECT count(*) FROM notes", Cancel));
    }

    [Fact]
    public async Task A_health_check_connects_as_the_customer_would_and_says_what_it_found()
    {
        await using var acme = await AcmePostgres.Start(Cancel);
        var (resource, customer) = await Notes(acme, "res_1");
        var secrets = customer.Secrets.Select(secret => new Secret(secret.Key, secret.Value, Option<string>.None, EnvironmentOverrides.None)).ToSeq().Strict();

        var well = await acme.Provisioner.Check(resource, secrets, Cancel);
        Assert.True(well.Serves, well.Text);
        Assert.Matches(@"^The database answered in \d+ ms; it has \d+\.\d MB\.$", well.Text);

        await acme.Provisioner.Suspend(resource, new("suspend"), Cancel);
        Assert.Equal(new ResourceHealth(false, "The database is suspended."), await acme.Provisioner.Check(resource, secrets, Cancel));
        await acme.Provisioner.Resume(resource, new("resume"), Cancel);

        await acme.Rotate(resource, "op_2", Cancel);
        await acme.Expire(resource, "op_1", Cancel);
        Assert.Equal(new ResourceHealth(false, "The database refuses its own credentials."), await acme.Provisioner.Check(resource, secrets, Cancel));
        Assert.Equal(new ResourceHealth(false, "The database has no credentials now."), await acme.Provisioner.Check(resource, Seq<Secret>.Empty, Cancel));
    }

    private static async Task<(ProvisionedResource, Customer)> Notes(AcmePostgres acme, string id)
    {
        var resource = AcmePostgres.Resource(id);
        var customer = await acme.Provision(resource, "op_1", Cancel);
        await customer.Execute("CREATE TABLE notes (text text); INSERT INTO notes VALUES ('first')", Cancel);
        return (resource, customer);
    }

    private static async Task<Customer> Branch(AcmePostgres acme, ProvisionedResource resource, string deployment) =>
        Customer.With((await acme.Provisioner.Act(resource, Action(deployment), Seq<Secret>.Empty, Cancel))
            .Match(Right: outcome => outcome.Secrets, Left: refusal => throw new InvalidOperationException(refusal.Reason)));

    private static DeploymentActionId Action(string deployment) => new(deployment, new("res_1"), "branch-database");

    private static string Refused(Either<ProvisionerRefusal, ActionOutcome> answer) =>
        answer.Match(Right: outcome => throw new InvalidOperationException(outcome.Text), Left: refusal => refusal.Reason);
}
