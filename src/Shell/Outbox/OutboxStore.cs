using LanguageExt;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Installations;
using Marketplace.Core.Resources;
using Marketplace.Core.Secrets;
using Marketplace.Jobs.Outbox;
using Marketplace.Jobs.Telemetry;
using Marketplace.Shell.Audit;
using Marketplace.Shell.BillingPlans;
using Marketplace.Shell.Imports;
using Marketplace.Shell.Installations;
using Marketplace.Shell.Persistence;
using Marketplace.Shell.Products;
using Marketplace.Shell.Provisioning;
using Marketplace.Shell.Resources;
using Marketplace.Shell.Secrets;
using Npgsql;

namespace Marketplace.Shell.Outbox;

/// <summary>The outbox in PostgreSQL. What a message says is read when it is sent.</summary>
internal sealed class OutboxStore(NpgsqlDataSource database, SecretBox box, Fulfilment fulfilment, TimeProvider clock) : IOutbox
{
    public async Task<IReadOnlyList<OutboxMessage>> Claim(
        DateTimeOffset now, int messagesMax, int attemptsInLine, TimeSpan lease, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return await OutboxRows.Claim(connection, now, messagesMax, attemptsInLine, lease, cancel);
    }

    public async Task<OutboxMessage?> ClaimNext(
        InstallationId installation, DateTimeOffset now, int attemptsInLine, TimeSpan lease, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return await OutboxRows.ClaimNext(connection, installation, now, attemptsInLine, lease, cancel);
    }

    public async Task<MessageContent?> Read(OutboxMessage message, CancellationToken cancel)
    {
        var loads = new Loads();
        var installation = InstallationRows.Load(loads, message.Installation);
        if (message.Resource is not { } id)
        {
            await loads.Read(database, cancel);
            return installation.Value is Installation.Active active ? Content(message.Kind, active) : null;
        }

        var resource = ResourceRows.Load(loads, message.Installation, id);
        var secrets = SecretRows.LoadCurrent(loads, box, message.Installation, id);
        await loads.Read(database, cancel);
        var living = resource.Value is null or Resource.Uninstalled ? null : resource.Value;
        if (message.Kind == MessageKind.ResourceRemoval)
            return living is null && installation.Value is Installation.Active ? new MessageContent.OfNoResource(id) : null;
        return living is null || installation.Value is not { } owner ? null : Content(message.Kind, owner, living, secrets.Value);
    }

    /// <summary>Only who says everything says the plan.</summary>
    private MessageContent Content(MessageKind kind, Installation.Active installation) => new MessageContent.OfInstallation(installation)
    {
        Plan = kind == MessageKind.InstallationSync
            ? installation.Plan.Bind(fulfilment.Catalogue.InstallationPlan).Map(plan => PlanOffer.Of(plan, fulfilment.Catalogue))
            : Option<PlanOffer>.None,
    };

    private MessageContent Content(MessageKind kind, Installation owner, Resource resource, HeldSecrets secrets) =>
        new MessageContent.OfResource(resource, kind == MessageKind.ResourceFacts ? HeldSecrets.Nothing : secrets)
        {
            Plan = kind is MessageKind.ResourceSync or MessageKind.ResourceRestore or MessageKind.ResourceFacts
                ? fulfilment.Catalogue.OfferOf(owner, resource)
                : Option<PlanOffer>.None,
        };

    public Task Delivered(OutboxMessage message, CancellationToken cancel) =>
        Write(message, "delivered", writes => OutboxRows.Delivered(writes, message), cancel);

    public Task Postpone(OutboxMessage message, Setback setback, TimeSpan delay, CancellationToken cancel) =>
        Write(message, "postponed", writes => OutboxRows.Postpone(writes, message, setback, delay), cancel);

    public Task Dead(OutboxMessage message, Setback setback, CancellationToken cancel) =>
        Write(message, "dead", writes => OutboxRows.Dead(writes, message, setback), cancel);

    public Task Defer(OutboxMessage message, Setback setback, DateTimeOffset until, CancellationToken cancel) =>
        Write(message, "deferred", writes => OutboxRows.Defer(writes, message, setback, until), cancel);

    public Task AwaitToken(OutboxMessage message, Setback setback, DateTimeOffset now, DateTimeOffset until, CancellationToken cancel) =>
        Write(message, "token_refused", writes => OutboxRows.AwaitToken(writes, message, setback, now, until), cancel);

    public async Task<int> Forget(DateTimeOffset before, int max, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return await OutboxRows.Forget(connection, before, max, cancel);
    }

    public Task Adopt(OutboxMessage message, CancellationToken cancel) =>
        Decide(message, "delivered", cancel, (writes, installation, resource, plans) =>
            PlanStart.Write(writes, fulfilment.Catalogue, installation, resource, plans, clock.GetUtcNow()));

    public Task Imported(OutboxMessage message, CancellationToken cancel) =>
        Decide(message, "delivered", cancel, (writes, installation, resource, _) =>
            ImportSettlement.Accept(writes, installation.Id, resource, Actor.Worker("import"), clock.GetUtcNow()));

    public Task NotImported(OutboxMessage message, string reason, CancellationToken cancel) =>
        Decide(message, "refused", cancel, (writes, installation, resource, _) =>
            ImportSettlement.Refuse(writes, fulfilment, installation.Id, resource, reason, Actor.Worker("import"), clock.GetUtcNow()));

    public Task Undo(OutboxMessage message, CancellationToken cancel) =>
        Decide(message, "undone", cancel, (writes, _, resource, plans) => ResourceRemoval.Write(
            writes, fulfilment, message.Installation, resource, plans, Actor.Worker("provision that nobody heard of"), clock.GetUtcNow()));

    /// <summary>
    /// Closes the message with what follows from the answer, in one transaction. Nothing follows when it was withdrawn, because a repetition of
    /// the provision was answered at this very moment, or when another worker has claimed it since.
    /// </summary>
    private async Task Decide(
        OutboxMessage message, string outcome, CancellationToken cancel, Action<Writes, Installation, Resource, PlanPeriods> follow)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var id = ResourceOf(message);
        var resource = await ResourceRows.LoadForUpdate(transaction, message.Installation, id, cancel)
            ?? throw new CorruptRowException("resource", id.Value, "a message names it, but it is gone");
        if (!await OutboxRows.LockOpen(transaction, message, cancel))
            return;

        // After the lock of the resource, so that its plan is the one of this moment.
        var installation = await InstallationRows.Load(transaction, message.Installation, cancel)
            ?? throw new CorruptRowException("installation", message.Installation.Value, "it has a resource, but it is gone");
        var writes = new Writes();
        follow(writes, installation, resource, await PlanPeriodRows.Load(transaction, message.Installation, id, cancel));
        OutboxRows.Delivered(writes, message);
        await writes.Commit(transaction, cancel);
        Ended(message, outcome);
    }

    private async Task Write(OutboxMessage message, string outcome, Action<Writes> write, CancellationToken cancel)
    {
        var writes = new Writes();
        write(writes);
        await writes.Commit(database, cancel);
        Ended(message, outcome);
    }

    private static void Ended(OutboxMessage message, string outcome)
    {
        Measures.Told(OutboxRows.Name(message.Kind), outcome);
        Traces.Ends(outcome);
    }

    private static ResourceId ResourceOf(OutboxMessage message) =>
        message.Resource ?? throw new CorruptRowException("outbox_message", $"{message.Installation}, {message.Sequence}", "it names no resource");
}
