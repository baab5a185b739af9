using System.Diagnostics;
using LanguageExt;
using Marketplace.Core.Deployments;
using Marketplace.Core.Secrets;
using Marketplace.Jobs.Provisioning;

namespace Marketplace.Integration.Provisioning.Postgres;

/// <summary>
/// A process may die between any two statements. Each operation is stopped after its first statement, done again, then
/// stopped after its second, and so on until it gets through: the end must always be the same.
/// </summary>
public sealed class CrashTests
{
    private static readonly ProvisionedResource Resource = AcmePostgres.Resource("res_1", connectionLimit: 7);

    [Fact]
    public async Task Provisioning_that_was_stopped_anywhere_is_completed_by_its_repetition()
    {
        var cancel = TestContext.Current.CancellationToken;
        await using var acme = await AcmePostgres.Start(cancel);
        var steps = await StopEverywhere(acme, Provision, async () =>
        {
            var customer = await acme.Provision(Resource, "op_1", cancel);
            await customer.Execute("CREATE TABLE proof (id int); DROP SCHEMA public CASCADE", cancel);
            Assert.Equal(7, await customer.Read("SELECT datconnlimit FROM pg_database WHERE datname = current_database()", cancel));
            await acme.Provisioner.Deprovision(Resource, new OperationId("op_2"), cancel);
        });
        Assert.True(steps > 8, $"only {steps} steps");

        Task Provision(CancellationToken stop) => acme.Provisioner.Provision(Resource, new OperationId("op_1"), stop);
    }

    [Fact]
    public async Task Provisioning_that_was_stopped_anywhere_is_listed_and_undone_by_deletion()
    {
        var cancel = TestContext.Current.CancellationToken;
        await using var acme = await AcmePostgres.Start(cancel);
        await StopEverywhere(acme, Provision, async () =>
        {
            var held = await acme.Held(cancel);
            Assert.Equal((await acme.Traces(cancel)).Count > 0, held.Contains(Resource.Id));
            await acme.Provisioner.Deprovision(Resource, new OperationId("op_2"), cancel);
            Assert.Empty(await acme.Traces(cancel));
        });

        Task Provision(CancellationToken stop) => acme.Provisioner.Provision(Resource, new OperationId("op_1"), stop);
    }

    [Fact]
    public async Task Expiry_that_was_stopped_anywhere_is_completed_by_its_repetition()
    {
        var cancel = TestContext.Current.CancellationToken;
        await using var acme = await AcmePostgres.Start(cancel);
        var owner = await acme.Provision(Resource, "op_0", cancel);
        var minted = Prelude.Seq1(new OperationId("op_1"));
        await Rotated();
        var steps = await StopEverywhere(acme, stop => acme.Provisioner.ExpireSecrets(Resource, new OperationId("expire"), minted, stop), async () =>
        {
            await acme.Provisioner.ExpireSecrets(Resource, new OperationId("expire"), minted, cancel);
            // The owner role, the database, and the login that was not asked to expire.
            Assert.Equal(3, (await acme.Traces(cancel)).Count);
            Assert.Equal(0L, await owner.Read("SELECT count(*) FROM as_login", cancel));
            await owner.Execute("DROP TABLE as_login", cancel);
            await Rotated();
        });
        Assert.True(steps > 6, $"only {steps} steps");

        async Task Rotated() =>
            await (await acme.Rotate(Resource, "op_1", cancel)).Execute("SET ROLE NONE; CREATE TABLE as_login (id int)", cancel);
    }

    [Fact]
    public async Task Deletion_that_was_stopped_anywhere_is_still_listed_and_completed_by_its_repetition()
    {
        var cancel = TestContext.Current.CancellationToken;
        await using var acme = await AcmePostgres.Start(cancel);
        await acme.Provision(Resource, "op_1", cancel);
        var steps = await StopEverywhere(acme, stop => acme.Provisioner.Deprovision(Resource, new OperationId("op_2"), stop), async () =>
        {
            var held = await acme.Held(cancel);
            Assert.Equal((await acme.Traces(cancel)).Count > 0, held.Contains(Resource.Id));
            await acme.Provisioner.Deprovision(Resource, new OperationId("op_2"), cancel);
            Assert.Empty(await acme.Traces(cancel));
            await acme.Provision(Resource, "op_1", cancel);
        });
        Assert.True(steps > 6, $"only {steps} steps");
    }

    [Fact]
    public async Task A_copy_that_was_stopped_anywhere_is_made_whole_by_its_repetition_though_the_resource_was_suspended_meanwhile()
    {
        var cancel = TestContext.Current.CancellationToken;
        await using var acme = await AcmePostgres.Start(cancel);
        var action = new DeploymentActionId("dpl_1", Resource.Id, "branch-database");
        var customer = await acme.Provision(Resource, "op_1", cancel);
        await customer.Execute("CREATE TABLE notes (text text); INSERT INTO notes VALUES ('first')", cancel);
        var steps = await StopEverywhere(acme, stop => acme.Provisioner.Act(Resource, action, Seq<Secret>.Empty, stop), async () =>
        {
            await acme.Provisioner.Suspend(Resource, new OperationId("suspend"), cancel);
            await acme.Provisioner.Resume(Resource, new OperationId("resume"), cancel);

            var copy = Customer.With((await acme.Provisioner.Act(Resource, action, Seq<Secret>.Empty, cancel))
                .Match(Right: outcome => outcome.Secrets, Left: refusal => throw new InvalidOperationException(refusal.Reason)));
            // Only an owner may alter a table.
            await copy.Execute("ALTER TABLE notes ADD COLUMN more int", cancel);
            Assert.Equal(1L, await copy.Read("SELECT count(*) FROM notes", cancel));
            Assert.Equal(7, await copy.Read("SELECT datconnlimit FROM pg_database WHERE datname = current_database()", cancel));
            await acme.Provisioner.Undo(Resource, action, cancel);
        });
        Assert.True(steps > 8, $"only {steps} steps");
    }

    /// <summary>The number of statements that the operation takes.</summary>
    private static async Task<int> StopEverywhere(AcmePostgres acme, Func<CancellationToken, Task> operation, Func<Task> afterwards)
    {
        for (var after = 1; ; after++)
        {
            Assert.InRange(after, 1, 100);
            using var crash = new StopAfter(acme, after);
            try
            {
                await operation(crash.Token);
            }
            catch (OperationCanceledException) when (crash.Token.IsCancellationRequested)
            {
                crash.Dispose();
                await afterwards();
                continue;
            }

            return after - 1;
        }
    }

    /// <summary>Cancels when so many statements have ended in the databases of one test, as the driver's own tracing tells.</summary>
    private sealed class StopAfter : IDisposable
    {
        private readonly CancellationTokenSource stop = new();
        private readonly ActivityListener listener;
        private int left;

        public StopAfter(AcmePostgres acme, int statements)
        {
            left = statements;
            listener = new ActivityListener
            {
                ShouldListenTo = source => source.Name == "Npgsql",
                Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
                ActivityStopped = activity =>
                {
                    var database = activity.GetTagItem("db.namespace") as string ?? "";
                    var ours = database == acme.Marketplace.Name || database.StartsWith(acme.Prefix, StringComparison.Ordinal);
                    if (ours && Interlocked.Decrement(ref left) == 0)
                    {
                        stop.Cancel();
                    }
                },
            };
            ActivitySource.AddActivityListener(listener);
        }

        public CancellationToken Token => stop.Token;

        public void Dispose() => listener.Dispose();
    }
}
