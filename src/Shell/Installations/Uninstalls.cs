using LanguageExt;
using Marketplace.Core.Installations;
using Marketplace.Core.Refunds;
using Marketplace.Jobs.Billing;
using Marketplace.Jobs.Installations;
using Marketplace.Shell.Audit;
using Marketplace.Shell.Billing;
using Marketplace.Shell.Configuration;
using Marketplace.Shell.Invoices;
using Marketplace.Shell.Operations;
using Marketplace.Shell.Persistence;
using Marketplace.Shell.Refunds;
using Marketplace.Shell.Settlement;
using Npgsql;

namespace Marketplace.Shell.Installations;

/// <summary>Uninstalls that are under way, in PostgreSQL.</summary>
internal sealed class Uninstalls(NpgsqlDataSource database, FinalizationSettings settings, TimeProvider clock) : IUninstalls
{
    public TimeSpan Window => settings.Window;

    public async Task<Uninstall> Load(InstallationId id, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var installation = await InstallationRows.Load(transaction, id, cancel);
        if (installation is not Installation.Uninstalling going)
            throw new CorruptRowException("installation", id.Value, "an uninstall is scheduled, but nobody asked for one");

        var loads = new Loads();
        var removed = InstallationNewsRows.Load(loads, id, NewsSubject.End);
        await loads.Send(transaction, cancel);
        return new Uninstall(going.UninstallRequestedAt, await HindranceOf(transaction, id, cancel), IsRemoved: removed.Value is not null);
    }

    public Task LookAgain(InstallationId installation, DateTimeOffset now, CancellationToken cancel)
    {
        var writes = new Writes();
        BillingScheduleRows.Schedule(writes, installation, BillingWork.Invoices, now);
        return writes.Commit(database, cancel);
    }

    public async Task<Seq<Refund>> Complete(InstallationId id, string? unbilled, CancellationToken cancel)
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
        if (unbilled is not null)
            EventRows.Append(
                writes, id, null, clock.GetUtcNow(), "installation.BillingGivenUp", Actor.Worker("finalization"), new { unbilled });
        var unanswered = await RefundRows.Unanswered(transaction, id, cancel);
        var givenUp = RefundStore.GiveUp(
            writes, id, unanswered.Select(one => one.Refund), Actor.Worker("finalization"), clock.GetUtcNow());
        BillingScheduleRows.EndAll(writes, id);
        InvoiceLookRows.EndAll(writes, id);
        await writes.Commit(transaction, cancel);
        return givenUp;
    }

    private static async Task<Hindrance?> HindranceOf(NpgsqlTransaction transaction, InstallationId id, CancellationToken cancel)
    {
        if (await OperationRows.AnyOpen(transaction, id, cancel))
            return new Hindrance.StillUp("a resource is still to be taken down");
        if (await BillingScheduleRows.Open(transaction, id, cancel) is { } open)
            return new Hindrance.Unbilled(open);
        if (await RefundRows.AnyUnanswered(transaction, id, cancel))
            return new Hindrance.Unbilled("a refund is still to be sent");
        return await InvoiceRows.Unsent(transaction, id, cancel) is { } unsent ? new Hindrance.Refused(unsent) : null;
    }
}
