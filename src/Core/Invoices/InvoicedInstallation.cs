using LanguageExt;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Installations;
using Marketplace.Core.Time;
using Marketplace.Core.Usage;

namespace Marketplace.Core.Invoices;

/// <summary>Everything from which the invoices of one installation follow.</summary>
/// <param name="Life">From the install to the request of the uninstall.</param>
/// <param name="Billed">With all resources that lived since the oldest period that is not closed.</param>
/// <param name="History">Every invoice of the installation so far.</param>
/// <param name="Slots">The slot ledger since the oldest period that is not closed.</param>
public sealed record InvoicedInstallation(
    InstallationId Installation, Lifetime Life, BillingAnchor Anchor, BilledInstallation Billed, Seq<Invoice> History, Seq<UsageSlot> Slots)
{
    public SmallTotalPolicy SmallTotals { get; init; } = SmallTotalPolicy.Carry;

    /// <summary>Present where nothing but tests is invoiced.</summary>
    public Option<InvoiceTest> Test { get; init; }

    /// <summary>What arrived after its period was closed, and is on no invoice yet.</summary>
    public Seq<LateUsage> Late { get; init; } = Seq<LateUsage>.Empty;

    /// <summary>What was billed, is not owed after all, and is on no invoice yet.</summary>
    public Seq<Credit> OpenCredits => BilledSoFar.Of(History, Test.IsSome).OpenCredits;

    /// <summary>The earliest time that is still to be billed because it came to too little: who had a plan then is billed for it.</summary>
    public Option<DateTimeOffset> CarriedSince =>
        BilledSoFar.Of(History, Test.IsSome).Carried.Map(content => content.Period.Start).OrderBy(start => start).ToSeq().HeadOrNone();

    /// <summary>As it was before an invoice was made: where that, or what was made with it, billed something in advance, nobody had left.</summary>
    internal InvoicedInstallation Before(InvoiceContent invoice) =>
        this with
        {
            History = History.Filter(other => other.Content.InvoiceDate < invoice.InvoiceDate).Strict(),
            Life = invoice.BillsAhead || History.Exists(other => other.Content.BillsAhead && other.Content.IsMadeWith(invoice))
                ? Life.AsOf(invoice.BillingPeriod.End)
                : Life,
        };

    /// <summary>The name by which Vercel knows it: nobody takes a test for a real one.</summary>
    internal ExternalInvoiceId Named(ExternalInvoiceId id) => Test.IsSome ? id.AsTest() : id;
}
