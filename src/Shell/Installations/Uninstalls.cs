using Marketplace.Core.Installations;
using Marketplace.Jobs.Installations;
using Marketplace.Jobs.Usage;
using Marketplace.Shell.Audit;
using Marketplace.Shell.Billing;
using Marketplace.Shell.Invoices;
using Marketplace.Shell.Operations;
using Marketplace.Shell.Persistence;
using Npgsql;

namespace Marketplace.Shell.Installations;

/// <summary>Uninstalls that are under way, in PostgreSQL.</summary>
internal sealed class Uninstalls(NpgsqlDataSource database, TimeProvider clock) : IUninstalls
{
    public async Task<IReadOnlyList<ClaimedWork>> Claim(
        DateTimeOffset now, int installationsMax, TimeSpan lease, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return await BillingScheduleRows.Claim(connection, BillingWork.Finalization, now, installationsMax, lease, cancel);
    }

    public async Task<Uninstall> Load(InstallationId id, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var installation = await InstallationRows.Load(transaction, id, cancel);
        if (installation is not Installation.Uninstalling going)
            throw new CorruptRowException("installation", id.Value, "an uninstall is scheduled, but nobody asked for one");

        var hindrance = await OperationRows.AnyOpen(transaction, id, cancel)
            ? "a resource is still to be taken down"
            : await BillingScheduleRows.Open(transaction, id, cancel) ?? await InvoiceRows.Unsent(transaction, id, cancel);
        return new Uninstall(going.UninstallRequestedAt, hindrance);
    }

    public async Task Complete(InstallationId id, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var current = await InstallationRows.LoadForUpdate(transaction, id, cancel)
            ?? throw new CorruptRowException("installation", id.Value, "an uninstall is scheduled, but it is gone");
        var writes = new Writes();
        InstallationTransitions.Apply(current, new InstallationCommand.Complete(), clock.GetUtcNow()).Match(
            Right: transition =>
            {
                InstallationRows.Save(writes, transition.Next);
                EventRows.Append(writes, transition.Events, Actor.Worker("finalization"));
            },
            Left: rejection => throw new System.Diagnostics.UnreachableException(rejection.GetType().Name));
        BillingScheduleRows.End(writes, id, BillingWork.Finalization);
        await writes.Commit(transaction, cancel);
    }

    public async Task Defer(InstallationId installation, string reason, DateTimeOffset until, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await BillingScheduleRows.Defer(connection, installation, BillingWork.Finalization, until, reason, cancel);
    }

    public async Task Postpone(InstallationId installation, string reason, TimeSpan delay, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await BillingScheduleRows.Postpone(connection, installation, BillingWork.Finalization, delay, reason, cancel);
    }
}
