using FsCheck;
using FsCheck.Fluent;
using LanguageExt;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Resources;
using Marketplace.Core.Time;
using Marketplace.Properties.Time;
using Xunit;

namespace Marketplace.Properties.BillingPlans;

public sealed class PlanPeriodsLaws
{
    private static readonly ResourceId Resource = new("res_1");

    /// <summary>Change to a plan, or close when there is none, at moments that now and then repeat or go backwards.</summary>
    private static readonly Gen<(DateTimeOffset Start, List<(Option<PlanTerms> Terms, DateTimeOffset At)> Steps)> History =
        from start in AnyTime.Moment
        from steps in Gen.ListOf(
            from plan in Gen.Frequency(
                (6, AnyBilling.Terms.Select(Prelude.Some)), (1, Gen.Constant(Option<PlanTerms>.None)))
            from hours in Gen.Frequency((6, Gen.Choose(1, 400)), (2, Gen.Constant(0)), (1, Gen.Choose(-30, -1)))
            select (plan, hours))
        select (start, steps.Aggregate(
            (At: start, Taken: new List<(Option<PlanTerms>, DateTimeOffset)>()),
            (known, step) => (known.At.AddHours(step.hours), [.. known.Taken, (step.plan, known.At.AddHours(step.hours))]))
            .Taken);

    [Fact]
    public void Plans_never_overlap_and_leave_no_gap_while_the_resource_lives() =>
        Law.Holds(History, history => After(history).All(known =>
            known.Spans.Zip(known.Spans.IsEmpty ? known.Spans : known.Spans.Tail)
                .ForAll(pair => pair.Item1.End == Prelude.Some(pair.Item2.Start))
            && known.Spans.ForAll(span => span.End.ForAll(end => span.Start < end))
            && known.Spans.Take(known.Spans.Count - 1).ForAll(span => span.End.IsSome)));

    [Fact]
    public void Neighbouring_spans_are_on_different_terms() =>
        Law.Holds(History, history => After(history).All(known =>
            known.Spans.Zip(known.Spans.IsEmpty ? known.Spans : known.Spans.Tail)
                .ForAll(pair => pair.Item1.Terms != pair.Item2.Terms)));

    [Fact]
    public void The_time_covered_never_exceeds_the_time_that_passed() =>
        Law.Holds(
            from history in History from range in AnyTime.Range select (history, range),
            given => After(given.history).All(known =>
                known.Covered(given.range) <= given.range.Duration
                && (known.Spans.IsEmpty || known.Covered(given.range) == Lived(known)
                    .Within(given.range).Map(lived => lived.Duration).IfNone(TimeSpan.Zero))));

    [Fact]
    public void After_a_change_the_new_plan_is_active_and_before_it_nothing_is_different() =>
        Law.Holds(
            from history in History
            from plan in AnyBilling.Terms
            from hours in Gen.Choose(-50, 50)
            select (history, plan, hours),
            given =>
            {
                var known = After(given.history).Last();
                var at = (known.Spans.IsEmpty ? given.history.Start : known.Spans.Last.Start).AddHours(given.hours);
                return known.Change(given.plan, at).Match(
                    Right: changed => (changed.ActiveAt(at) == given.plan.Plan || known.Spans.Last.Terms == given.plan)
                        && Past(changed, at) == Past(known, at),
                    Left: _ => true);
            });

    [Fact]
    public void Repeating_a_change_or_a_close_changes_nothing() =>
        Law.Holds(
            from history in History
            from plan in AnyBilling.Terms
            from hours in Gen.Choose(-50, 50)
            select (history, plan, hours),
            given =>
            {
                var known = After(given.history).Last();
                var at = (known.Spans.IsEmpty ? given.history.Start : known.Spans.Last.Start).AddHours(given.hours);
                return known.Change(given.plan, at).ForAll(once =>
                        once.Change(given.plan, at) == once && once.Change(given.plan, at.AddDays(-1)) == once)
                    && known.Close(at).ForAll(once => once.Close(at).ForAll(twice => twice == once));
            });

    [Fact]
    public void What_is_closed_stays_closed() =>
        Law.Holds(
            from history in History from plan in AnyBilling.Terms select (history, plan),
            given =>
            {
                var known = After(given.history).Last();
                var at = known.Spans.IsEmpty ? given.history.Start : known.Spans.Last.Start.AddHours(1);
                return known.Close(at).ForAll(closed => closed.Close(at.AddHours(1)) == closed && (
                    closed.Spans.IsEmpty || closed.Change(given.plan, at.AddHours(1)).Match(
                        Right: _ => false,
                        Left: rejection => rejection is PlanPeriodRejection.AlreadyClosed)));
            });

    [Fact]
    public void History_is_not_rewritten()
    {
        var start = DateTimeOffset.Parse("2027-01-10T00:00:00Z");
        var known = PlanPeriods.Open(Resource, AnyBilling.On(AnyBilling.Pro), start);
        Assert.Equal(
            new PlanPeriodRejection.BeforeLatestChange(start),
            known.Change(AnyBilling.On(AnyBilling.Team), start.AddTicks(-10)).LeftAsEnumerable().Single());
        Assert.Equal(
            new PlanPeriodRejection.BeforeLatestChange(start),
            known.Close(start.AddTicks(-10)).LeftAsEnumerable().Single());
    }

    [Fact]
    public void A_plan_that_is_replaced_at_the_moment_it_began_leaves_no_span()
    {
        var start = DateTimeOffset.Parse("2027-01-10T00:00:00Z");
        var known =
            from team in PlanPeriods.Open(Resource, AnyBilling.On(AnyBilling.Pro), start).Change(AnyBilling.On(AnyBilling.Team), start.AddDays(3))
            from back in team.Change(AnyBilling.On(AnyBilling.Pro), start.AddDays(3))
            select back;
        Assert.Equal(PlanPeriods.Open(Resource, AnyBilling.On(AnyBilling.Pro), start), known.IfLeft(PlanPeriods.Unopened(Resource)));
    }

    /// <summary>The plans after each step; a step that is refused changes nothing.</summary>
    private static IEnumerable<PlanPeriods> After((DateTimeOffset Start, List<(Option<PlanTerms> Terms, DateTimeOffset At)> Steps) history)
    {
        var known = PlanPeriods.Unopened(Resource);
        yield return known;
        foreach (var (terms, at) in history.Steps)
        {
            known = terms.Match(Some: to => known.Change(to, at), None: () => known.Close(at)).IfLeft(known);
            yield return known;
        }
    }

    private static Lifetime Lived(PlanPeriods known) => new(known.Spans.Head.Start, known.Spans.Last.End);

    private static Seq<(PlanTerms, TimeRange)> Past(PlanPeriods known, DateTimeOffset at) =>
        known.Spans
            .Bind(span => span.Span.Within(new TimeRange(DateTimeOffset.MinValue, at)).ToSeq().Map(range => (span.Terms, range)))
            .Strict();
}
