using LanguageExt;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Money;
using Marketplace.Core.Time;

namespace Marketplace.Core.Invoices;

/// <summary>Plans that began within a second and bill something at once: their base in advance, or a charge for signing up.</summary>
/// <param name="At">The full second of their beginning.</param>
public sealed record TakeUp(DateTimeOffset At, Seq<SubjectPlan> Plans)
{
    /// <summary>
    /// Time for the answer that begins a plan to reach Vercel, which takes no invoice for a plan that it does not know to be active; and
    /// who chose by mistake may choose again.
    /// </summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    /// <summary>The invoice's date: a minute later.</summary>
    public DateTimeOffset DueAt => At + Patience;

    /// <summary>When a plan that begins at the moment is invoiced, if it bills something at once.</summary>
    public static DateTimeOffset DueFor(DateTimeOffset begun) => ToSecond(begun) + Patience;

    /// <summary>
    /// No longer than to its date, so that the plan's usage can be billed at the end of the billing period, from the second after.
    /// </summary>
    public BillingPeriod Period => new(At, DueAt.AddSeconds(1));

    /// <summary>
    /// Those of a billing period that are invoiced by themselves, oldest first. A plan that was active in the period before, or that does
    /// not last until its invoice is due, is billed at the period's end.
    /// </summary>
    public static Seq<TakeUp> In(BillingPeriod period, InvoicedInstallation account)
    {
        var billed = BilledSoFar.Of(account.History, account.Test.IsSome);
        return account.Billed.Subjects
            .Bind(subject => account.Billed.PlansOf(subject)
                .Filter(plan => plan.Plan.Type == PlanType.Subscription)
                .GroupBy(plan => plan.Plan.Id)
                .SelectMany(same => In(period, new SubjectPlan(subject, same.Key), same.ToSeq().Strict(), billed))
                .ToSeq())
            .GroupBy(taken => taken.At)
            .OrderBy(same => same.Key)
            .Select(same => new TakeUp(same.Key, same.Map(taken => taken.Who).ToSeq().Strict()))
            .Where(taken => taken.Period.End < period.End && account.Life.Contains(taken.Period.End))
            .ToSeq()
            .Strict();
    }

    private static IEnumerable<(DateTimeOffset At, SubjectPlan Who)> In(
        BillingPeriod period, SubjectPlan who, Seq<BilledPlan> spans, BilledSoFar billed)
    {
        var first = spans.Filter(span => span.Span.Within(period.Range).IsSome).OrderBy(span => span.Span.Start).HeadOrNone();
        foreach (var begun in first.Filter(span => period.Contains(span.Span.Start)))
        {
            var at = ToSecond(begun.Span.Start);
            var lasts = spans.Exists(span => span.Span.Contains(at + Patience + TimeSpan.FromSeconds(1)));
            var isFree = billed.CoveredUntil(who).ForAll(until => until <= at);
            if (lasts && isFree && BillsAtOnce(begun, who, billed))
            {
                yield return (at, who);
            }
        }
    }

    private static bool BillsAtOnce(BilledPlan begun, SubjectPlan who, BilledSoFar billed) =>
        begun.Plan.Pricing is var pricing
        && ((pricing.Billed == BaseBilling.Advance && begun.Base > Usd.Zero) || (pricing.OneTime > Usd.Zero && !billed.HasOneTime(who)));

    private static DateTimeOffset ToSecond(DateTimeOffset moment) => moment.AddTicks(-(moment.UtcTicks % TimeSpan.TicksPerSecond));
}
