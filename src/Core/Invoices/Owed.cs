using LanguageExt;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Money;
using Marketplace.Core.Time;
using static LanguageExt.Prelude;

namespace Marketplace.Core.Invoices;

/// <summary>What one subject still owes by one plan, as an invoice is made: all that the charges say, without what was billed before.</summary>
/// <param name="From">The earliest moment that the invoice's period has to contain.</param>
internal sealed record Owed(SubjectPlan Who, Seq<BillingLine> Lines, Seq<BillingDiscount> Discounts, DateTimeOffset From)
{
    /// <summary>Present where it comes from an invoice that was too small.</summary>
    public Option<ExternalInvoiceId> CarriedFrom { get; init; }

    /// <summary>What was given back on that invoice.</summary>
    public Seq<CreditUse> Credits { get; init; } = LanguageExt.Seq<CreditUse>.Empty;

    /// <summary>All that is on an invoice that was too small, as it is there.</summary>
    public static Seq<Owed> CarriedBy(InvoiceContent carried) =>
        carried.Bills.Map(who => new Owed(
            who,
            carried.Lines.Filter(line => SubjectPlan.Of(line) == who).Strict(),
            carried.Discounts.Filter(discount => SubjectPlan.Of(discount) == who).Strict(),
            carried.Period.Start)
        {
            CarriedFrom = carried.ExternalId, Credits = carried.Credits.Filter(use => use.On == who).Strict(),
        }.Timed(carried.Period)).Strict();

    /// <summary>From here on it can be billed at the earliest, where its subject has left the plan since.</summary>
    public DateTimeOffset Since { get; init; } = From;

    /// <summary>A correction of an earlier period, on an invoice of this one.</summary>
    public static Owed Corrected(BillingLine line, BillingPeriod period) =>
        new(SubjectPlan.Of(line), Seq1(line), Seq<BillingDiscount>(), period.Start) { Since = line.Start.IfNone(period.Start) };

    /// <summary>With the times of lines and discounts written out, that are left out where they are those of the period.</summary>
    public Owed Timed(BillingPeriod period) =>
        this with
        {
            Lines = Lines.Map(line => line with { Start = line.Start.IfNone(period.Start), End = line.End.IfNone(period.End) }).Strict(),
            Discounts = Discounts
                .Map(discount => discount with { Start = discount.Start.IfNone(period.Start), End = discount.End.IfNone(period.End) })
                .Strict(),
        };

    /// <summary>The same, billed by another plan of its subject, because its own cannot be billed any more. What it is for stays in the details.</summary>
    public Owed On(SubjectPlan other) =>
        this with
        {
            Who = other,
            Lines = Lines
                .Map(line => line with { Plan = other.Plan, Details = $"{line.Details} (plan {line.Plan})", Start = None, End = None })
                .Strict(),
            Discounts = Discounts.Map(discount => discount with { Plan = other.Plan, Start = None, End = None }).Strict(),
            Credits = Credits.Map(use => use with { On = other }).Strict(),
        };

    /// <summary>What is left to bill of a period by its charges, and what was billed in advance for nothing.</summary>
    public static (Seq<Owed> Owed, Seq<Credit> Back) Of(BillingPeriod period, BillingCharges charges, BilledSoFar billed)
    {
        var (owed, back) = (Seq<Owed>(), Seq<Credit>());
        foreach (var who in charges.Lines.Map(SubjectPlan.Of).Concat(billed.AheadIn(period)).Distinct())
        {
            var (one, credit) = Of(who, period, charges, billed);
            owed = owed.Add(one);
            back += credit.ToSeq();
        }

        return (owed.Filter(one => !one.Lines.IsEmpty).Strict(), back.Strict());
    }

    private static (Owed Owed, Option<Credit> Back) Of(SubjectPlan who, BillingPeriod period, BillingCharges charges, BilledSoFar billed)
    {
        var lines = charges.Lines
            .Filter(line => SubjectPlan.Of(line) == who && line.Total > Usd.Zero)
            .Filter(line => line.Kind != LineKind.OneTime || !billed.HasOneTime(who))
            .Strict();
        var discounts = charges.Discounts.Filter(discount => SubjectPlan.Of(discount) == who).Strict();
        if (billed.AheadOf(who, period).Case is not SomeCase<Ahead>(var ahead))
        {
            return (new Owed(who, lines, discounts, period.Start), None);
        }

        // The base and the discounts are one account: what was billed of them in advance is compared with what they came to.
        var others = lines.Filter(line => line.Kind != LineKind.Base).Strict();
        var more = discounts
            .Map(discount => discount with { Amount = discount.Amount - ahead.DiscountNamed(discount.Name) })
            .Filter(discount => discount.Amount > Usd.Zero)
            .Strict();
        var due = new BillingCharges(lines.Filter(line => line.Kind == LineKind.Base), discounts).Total;
        var rest = due - ahead.Net + Usd.Sum(more.Map(discount => discount.Amount));
        // A discount is taken off lines. Where they are too little for it, it comes back with what was billed for nothing.
        if (Usd.Sum(others.Map(line => line.Total)) + (rest > Usd.Zero ? rest : Usd.Zero) < Usd.Sum(more.Map(discount => discount.Amount)))
        {
            (more, rest) = (Seq<BillingDiscount>(), due - ahead.Net);
        }

        var added = rest > Usd.Zero ? Seq1(Rest(who, ahead.Name, rest)) : Seq<BillingLine>();
        var unused = rest < Usd.Zero
            ? Some(new Credit(
                new CreditSource(who.Subject, who.Plan, period.Start, CreditKind.Unused, $"{ahead.Name}: billed in advance and not used"),
                Usd.Zero - rest))
            : None;
        return (new Owed(who, (added + others).Strict(), more, period.Start), unused);
    }

    private static BillingLine Rest(SubjectPlan who, string name, Usd total) =>
        new(who.Subject, who.Plan, LineKind.Base, name, "beside what was billed in advance", total, 1m, "period", total, None, None);
}

/// <summary>The times of lines and discounts, as an invoice says them.</summary>
internal static class InvoicedTime
{
    /// <summary>Left out where they are the period's. Time that another invoice has billed is not mentioned again.</summary>
    public static BillingLine In(this BillingLine line, BillingPeriod period) =>
        line with { Start = Start(line.Start, line.End, period), End = line.End.Filter(end => end != period.End) };

    public static BillingDiscount In(this BillingDiscount discount, BillingPeriod period) =>
        discount with { Start = Start(discount.Start, discount.End, period), End = discount.End.Filter(end => end != period.End) };

    private static Option<DateTimeOffset> Start(Option<DateTimeOffset> start, Option<DateTimeOffset> end, BillingPeriod period) =>
        start.Filter(at => at != period.Start && (at > period.Start || end.Exists(until => until <= period.Start)));
}
