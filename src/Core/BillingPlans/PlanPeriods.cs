using LanguageExt;
using Marketplace.Core.Products;
using Marketplace.Core.Resources;
using Marketplace.Core.Time;
using static LanguageExt.Prelude;

namespace Marketplace.Core.BillingPlans;

/// <summary>
/// The plans of one resource, or of an installation, oldest first: one after the other, only the last of them open. Each begins where the
/// one before ended or, where a resource was elsewhere meanwhile, when it came back.
/// </summary>
/// <param name="Spans">Each with time in it, or open: a plan that was replaced at the moment it began leaves no span.</param>
public sealed record PlanPeriods(PlanSubject Subject, Seq<PlanPeriod> Spans)
{
    public static PlanPeriods Unopened(ResourceId resource) => Unopened(PlanSubject.Of(resource));

    public static PlanPeriods Unopened(PlanSubject subject) => new(subject, LanguageExt.Seq<PlanPeriod>.Empty);

    /// <summary>The first plan of a resource, from the moment on.</summary>
    public static PlanPeriods Open(ResourceId resource, PlanTerms terms, DateTimeOffset at) => Open(PlanSubject.Of(resource), terms, at);

    /// <summary>The first plan, from the moment on.</summary>
    public static PlanPeriods Open(PlanSubject subject, PlanTerms terms, DateTimeOffset at) =>
        new(subject, Seq1(new PlanPeriod(subject, terms, at, Option<DateTimeOffset>.None)));

    /// <summary>The plan at a moment; none before the first and after the last.</summary>
    public Option<PlanId> ActiveAt(DateTimeOffset moment) =>
        Spans.Find(span => span.Span.Contains(moment)).Map(span => span.Plan);

    /// <summary>From the moment on these are the terms. Those that there are already go on as one span.</summary>
    public Either<PlanPeriodRejection, PlanPeriods> Change(PlanTerms terms, DateTimeOffset at)
    {
        if (Spans.IsEmpty)
        {
            return Open(Subject, terms, at);
        }

        var last = Spans.Last;
        if (last.End.Case is SomeCase<DateTimeOffset>(var closedAt))
        {
            return new PlanPeriodRejection.AlreadyClosed(closedAt);
        }

        if (last.Terms == terms)
        {
            return this;
        }

        return Ended(at).Map(ended => ended.Continued(terms, at));
    }

    /// <summary>Whether something was chosen at the moment or since that is billed otherwise than what was before.</summary>
    public bool HasChangedSince(DateTimeOffset at) => Spans.Exists(span => span.Start >= at);

    /// <summary>
    /// Nothing of what was chosen at the moment or since was ever made: what was before goes on, as if nobody had asked. What belongs to a
    /// billing period that is over stands: there the terms come back when the present one began.
    /// </summary>
    /// <param name="periodStart">Of the present billing period.</param>
    public PlanPeriods TakeBack(PlanTerms before, DateTimeOffset at, DateTimeOffset periodStart)
    {
        if (Spans.LastOrNone().ForAll(last => last.End.IsSome))
        {
            return this;
        }

        var from = at < periodStart ? periodStart : at;
        return EndedBy(from).Continued(before, from);
    }

    /// <summary>The same of what was chosen at the first moment, where something else was chosen at the second, which stands.</summary>
    /// <param name="periodStart">Of the present billing period.</param>
    public PlanPeriods TakeBack(PlanTerms before, DateTimeOffset at, DateTimeOffset until, DateTimeOffset periodStart)
    {
        var from = at < periodStart ? periodStart : at;
        if (from >= until || !Spans.Exists(span => span.Start >= at && span.Start < until) || Spans.Last.End.IsSome)
        {
            return this;
        }

        return Spans
            .Filter(span => span.End.ForAll(end => end > until))
            .Fold(EndedBy(from).Continued(before, from), (soFar, span) =>
                soFar.Change(span.Terms, span.Start < until ? until : span.Start).IfLeft(soFar));
    }

    /// <summary>
    /// The plan of a resource that comes back to where it was before, from the moment on. In between there was none here: that time is
    /// somebody else's. What has not ended goes on as after a change.
    /// </summary>
    public Either<PlanPeriodRejection, PlanPeriods> Return(PlanTerms terms, DateTimeOffset at)
    {
        if (Spans.LastOrNone().Bind(last => last.End).Case is not SomeCase<DateTimeOffset>(var closedAt))
        {
            return Change(terms, at);
        }

        return at < closedAt ? new PlanPeriodRejection.BeforeLatestChange(closedAt) : Continued(terms, at);
    }

    /// <summary>
    /// The spans after the resource has changed at the moment: another begins where its plan is another, or where its choices cost
    /// something else. A plan that has not begun waits for its time.
    /// </summary>
    /// <param name="ofInstallation">The plan that covers what has none of its own. Where it changes, that is another call's to follow.</param>
    public Either<PlanPeriodRejection, PlanPeriods> Follow(
        ResourceProfile before, ResourceProfile after, Option<PlanId> ofInstallation, Product product, DateTimeOffset at) =>
        (after.Terms.Filter(terms => before.Plan != after.Plan || IsRepriced(terms, product))
            || ofInstallation.Filter(_ => before.Plan.IsSome && after.Plan.IsNone).Map(PlanTerms.Of))
        .Match(terms => Change(terms, at), () => this);

    private bool IsRepriced(PlanTerms terms, Product product) =>
        Spans.LastOrNone().Exists(last => product.Plan(terms.Plan).Exists(plan =>
            plan.Pricing.BaseFor(last.Terms.Metadata) != plan.Pricing.BaseFor(terms.Metadata)));

    /// <summary>From the moment on there is no plan any more. Closing again changes nothing.</summary>
    public Either<PlanPeriodRejection, PlanPeriods> Close(DateTimeOffset at) =>
        Spans.IsEmpty || Spans.Last.End.IsSome ? this : Ended(at);

    /// <summary>The time that the plans cover inside a range; at most the range's own.</summary>
    public TimeSpan Covered(TimeRange range) =>
        Spans.Fold(TimeSpan.Zero, (sum, span) => sum + span.Span.Within(range).Match(r => r.Duration, () => TimeSpan.Zero));

    /// <summary>What was before the moment, and nothing since.</summary>
    private PlanPeriods EndedBy(DateTimeOffset moment) => this with
    {
        Spans = Spans
            .Filter(span => span.Start < moment)
            .Map(span => span.End.Exists(end => end <= moment) ? span : span with { End = Some(moment) })
            .Strict(),
    };

    private Either<PlanPeriodRejection, PlanPeriods> Ended(DateTimeOffset at)
    {
        var last = Spans.Last;
        var before = Spans.Take(Spans.Count - 1).Strict();
        if (at < last.Start)
        {
            return new PlanPeriodRejection.BeforeLatestChange(last.Start);
        }

        return this with { Spans = at == last.Start ? before : before.Add(last with { End = Some(at) }) };
    }

    /// <summary>The terms from the moment on, in the span before when that was on the same terms and ended right there.</summary>
    private PlanPeriods Continued(PlanTerms terms, DateTimeOffset at)
    {
        if (Spans.LastOrNone().Case is SomeCase<PlanPeriod>(var last) && last.Terms == terms && last.End == Some(at))
        {
            return this with { Spans = Spans.Take(Spans.Count - 1).Strict().Add(last with { End = None }) };
        }

        return this with { Spans = Spans.Add(new PlanPeriod(Subject, terms, at, None)) };
    }
}
