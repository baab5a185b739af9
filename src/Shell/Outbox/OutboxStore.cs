using Marketplace.Core.BillingPlans;
using Marketplace.Core.Installations;
using Marketplace.Core.Resources;
using Marketplace.Jobs.Outbox;
using Marketplace.Shell.Audit;
using Marketplace.Shell.BillingPlans;
using Marketplace.Shell.Installations;
using Marketplace.Shell.Persistence;
using Marketplace.Shell.Provisioning;
using Marketplace.Shell.Resources;
using Marketplace.Shell.Secrets;
using Npgsql;

namespace Marketplace.Shell.Outbox;

/// <summary>The outbox in PostgreSQL. What a message says is read when it is sent.</summary>
internal sealed class OutboxStore(NpgsqlDataSource database, SecretBox box, Fulfilment fulfilment, TimeProvider clock) : IOutbox
{
    public async Task<IReadOnlyList<OutboxMessage>> Claim(
        DateTimeOffset now, int messagesMax, TimeSpan lease, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return await OutboxRows.Claim(connection, now, messagesMax, lease, cancel);
    }

    public async Task<ResourceTruth?> Read(OutboxMessage message, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var resource = await ResourceRows.Load(transaction, message.Installation, ResourceOf(message), cancel);
        if (resource is null or Resource.Uninstalled)
            return null;

        return new ResourceTruth(
            resource,
            await SecretRows.LoadCurrent(transaction, box, message.Installation, resource.Id, cancel));
    }

    public async Task<Installation.Active?> ReadInstallation(OutboxMessage message, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return await InstallationRows.Load(connection, message.Installation, cancel) as Installation.Active;
    }

    public async Task Delivered(OutboxMessage message, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await OutboxRows.Close(connection, message, delivered: true, reason: null, cancel);
    }

    public async Task Postpone(OutboxMessage message, string reason, TimeSpan delay, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await OutboxRows.Postpone(connection, message, reason, delay, cancel);
    }

    public async Task Dead(OutboxMessage message, string reason, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await OutboxRows.Close(connection, message, delivered: false, reason, cancel);
    }

    public async Task Defer(OutboxMessage message, string reason, DateTimeOffset until, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await OutboxRows.Defer(connection, message, reason, until, cancel);
    }

    public Task Adopt(OutboxMessage message, CancellationToken cancel) =>
        Decide(message, cancel, (writes, installation, resource, plans) =>
            PlanStart.Write(writes, fulfilment.Catalogue, installation, resource, plans, clock.GetUtcNow()));

    public Task Undo(OutboxMessage message, CancellationToken cancel) =>
        Decide(message, cancel, (writes, _, resource, plans) => ResourceRemoval.Write(
            writes, fulfilment, message.Installation, resource, plans, Actor.Worker("provision that nobody heard of"), clock.GetUtcNow()));

    /// <summary>
    /// Closes the message with what follows from the answer, in one transaction. Nothing follows when it was withdrawn: a repetition of
    /// the provision was answered at this very moment.
    /// </summary>
    private async Task Decide(OutboxMessage message, CancellationToken cancel, Action<Writes, Installation, Resource, PlanPeriods> follow)
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
        OutboxRows.Close(writes, message);
        await writes.Commit(transaction, cancel);
    }

    private static ResourceId ResourceOf(OutboxMessage message) =>
        message.Resource ?? throw new CorruptRowException("outbox_message", $"{message.Installation}, {message.Sequence}", "it names no resource");
}
