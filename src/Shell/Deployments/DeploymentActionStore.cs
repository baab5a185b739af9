using LanguageExt;
using Marketplace.Core;
using Marketplace.Core.Deployments;
using Marketplace.Core.Installations;
using Marketplace.Core.Products;
using Marketplace.Core.Resources;
using Marketplace.Core.Secrets;
using Marketplace.Jobs;
using Marketplace.Jobs.Deployments;
using Marketplace.Shell.Audit;
using Marketplace.Shell.Installations;
using Marketplace.Shell.Persistence;
using Marketplace.Shell.Products;
using Marketplace.Shell.Resources;
using Marketplace.Shell.Secrets;
using Npgsql;

namespace Marketplace.Shell.Deployments;

/// <summary>What resources do for deployments, in PostgreSQL.</summary>
internal sealed partial class DeploymentActionStore(
    NpgsqlDataSource database, SecretBox box, CatalogueInForce catalogue, ILogger<DeploymentActionStore> log) : IDeploymentActions
{
    /// <summary>What a command has changed, and the audit of it.</summary>
    public static void Write(
        Writes writes, InstallationId installation, Transition<DeploymentAction, DeploymentActionEvent> transition, Actor actor, DateTimeOffset now)
    {
        if (transition.Events.IsEmpty)
            return;

        DeploymentActionRows.Save(writes, installation, transition.Next, now);
        EventRows.Append(writes, installation, transition.Events, actor);
    }

    public async Task<IReadOnlyList<ActionWork>> Claim(DateTimeOffset now, int actionsMax, TimeSpan lease, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        var works = new List<ActionWork>();
        foreach (var claimed in await DeploymentActionRows.Claim(connection, now, actionsMax, lease, cancel))
        {
            try
            {
                works.Add(await WithResource(connection, claimed, cancel));
            }
            catch (CorruptRowException fault)
            {
                // One that nobody can carry out, because its product left the catalogue for instance, must not hold up the others.
                Unreadable(fault, claimed.Action.Id.ToString(), claimed.Installation.Value);
                await Postpone(claimed.Installation, claimed.Action.Id, nameof(CorruptRowException), Retries.After(claimed.Attempts), cancel);
            }
        }

        return works;
    }

    public Task Telling(ActionWork work, CancellationToken cancel)
    {
        var writes = new Writes();
        DeploymentActionRows.Telling(writes, work.Installation, work.Action.Id);
        return writes.Commit(database, cancel);
    }

    public async Task Conclude(ActionWork work, DeploymentActionCommand command, DateTimeOffset now, CancellationToken cancel)
    {
        var (loads, writes, id) = (new Loads(), new Writes(), work.Action.Id);
        await using var connection = await database.OpenConnectionAsync(cancel);
        InstallationRows.LoadForUpdate(loads, work.Installation);
        // It may have changed hands, or been canceled, while the work was under way.
        var current = DeploymentActionRows.Load(loads, work.Installation, id);
        await loads.Begin(connection, cancel);
        if (current.Value is { } known)
        {
            Write(writes, work.Installation, DeploymentActionTransitions.Apply(known, command, now), Actor.Worker("deployment action"), now);
            DeploymentActionRows.LetGo(writes, work.Installation, id);
        }

        await writes.Commit(connection, cancel);
    }

    public Task Postpone(ActionWork work, string reason, TimeSpan delay, CancellationToken cancel) =>
        Postpone(work.Installation, work.Action.Id, reason, delay, cancel);

    public async Task<int> Forget(DateTimeOffset before, int max, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return await DeploymentActionRows.Forget(connection, before, max, cancel);
    }

    private Task Postpone(InstallationId installation, DeploymentActionId id, string reason, TimeSpan delay, CancellationToken cancel)
    {
        var writes = new Writes();
        DeploymentActionRows.Postpone(writes, installation, id, reason, delay);
        return writes.Commit(database, cancel);
    }

    private async Task<ActionWork> WithResource(NpgsqlConnection connection, ClaimedAction claimed, CancellationToken cancel)
    {
        var (loads, id) = (new Loads(), claimed.Action.Id);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var installation = InstallationRows.Load(loads, claimed.Installation);
        var resource = ResourceRows.Load(loads, claimed.Installation, id.Resource);
        var secrets = SecretRows.LoadCurrent(loads, box, claimed.Installation, id.Resource);
        await loads.Send(transaction, cancel);
        if (installation.Value is not { } of || resource.Value is not { } known)
            throw new CorruptRowException("resource", id.Resource.Value, "an action names it, but it is gone");

        return new ActionWork(
            claimed.Action, catalogue.Now.Provisioned(of, known), catalogue.Now.ProvisionerOf(known),
            IsServed: known is Resource.Ready or Resource.Resumed && of is Installation.Active,
            IsDeclared: catalogue.Now.ProductOf(known).DeploymentActions.Exists(action => action.Slug == id.Slug),
            claimed.Action is DeploymentAction.Wanted ? secrets.Value.All : Seq<Secret>.Empty, claimed.MayBeTold, claimed.Attempts);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The action {Action} of installation {InstallationId} cannot be read; it is looked at again later")]
    private partial void Unreadable(Exception fault, string action, string installationId);
}
