using LanguageExt;
using Marketplace.Core.Resources;
using Marketplace.Jobs.Outbox;
using Marketplace.Shell.Audit;
using Marketplace.Shell.BillingPlans;
using Marketplace.Shell.Operations;
using Marketplace.Shell.Persistence;
using Marketplace.Shell.Resources;
using Marketplace.Shell.Secrets;
using Npgsql;

namespace Marketplace.Shell.Outbox;

/// <summary>The outbox in PostgreSQL. What a message says is read when it is sent.</summary>
internal sealed class OutboxStore(NpgsqlDataSource database, SecretBox box, TimeProvider clock) : IOutbox
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
        var resource = await ResourceRows.Load(transaction, message.Installation, message.Resource, cancel);
        if (resource is null or Resource.Uninstalled)
            return null;

        return new ResourceTruth(
            resource,
            await SecretRows.LoadCurrent(transaction, box, message.Installation, resource.Id, cancel),
            await OperationRows.ProvisionAnswered(transaction, message.Installation, resource.Id, cancel));
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

    public async Task Undo(OutboxMessage message, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var writes = new Writes();
        if (await ResourceRows.LoadForUpdate(transaction, message.Installation, message.Resource, cancel) is { } resource
            // A repetition of the provision may have been answered at this very moment.
            && !await OperationRows.ProvisionAnswered(transaction, message.Installation, message.Resource, cancel))
        {
            var plans = await PlanPeriodRows.Load(transaction, message.Installation, message.Resource, cancel);
            ResourceRemoval.Write(
                writes, message.Installation, resource, plans, Actor.Worker("provision that nobody heard of"), clock.GetUtcNow());
        }

        OutboxRows.Close(writes, message);
        await writes.Commit(transaction, cancel);
    }
}
