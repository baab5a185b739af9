using LanguageExt;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Money;
using Marketplace.Core.Time;
using static LanguageExt.Prelude;

namespace Marketplace.Core.Invoices;

/// <summary>Usage of a period that was closed when it arrived. It is billed at the margin of its own period.</summary>
/// <param name="Without">As the period was known before: with all that is on an invoice, or on its way there.</param>
/// <param name="With">As it is known now.</param>
public sealed record LateUsage(BillingPeriod Period, BilledInstallation Without, BilledInstallation With)
{
    /// <summary>
    /// The periods that come to something else by what came late, oldest first: its own and, where it is a level, which lasts until another is
    /// read, those that were closed since.
    /// </summary>
    /// <param name="late">Of each the beginning of its hour, and whether it lasts.</param>
    /// <param name="billedWith">The beginning of the period with which it is billed.</param>
    public static Seq<BillingPeriod> PeriodsOf(Seq<(DateTimeOffset Hour, bool Lasts)> late, DateTimeOffset billedWith, BillingAnchor anchor) =>
        late
            .Bind(one => one.Lasts
                ? BillingPeriod.Overlapping(new TimeRange(one.Hour, billedWith), anchor)
                : Seq1(BillingPeriod.Containing(one.Hour, anchor)))
            .Distinct()
            .OrderBy(period => period.Start)
            .ToSeq()
            .Strict();

    /// <summary>
    /// What the period comes to more, line by line, and what it comes to less after all. By the prices of one catalogue, so that another
    /// price since then corrects nothing.
    /// </summary>
    /// <param name="life">Of the installation.</param>
    internal (Seq<BillingLine> More, Seq<Credit> Less) Corrections(Lifetime life)
    {
        var asOf = life.NoLaterThan(Period.End);
        var (before, after) = (BillingCharges.For(Period, asOf, Without), BillingCharges.For(Period, asOf, With));
        var (more, less) = (Seq<BillingLine>(), Seq<Credit>());
        foreach (var who in after.Lines.Concat(before.Lines).Map(SubjectPlan.Of).Distinct())
        {
            var difference = TotalOf(after, who) - TotalOf(before, who);
            var changed = Changed(before, after, who);
            var name = changed.IsEmpty ? who.Plan.Value : string.Join(", ", changed.Map(line => line.Name));
            if (difference > Usd.Zero)
            {
                more = more.Add(new BillingLine(
                    who.Subject, who.Plan, LineKind.Correction, $"{name}: late usage",
                    FormattableString.Invariant($"{changed.HeadOrNone().Map(one => one.Details).IfNone("")} in the period from {Period.Start.UtcDateTime:yyyy-MM-dd}"),
                    difference, 1m, "correction", difference, Period.Start, Period.End));
            }
            else if (difference < Usd.Zero)
            {
                less = less.Add(new Credit(
                    new CreditSource(who.Subject, who.Plan, Period.Start, CreditKind.Correction, $"{name}: correction"), Usd.Zero - difference));
            }
        }

        return (more, less);
    }

    /// <summary>One line for each metric whose lines come to something else, so that the correction is named after what it corrects.</summary>
    private static Seq<BillingLine> Changed(BillingCharges before, BillingCharges after, SubjectPlan who)
    {
        return Metered(after).Concat(Metered(before))
            .GroupBy(line => line.Name)
            .Where(same => TotalOf(after, same.Key) != TotalOf(before, same.Key))
            .Select(same => same.First())
            .ToSeq()
            .Strict();

        Usd TotalOf(BillingCharges charges, string name) => Usd.Sum(Metered(charges).Where(line => line.Name == name).Select(line => line.Total));

        IEnumerable<BillingLine> Metered(BillingCharges charges) =>
            charges.Lines.Where(line => SubjectPlan.Of(line) == who && line.Kind == LineKind.Metered);
    }

    private static Usd TotalOf(BillingCharges charges, SubjectPlan who) =>
        new BillingCharges(
            charges.Lines.Filter(line => SubjectPlan.Of(line) == who).Strict(),
            charges.Discounts.Filter(discount => SubjectPlan.Of(discount) == who).Strict()).Total;
}
