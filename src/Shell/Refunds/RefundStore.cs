using LanguageExt;
using Marketplace.Core;
using Marketplace.Core.Installations;
using Marketplace.Core.Invoices;
using Marketplace.Core.Refunds;
using Marketplace.Jobs.Billing;
using Marketplace.Shell.Audit;
using Marketplace.Shell.Billing;
using Marketplace.Shell.Invoices;
using Marketplace.Shell.Persistence;
using Marketplace.Shell.Settlement;

namespace Marketplace.Shell.Refunds;

/// <summary>What follows from a command on a refund, inside a transaction that has locked its installation.</summary>
internal static class RefundStore
{
    private const string NeverSent = "The installation was final before this could be sent: only Vercel's support can refund now.";

    /// <summary>The refund as it is then.</summary>
    public static Either<RefundRejection, Refund> Apply(
        Writes writes, InstallationId installation, Refund current, RefundCommand command, Actor actor, DateTimeOffset now) =>
        RefundTransitions.Apply(current, command, now).Map(transition =>
        {
            if (!transition.Events.IsEmpty)
            {
                RefundRows.Save(writes, installation, transition.Next);
                EventRows.Append(writes, installation, transition.Events, actor);
            }

            return transition.Next;
        });

    /// <summary>Vercel has taken it: the invoice says so as well, and is looked at until the money is back.</summary>
    public static void Accepted(Writes writes, Invoice invoice, Actor actor, DateTimeOffset now)
    {
        invoice.KnownAs.IfSome(id => InvoiceStore.Apply(
            writes, invoice, new InvoiceCommand.Observe(id, new InvoiceObservation.RefundRequested(now)), actor, now));
        var dueAt = InvoiceLooks.Soonest(now);
        InvoiceLookRows.Expect(writes, invoice.Content.Installation, invoice.Content.ExternalId, dueAt);
        BillingScheduleRows.Schedule(writes, invoice.Content.Installation, BillingWork.Settlement, dueAt);
    }

    /// <summary>The installation is final, and with it every refund that Vercel has not answered; as they are then.</summary>
    public static Seq<Refund> GiveUp(
        Writes writes, InstallationId installation, IEnumerable<Refund> unanswered, Actor actor, DateTimeOffset now) =>
        unanswered.Select(refund => Apply(writes, installation, refund, new RefundCommand.GiveUp(NeverSent), actor, now).IfLeft(refund))
            .ToSeq()
            .Strict();

    /// <summary>What Vercel says of an invoice, it may say of a refund.</summary>
    public static Seq<Refund> Observe(
        Writes writes, InstallationId installation, Seq<Refund> refunds, InvoiceObservation told, Actor actor, DateTimeOffset now) =>
        refunds.Map(refund => Apply(writes, installation, refund, new RefundCommand.Observe(told), actor, now).IfLeft(refund)).Strict();
}
