using LanguageExt;
using Marketplace.Core;
using Marketplace.Core.Installations;
using Marketplace.Core.Invoices;
using Marketplace.Core.Time;
using Marketplace.Jobs.Billing;
using Marketplace.Jobs.Invoices;
using Marketplace.Jobs.Telemetry;
using Marketplace.Shell.Audit;
using Marketplace.Shell.Billing;
using Marketplace.Shell.Persistence;
using Marketplace.Shell.Settlement;
using Marketplace.Shell.Usage;
using Marketplace.Shell.UsageEvents;
using Npgsql;

namespace Marketplace.Shell.Invoices;

/// <summary>Invoices in PostgreSQL.</summary>
internal sealed class InvoiceStore(NpgsqlDataSource database, BillingAccounts accounts, TimeProvider clock) : IInvoices
{
    public async Task<BillingAccount> Load(InstallationId installation, DateTimeOffset now, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        return await accounts.Load(transaction, installation, account => Oldest(account.Invoiced, now), now, cancel);
    }

    public async Task<BillingAccount> Close(
        InstallationId installation, InvoiceDue.PeriodEnd due, DateTimeOffset now, CancellationToken cancel)
    {
        var writes = new Writes();
        UsageEventRows.Close(writes, installation, due.Final ? null : due.Period.End);
        await writes.Commit(database, cancel);
        return await AsClosed(installation, due.Period, now, cancel);
    }

    public async Task<BillingAccount> AsClosed(
        InstallationId installation, BillingPeriod period, DateTimeOffset now, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var late = await Late(transaction, installation, period.Start, now, cancel);
        var account = await accounts.Load(
            transaction, installation, account => Oldest(account.Invoiced, now), KnownUsage.BilledWith(period.Start), now, cancel,
            late.IsEmpty ? null : late.Map(usage => usage.Period.Start).Min());
        return account with { Late = late };
    }

    public async Task Draft(InstallationId installation, Seq<Transition<Invoice, InvoiceEvent>> drafted, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var writes = new Writes();
        foreach (var one in drafted)
        {
            InvoiceRows.Insert(writes, one.Next, clock.GetUtcNow());
            EventRows.Append(writes, installation, one.Events, Actor.Worker("invoicing"));
        }

        await writes.Commit(transaction, cancel);
        foreach (var one in drafted)
            Measures.InvoiceCame(InvoiceRows.StateOf(one.Next));
    }

    public async Task<Either<InvoiceRejection, Invoice>> Apply(
        InstallationId installation, ExternalInvoiceId id, InvoiceCommand command, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var current = await InvoiceRows.LoadForUpdate(transaction, installation, id, cancel)
            ?? throw new CorruptRowException("invoice", id.Value, "it is gone, though it is to be sent");
        var writes = new Writes();
        var applied = Apply(writes, current, command, Actor.Worker("invoicing"), clock.GetUtcNow());
        await writes.Commit(transaction, cancel);
        return applied;
    }

    /// <summary>The same inside a transaction that does more, and has locked the invoice.</summary>
    public static Either<InvoiceRejection, Invoice> Apply(
        Writes writes, Invoice current, InvoiceCommand command, Actor actor, DateTimeOffset now) =>
        InvoiceTransitions.Apply(current, command, now).Map(transition =>
        {
            if (!transition.Events.IsEmpty)
            {
                var (installation, id) = (current.Content.Installation, current.Content.ExternalId);
                InvoiceRows.Save(writes, current, transition.Next);
                Measures.InvoiceCame(InvoiceRows.StateOf(transition.Next));
                EventRows.Append(writes, installation, transition.Events, actor);
                // What follows may be told by a webhook, and that may be lost.
                InvoiceLooks.First(transition.Next, now).IfSome(look =>
                {
                    InvoiceLookRows.Expect(writes, installation, id, look);
                    BillingScheduleRows.Schedule(writes, installation, BillingWork.Settlement, look);
                });
            }

            return transition.Next;
        });

    private async Task<Seq<LateUsage>> Late(
        NpgsqlTransaction transaction, InstallationId installation, DateTimeOffset start, DateTimeOffset now, CancellationToken cancel) =>
        (await accounts.LateIn(transaction, installation, start, now, cancel))
            .Map(late => new LateUsage(late.Period, late.Without, late.With))
            .Strict();

    private static DateTimeOffset Oldest(InvoicedInstallation account, DateTimeOffset now) =>
        account.History
            .Filter(invoice => invoice is Invoice.Refused)
            .Map(invoice => invoice.Content.BillingPeriod.Start)
            .Fold(InvoicesDue.Since(account, now), (oldest, start) => start < oldest ? start : oldest);
}
