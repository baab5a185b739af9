using LanguageExt;
using Marketplace.Core.Installations;
using Marketplace.Core.Products;
using Marketplace.Core.Resources;
using Marketplace.Jobs.Checks;
using Marketplace.Jobs.Vercel;
using Marketplace.Shell.Installations;
using Marketplace.Shell.Persistence;
using Marketplace.Shell.Products;
using Marketplace.Shell.Resources;
using Marketplace.Shell.Secrets;
using Npgsql;

namespace Marketplace.Shell.Checks;

/// <summary>Checks and their runs, in PostgreSQL.</summary>
internal sealed class CheckStore(NpgsqlDataSource database, SecretBox box, CatalogueInForce catalogue) : ICheckRuns, IProjectChecks
{
    async Task<IReadOnlyList<CheckRun>> ICheckRuns.Claim(int runsMax, TimeSpan lease, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        var runs = new List<CheckRun>();
        foreach (var claimed in await CheckRunRows.Claim(connection, runsMax, lease, cancel))
        {
            if (await WithResource(connection, claimed, cancel) is { } run)
                runs.Add(run);
            else
                await Commit(writes => CheckRunRows.End(writes, claimed.Installation, claimed.Run, "the product has no check any more"), cancel);
        }

        return runs;
    }

    public Task End(CheckRun run, string? remark, CancellationToken cancel) =>
        Commit(writes => CheckRunRows.End(writes, run.Installation, run.Id.Value, remark), cancel);

    public Task Postpone(CheckRun run, string reason, TimeSpan delay, CancellationToken cancel) =>
        Commit(writes => CheckRunRows.Postpone(writes, run.Installation, run.Id.Value, reason, delay), cancel);

    public async Task<int> Forget(DateTimeOffset before, int max, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return await CheckRunRows.Forget(connection, before, max, cancel);
    }

    async Task<IReadOnlyList<WantedCheck>> IProjectChecks.Claim(int checksMax, TimeSpan lease, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        var wanted = new List<WantedCheck>();
        foreach (var claimed in await ProjectCheckRows.Claim(connection, checksMax, lease, cancel))
        {
            var resource = await ResourceRows.Load(connection, claimed.Installation, claimed.Resource, cancel);
            // News of a project may come after the end of the resource: nobody registers what could only fail.
            var declared = Prelude.Optional(resource)
                .Filter(known => known is not Resource.Uninstalled)
                .Bind(known => catalogue.Now.Product(known!.Facts.Product))
                .Bind(product => product.Checks.Find(check => check.Slug == claimed.Slug));
            wanted.Add(new WantedCheck(
                claimed.Installation, claimed.Resource, new ProjectId(claimed.Project), claimed.Slug,
                declared.MatchUnsafe<ProductCheck?>(check => check, () => null), claimed.Attempts));
        }

        return wanted;
    }

    public Task Registered(WantedCheck check, CheckId? id, CancellationToken cancel) =>
        Commit(writes => ProjectCheckRows.Registered(writes, check.Installation, check.Resource, check.Project.Value, check.Slug, id?.Value), cancel);

    public Task Refused(WantedCheck check, string reason, CancellationToken cancel) =>
        Commit(writes => ProjectCheckRows.Refused(writes, check.Installation, check.Resource, check.Project.Value, check.Slug, reason), cancel);

    public Task Postpone(WantedCheck check, string reason, TimeSpan delay, CancellationToken cancel) => Commit(
        writes => ProjectCheckRows.Postpone(writes, check.Installation, check.Resource, check.Project.Value, check.Slug, reason, delay), cancel);

    /// <summary>Null where nobody could carry it out: the product is not sold any more, or has no check.</summary>
    private async Task<CheckRun?> WithResource(NpgsqlConnection connection, ClaimedRun claimed, CancellationToken cancel)
    {
        var loads = new Loads();
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var installation = InstallationRows.Load(loads, claimed.Installation);
        var resource = ResourceRows.Load(loads, claimed.Installation, claimed.Resource);
        var secrets = SecretRows.LoadCurrent(loads, box, claimed.Installation, claimed.Resource);
        await loads.Send(transaction, cancel);
        if (installation.Value is not { } of || resource.Value is not { } known
            || !catalogue.Now.Product(known.Facts.Product).Exists(product => !product.Checks.IsEmpty))
            return null;

        return new CheckRun(
            new CheckRunId(claimed.Run), new DeploymentId(claimed.Deployment), catalogue.Now.Provisioned(of, known), catalogue.Now.ProvisionerOf(known),
            IsServed: known is Resource.Ready or Resource.Resumed && of is Installation.Active, secrets.Value.All, claimed.Deadline, claimed.Attempts);
    }

    private Task Commit(Action<Writes> write, CancellationToken cancel)
    {
        var writes = new Writes();
        write(writes);
        return writes.Commit(database, cancel);
    }
}
