using Marketplace.Core.Installations;
using Marketplace.Core.Invoices;
using Marketplace.Core.Refunds;

namespace Marketplace.Jobs.Settlement;

/// <summary>The store of what becomes of invoices.</summary>
public interface ISettlement
{
    /// <summary>Refunds that Vercel has not answered yet, and invoices whose turn it is to be looked at; nothing where the token is dead.</summary>
    Task<Unsettled> Load(InstallationId installation, DateTimeOffset now, CancellationToken cancel);

    /// <summary>What Vercel showed, and when to look again: everything that follows for the invoice and its refunds, in one transaction.</summary>
    /// <returns>The invoice's refund that is still without an answer; null when there is none.</returns>
    Task<Refund?> Observe(InvoiceLook look, InvoiceReading reading, DateTimeOffset now, CancellationToken cancel);

    /// <summary>Vercel does not have what it had: looked at again at its time.</summary>
    Task Missed(InvoiceLook look, DateTimeOffset now, CancellationToken cancel);

    /// <summary>
    /// Answers a command on the stored refund. False when news had made it pointless; and where it is to be sent, when another worker sends it,
    /// or what was sent before may still arrive.
    /// </summary>
    Task<bool> Apply(InstallationId installation, Refund known, RefundCommand command, DateTimeOffset now, CancellationToken cancel);

    /// <summary>Brings about what the unpaid invoices lead to at the moment, and says when to look again; null when nothing is open.</summary>
    Task<DateTimeOffset?> Follow(InstallationId installation, DateTimeOffset now, CancellationToken cancel);
}

/// <summary>What there is to do for one installation.</summary>
/// <param name="Refunds">Not answered yet, with the invoice that each is of.</param>
public sealed record Unsettled(IReadOnlyList<(Refund Refund, InvoiceLook Invoice)> Refunds, IReadOnlyList<InvoiceLook> Looks);

/// <summary>An invoice whose turn it is to be looked at.</summary>
/// <param name="Revision">Of its turn, as loaded: a hint that comes meanwhile is not lost.</param>
public sealed record InvoiceLook(InstallationId Installation, ExternalInvoiceId Id, VercelInvoiceId VercelId, long Revision)
{
    /// <summary>Of an invoice that is looked at out of turn.</summary>
    public const long Unplanned = -1;
}
