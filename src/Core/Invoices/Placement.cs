using LanguageExt;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Time;
using static LanguageExt.Prelude;

namespace Marketplace.Core.Invoices;

/// <summary>
/// Which parts of what is owed are on one invoice. Vercel takes a subject and plan once for a period, in which the plan was active: so an
/// invoice begins where the last one that billed them ended, and not after what it bills. Source: contract §D.8, limits 1 and 2.
/// </summary>
/// <param name="Invoices">By the beginnings of their periods; the parts in the order in which they were owed.</param>
/// <param name="Unplaced">For which the subject has no plan that could be billed.</param>
internal sealed record Placement(Seq<(BillingPeriod Period, Seq<Owed> Parts)> Invoices, Seq<Owed> Unplaced)
{
    public static Placement Of(Seq<Owed> parts, BillingPeriod period, BilledInstallation installation, BilledSoFar billed)
    {
        var movable = parts.Map(part => Movable(part, parts, period, installation, billed)).Strict();
        var known = movable.Somes().Strict();
        var starts = new SortedDictionary<DateTimeOffset, List<SubjectPlan>>();
        foreach (var (who, start) in known.Map(part => part.Who).Distinct()
            .Map(who => (Who: who, Start: Start(who, known, period, billed)))
            .OrderBy(one => one.Start))
        {
            // Where it may be on an invoice that begins earlier, it needs none of its own.
            var earliest = billed.CoveredUntil(who).IfNone(DateTimeOffset.MinValue);
            var joined = starts.Keys.Where(begun => earliest <= begun && begun <= start).Select(begun => (DateTimeOffset?)begun).FirstOrDefault() ?? start;
            if (!starts.TryGetValue(joined, out var together))
            {
                starts.Add(joined, together = []);
            }

            together.Add(who);
        }

        return new Placement(
            starts.Select(invoice => (new BillingPeriod(invoice.Key, period.End), known.Filter(part => invoice.Value.Contains(part.Who)).Strict()))
                .ToSeq()
                .Strict(),
            parts.Zip(movable).Where(pair => pair.Item2.IsNone).Map(pair => pair.Item1).ToSeq().Strict());
    }

    /// <summary>
    /// The part or, where its own plan was not active in the time that is left to bill, the same from its own time on, or on another plan of
    /// its subject.
    /// </summary>
    private static Option<Owed> Movable(
        Owed part, Seq<Owed> parts, BillingPeriod period, BilledInstallation installation, BilledSoFar billed)
    {
        bool IsBillable(SubjectPlan who, Seq<Owed> together) =>
            TimeRange.Between(Start(who, together, period, billed), period.End).Exists(time =>
                installation.PlansOf(who.Subject).Exists(plan =>
                    plan.Plan.Id == who.Plan && plan.Plan.Type == PlanType.Subscription && plan.Span.Within(time).IsSome));

        if (IsBillable(part.Who, parts))
        {
            return Some(part);
        }

        var earlier = part with { From = part.Since };
        return IsBillable(part.Who, parts.Add(earlier))
            ? Some(earlier)
            // The last that it had by then: what is made again later says the same, whatever plan has come since.
            : installation.PlansOf(part.Who.Subject).Filter(plan => plan.Span.Start < period.End).Rev()
                .Map(plan => new SubjectPlan(part.Who.Subject, plan.Plan.Id))
                .Filter(who => IsBillable(who, parts))
                .HeadOrNone()
                .Map(part.On);
    }

    private static DateTimeOffset Start(SubjectPlan who, Seq<Owed> parts, BillingPeriod period, BilledSoFar billed)
    {
        var needed = parts.Filter(part => part.Who == who).Fold(period.Start, (first, part) => part.From < first ? part.From : first);
        return billed.CoveredUntil(who).Filter(until => until > needed).IfNone(needed);
    }
}
