using LanguageExt;
using Marketplace.Core;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Installations;
using Marketplace.Core.Invoices;
using Marketplace.Core.NonPayment;
using Marketplace.Core.Notifications;
using Marketplace.Core.Products;
using Marketplace.Core.Refunds;
using Marketplace.Core.Resources;
using Marketplace.Jobs.Outbox;
using Marketplace.Jobs.Settlement;
using Marketplace.Shell.Audit;
using Marketplace.Shell.Installations;
using Marketplace.Shell.Invoices;
using Marketplace.Shell.Outbox;
using Marketplace.Shell.Persistence;
using Marketplace.Shell.Products;
using Marketplace.Shell.Provisioning;
using Marketplace.Shell.Refunds;
using Marketplace.Shell.Resources;
using Npgsql;

namespace Marketplace.Shell.Settlement;

/// <summary>What becomes of invoices, in PostgreSQL. Every decision locks the installation first, then what it is about.</summary>
internal sealed class SettlementStore(NpgsqlDataSource database, CatalogueInForce catalogue, Fulfilment fulfilment) : ISettlement
{
    /// <summary>A resource that is made, or moves in, while everything is suspended is found within this time.</summary>
    private static readonly TimeSpan Newcomers = TimeSpan.FromHours(1);

    private static readonly Actor Worker = Actor.Worker("settlement");

    public async Task<Unsettled> Load(InstallationId installation, DateTimeOffset now, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        return await InstallationRows.Load(transaction, installation, cancel) is null or Installation.Finalized
            ? new Unsettled([], [])
            : new Unsettled(
                await RefundRows.Unanswered(transaction, installation, cancel),
                await InvoiceLookRows.Due(transaction, installation, now, cancel));
    }

    public async Task<Refund?> Observe(InvoiceLook look, InvoiceReading reading, DateTimeOffset now, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await InstallationRows.LoadForUpdate(transaction, look.Installation, cancel);
        var invoice = await LoadForUpdate(transaction, look.Installation, look.Id, cancel);
        var refunds = await RefundRows.Of(transaction, look.Installation, look.Id, cancel);
        var isLatest = await InvoiceLookRows.IsLatest(transaction, look, cancel);
        var writes = new Writes();
        var (seen, after) = InvoiceNewsEffect.Write(writes, invoice, refunds, reading.VercelId, reading.Observations, Worker, now)
            .IfLeft(rejection => throw new CorruptRowException("invoice", look.Id.Value, $"what was asked for is not it: {rejection}"));

        if (isLatest)
        {
            (after.Exists(refund => refund.IsOpen) ? InvoiceLooks.DuringRefund(now) : InvoiceLooks.After(seen, now)).Match(
                next => InvoiceLookRows.Next(writes, look, next),
                () => InvoiceLookRows.End(writes, look));
        }

        await writes.Commit(transaction, cancel);
        return after.Find(refund => refund is Refund.Requested or Refund.Sent).MatchUnsafe<Refund?>(refund => refund, () => null);
    }

    public async Task Missed(InvoiceLook look, DateTimeOffset now, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var writes = new Writes();
        InvoiceLookRows.Next(writes, look, InvoiceLooks.DuringRefund(now));
        await writes.Commit(transaction, cancel);
    }

    public async Task<bool> Apply(
        InstallationId installation, Refund known, RefundCommand command, DateTimeOffset now, CancellationToken cancel)
    {
        var id = known.Terms.Id;
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await InstallationRows.LoadForUpdate(transaction, installation, cancel);
        var current = await RefundRows.LoadForUpdate(transaction, installation, id, cancel)
            ?? throw new CorruptRowException("invoice_refund", id.Value, "it is gone, though it is to be sent");
        var invoice = await LoadForUpdate(transaction, installation, current.Terms.Invoice, cancel);
        var writes = new Writes();
        var applied = RefundStore.Apply(writes, installation, current, command, Worker, now);
        if (command is RefundCommand.Accept && applied.IsRight)
            RefundStore.Accepted(writes, invoice, Worker, now);
        await writes.Commit(transaction, cancel);
        return applied.Match(Right: next => command is not RefundCommand.Send || next != current, Left: _ => false);
    }

    public async Task<DateTimeOffset?> Follow(InstallationId id, DateTimeOffset now, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var found = await InstallationRows.LoadForUpdate(transaction, id, cancel);
        if (found is null or Installation.Finalized)
        {
            // News comes after the end as well, and with it a wish to look; but there is nobody to ask any more.
            var last = new Writes();
            InvoiceLookRows.EndAll(last, id);
            await last.Commit(transaction, cancel);
            return null;
        }

        // An uninstall takes everything down by itself, and its last invoices are Vercel's to collect.
        if (found is not Installation.Active installation)
            return await NextQuestion(transaction, id, now, cancel);

        var invoices = await InvoiceRows.LoadAll(transaction, id, cancel);
        var before = await PaymentStandingRows.Load(transaction, id, cancel);
        var followed = Dunning.Follow(before, Dunning.At(invoices, catalogue.Now.Billing.NonPayment, now), id, now);
        var writes = new Writes();
        if (!followed.Events.IsEmpty)
        {
            PaymentStandingRows.Save(writes, id, followed.Next);
            EventRows.Append(writes, followed.Events, Worker);
            Tell(writes, installation, PaymentNotice.Of(followed.Next, catalogue.Now.Billing.NonPayment, installation.Registration.Account), now);
        }

        if (followed.Next is PaymentStanding.Suspended || before is PaymentStanding.Suspended)
        {
            foreach (var resource in await ResourceRows.LoadAllForUpdate(transaction, id, cancel))
                Serve(writes, installation, resource, followed.Next, now);
        }

        var next = await NextQuestion(transaction, id, now, cancel);
        await writes.Commit(transaction, cancel);
        return new[]
        {
            next,
            Dunning.NextChange(invoices, catalogue.Now.Billing.NonPayment, now).OrNull(),
            followed.Next is PaymentStanding.Suspended ? now + Newcomers : null,
        }.Min();
    }

    /// <summary>
    /// When Vercel is next asked for anything here: how an invoice stands, or once more for a refund that it does not know. A refund that could
    /// have been sent by now and was not waits for the next look at its invoice.
    /// </summary>
    private static async Task<DateTimeOffset?> NextQuestion(
        NpgsqlTransaction transaction, InstallationId installation, DateTimeOffset now, CancellationToken cancel)
    {
        var look = await InvoiceLookRows.Earliest(transaction, installation, cancel);
        var send = await RefundRows.NextSend(transaction, installation, cancel);
        return send > now && (look is null || send < look) ? send : look;
    }

    /// <summary>Quiet where the customer is told this already.</summary>
    private static void Tell(Writes writes, Installation.Active installation, Option<Notice> notice, DateTimeOffset now) =>
        InstallationTransitions.Apply(installation, new InstallationCommand.Notify(NoticeSource.NonPayment, notice), now).IfRight(told =>
        {
            if (told.Events.IsEmpty)
                return;

            InstallationRows.Save(writes, told.Next);
            EventRows.Append(writes, told.Events, Worker);
            OutboxRows.Append(writes, installation.Id, MessageKind.InstallationNotice, now);
        });

    private void Serve(Writes writes, Installation.Active installation, Resource resource, PaymentStanding standing, DateTimeOffset now)
    {
        if (standing is not PaymentStanding.Suspended)
            ResourceSuspension.Resume(writes, fulfilment, installation.Id, resource, SuspensionCause.NonPayment, Worker, now);
        else if (IsInvoiced(installation, resource))
            ResourceSuspension.Suspend(
                writes, fulfilment, installation.Id, resource, SuspensionCause.NonPayment, PaymentNotice.Suspended, Worker, now);
    }

    /// <summary>What costs nothing, and what was paid before use, owes nothing.</summary>
    private bool IsInvoiced(Installation installation, Resource resource) =>
        catalogue.Now.PlanOf(installation, resource).ForAll(plan => plan is { Type: PlanType.Subscription, PaymentMethodRequired: true });

    private static async Task<Invoice> LoadForUpdate(
        NpgsqlTransaction transaction, InstallationId installation, ExternalInvoiceId id, CancellationToken cancel) =>
        await InvoiceRows.LoadForUpdate(transaction, installation, id, cancel)
        ?? throw new CorruptRowException("invoice", id.Value, "it is gone, though it is not settled");
}
