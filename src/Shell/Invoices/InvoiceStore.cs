using LanguageExt;
using Marketplace.Core;
using Marketplace.Core.Installations;
using Marketplace.Core.Invoices;
using Marketplace.Core.Time;
using Marketplace.Jobs.Billing;
using Marketplace.Jobs.Invoices;
using Marketplace.Shell.Audit;
using Marketplace.Shell.Billing;
using Marketplace.Shell.Persistence;
using Marketplace.Shell.Settlement;
using Npgsql;

namespace Marketplace.Shell.Invoices;

/// <summary>Invoices in PostgreSQL.</summary>
internal sealed class InvoiceStore(NpgsqlDataSource database, BillingAccounts accounts, TimeProvider clock) : IInvoices
{
    public async Task<BillingAccount> Load(InstallationId installation, DateTimeOffset now, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        return await accounts.Load(transaction, installation, account => OldestDue(account, now), now, cancel);
    }

    public async Task Draft(InstallationId installation, Transition<Invoice, InvoiceEvent> drafted, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var writes = new Writes();
        InvoiceRows.Insert(writes, drafted.Next, clock.GetUtcNow());
        EventRows.Append(writes, installation, drafted.Events, Actor.Worker("invoicing"));
        await writes.Commit(transaction, cancel);
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
                InvoiceRows.Save(writes, transition.Next);
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

    private static DateTimeOffset OldestDue(BillingAccount account, DateTimeOffset now) =>
        InvoicesDue.At(account.Life, account.Anchor, account.Invoices.Map(invoice => invoice.Content.Period), now)
            .HeadOrNone()
            .Match(due => due.Period.Start, () => BillingPeriod.Containing(now, account.Anchor).Start);
}
