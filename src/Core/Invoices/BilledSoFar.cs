using LanguageExt;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Money;
using Marketplace.Core.Time;
using static LanguageExt.Prelude;

namespace Marketplace.Core.Invoices;

/// <summary>What the invoices of an installation have billed already, and what they have left for later.</summary>
/// <remarks>
/// A refused invoice counts, because it is drafted anew. One that was carried counts until another has taken it over. Tests and real
/// invoices know nothing of each other.
/// </remarks>
internal sealed class BilledSoFar
{
    private readonly Seq<Invoice> known;
    private readonly Seq<InvoiceContent> counted;

    private BilledSoFar(Seq<Invoice> known)
    {
        this.known = known;
        var takenOver = known.Bind(invoice => invoice.Content.Carries).ToHashSet();
        Carried = known.OfType<Invoice.Skipped>()
            .Where(skipped => skipped.Rest == SmallTotal.Carried && !takenOver.Contains(skipped.Content.ExternalId))
            .OrderBy(skipped => skipped.Content.InvoiceDate)
            .ThenBy(skipped => skipped.Content.ExternalId.Value, StringComparer.Ordinal)
            .Map(skipped => skipped.Content)
            .ToSeq()
            .Strict();
        counted = known.Map(invoice => invoice.Content).Filter(content => !takenOver.Contains(content.ExternalId)).Strict();
    }

    /// <summary>What came to too little and is on no invoice yet, oldest first.</summary>
    public Seq<InvoiceContent> Carried { get; }

    /// <summary>What is still to be given back, oldest first.</summary>
    public Seq<Credit> OpenCredits
    {
        get
        {
            var used = counted.Bind(content => content.Credits).ToLookup(use => use.Source, use => use.Amount);
            return known.OrderBy(invoice => invoice.Content.InvoiceDate)
                .SelectMany(invoice => invoice.Content.Granted)
                .GroupBy(credit => credit.Source)
                .Select(same => new Credit(same.Key, Usd.Sum(same.Select(credit => credit.Amount)) - Usd.Sum(used[same.Key])))
                .Where(credit => credit.Amount > Usd.Zero)
                .ToSeq()
                .Strict();
        }
    }

    /// <param name="isTest">Whether it is about tests, or about real invoices.</param>
    public static BilledSoFar Of(Seq<Invoice> history, bool isTest) =>
        new(history.Filter(invoice => invoice.Content.Test.IsSome == isTest).Strict());

    /// <summary>Whose base of a period was billed before the period was closed.</summary>
    public Seq<SubjectPlan> AheadIn(BillingPeriod period) =>
        Bases(period).Map(SubjectPlan.Of).Distinct().ToSeq().Strict();

    /// <summary>What was billed of the base of a period; none where nothing was.</summary>
    public Option<Ahead> AheadOf(SubjectPlan who, BillingPeriod period)
    {
        var bases = Bases(period).Filter(line => SubjectPlan.Of(line) == who).Strict();
        return bases.IsEmpty
            ? None
            : new Ahead(
                bases.Head.Name,
                Usd.Sum(bases.Map(line => line.Total)),
                counted.Bind(content => content.Discounts
                    .Filter(discount => SubjectPlan.Of(discount) == who && content.Charges(period, discount.Start))).Strict(),
                Usd.Sum(known.Bind(invoice => invoice.Content.Granted)
                    .Filter(credit => credit.Source.Kind == CreditKind.Unused
                        && (credit.Source.Subject, credit.Source.Plan, credit.Source.PeriodStart) == (who.Subject, who.Plan, period.Start))
                    .Map(credit => credit.Amount)));
    }

    /// <summary>Charged once, however often the plan is taken up.</summary>
    public bool HasOneTime(SubjectPlan who) =>
        counted.Exists(content => content.Lines.Exists(line => line.Kind == LineKind.OneTime && SubjectPlan.Of(line) == who));

    /// <summary>Up to when Vercel has been billed for it, or will be; none when never.</summary>
    public Option<DateTimeOffset> CoveredUntil(SubjectPlan who)
    {
        var covered = known
            .Filter(invoice => invoice is not Invoice.Skipped && invoice.Content.Bills.Contains(who))
            .Map(invoice => invoice.Content.Period.End)
            .Strict();
        return covered.IsEmpty ? None : Some(covered.Max());
    }

    private Seq<BillingLine> Bases(BillingPeriod period) =>
        counted.Bind(content => content.Lines.Filter(line => line.Kind == LineKind.Base && content.Charges(period, line.Start))).Strict();
}

/// <summary>What was billed of the base of a period before the period was closed.</summary>
/// <param name="Name">Of the line.</param>
/// <param name="Discounts">That were deducted from it at once.</param>
/// <param name="Returned">What has been granted back of it.</param>
internal sealed record Ahead(string Name, Usd Base, Seq<BillingDiscount> Discounts, Usd Returned)
{
    /// <summary>What the customer has paid for it, or will.</summary>
    public Usd Net => Base - Usd.Sum(Discounts.Map(discount => discount.Amount)) - Returned;

    public Usd DiscountNamed(string name) =>
        Usd.Sum(Discounts.Filter(discount => discount.Name == name).Map(discount => discount.Amount));
}
