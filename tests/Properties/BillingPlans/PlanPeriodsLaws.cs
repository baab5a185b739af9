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

    private enum Act
    {
        Change,
        Return,
        Close,
    }

    /// <summary>Change to a plan, close, or return with one, at moments that now and then repeat or go backwards.</summary>
    private static readonly Gen<(DateTimeOffset Start, List<(Act Act, PlanTerms Terms, DateTimeOffset At)> Steps)> History =
        from start in AnyTime.Moment
        from steps in Gen.ListOf(
            from act in Gen.Frequency((4, Gen.Constant(Act.Change)), (2, Gen.Constant(Act.Return)), (2, Gen.Constant(Act.Close)))
            from terms in AnyBilling.Terms
            from hours in Gen.Frequency((6, Gen.Choose(1, 400)), (2, Gen.Constant(0)), (1, Gen.Choose(-30, -1)))
            select (act, terms, hours))
        select (start, steps.Aggregate(
            (At: start, Taken: new List<(Act, PlanTerms, DateTimeOffset)>()),
            (known, step) => (known.At.AddHours(step.hours), [.. known.Taken, (step.act, step.terms, known.At.AddHours(step.hours))]))
            .Taken);

    [Fact]
    public void Plans_never_overlap_and_leave_no_gap_but_from_a_close_to_the_return() =>
        Law.Holds(History, history => After(history).All(known =>
            Neighbours(known).ForAll(pair => pair.Before.End == Prelude.Some(pair.After.Start)
                || (pair.Before.End.Exists(end => end < pair.After.Start && history.Steps.Exists(step => step.Act == Act.Close && step.At == end))
                    && history.Steps.Exists(step => step.Act == Act.Return && step.At == pair.After.Start)))
            && known.Spans.ForAll(span => span.End.ForAll(end => span.Start < end))
            && known.Spans.Take(known.Spans.Count - 1).ForAll(span => span.End.IsSome)));

    [Fact]
    public void Neighbouring_spans_are_on_different_terms() =>
        Law.Holds(History, history => After(history).All(known => Neighbours(known).ForAll(pair =>
            pair.Before.Terms != pair.After.Terms || pair.Before.End != Prelude.Some(pair.After.Start))));

    [Fact]
    public void The_time_covered_never_exceeds_the_time_that_passed() =>
        Law.Holds(
            from history in History from range in AnyTime.Range select (history, range),
            given => After(given.history).All(known =>
                known.Covered(given.range) <= given.range.Duration
                && known.Covered(given.range) + Away(known, given.range) == Lived(known)
                    .Bind(lived => lived.Within(given.range)).Map(lived => lived.Duration).IfNone(TimeSpan.Zero)));

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

    /// <summary>In the billing period of the change, nothing of it is left; later, the periods that are over stay as they were.</summary>
    [Fact]
    public void A_change_that_is_taken_back_was_never_there() =>
        Law.Holds(
            from history in History
            from terms in AnyBilling.Terms
            from hours in Gen.Choose(0, 50)
            from periodHours in Gen.Choose(-100, 60)
            select (history, terms, hours, periodHours),
            given =>
            {
                var known = After(given.history).Last();
                if (known.Spans.IsEmpty || known.Spans.Last.End.IsSome)
                    return true;
                var (before, at) = (known.Spans.Last.Terms, known.Spans.Last.Start.AddHours(given.hours));
                var periodStart = at.AddHours(given.periodHours);
                if (before == given.terms)
                    return true;
                var back = known.Change(given.terms, at).Map(changed => changed.TakeBack(before, at, periodStart));
                return given.periodHours <= 0
                    ? back == known
                    : back.Match(
                        Right: left => left.Spans.Last.Terms == before && left.Spans.Last.End.IsNone && left.Spans.Last.Start == periodStart
                            && left.ActiveAt(at) == given.terms.Plan && Past(left, at) == Past(known, at),
                        Left: _ => false);
            });

    /// <summary>However often somebody chose anew before the first no came.</summary>
    [Fact]
    public void Of_changes_that_are_all_taken_back_none_was_ever_there() =>
        Law.Holds(
            from history in History
            from asked in (from terms in AnyBilling.Terms from hours in Gen.Choose(1, 50) select (terms, hours)).NonEmptyListOf()
            select (history, asked),
            given =>
            {
                var known = After(given.history).Last();
                if (known.Spans.IsEmpty || known.Spans.Last.End.IsSome)
                    return true;
                var (before, since) = (known.Spans.Last.Terms, known.Spans.Last.Start.AddHours(given.asked.First().hours));
                var asked = given.asked.Aggregate(
                    (Plans: known, At: known.Spans.Last.Start),
                    (soFar, one) => (soFar.Plans.Change(one.terms, soFar.At.AddHours(one.hours)).IfLeft(soFar.Plans), soFar.At.AddHours(one.hours)));
                // Where the last choice is what was there at first, nothing is open since then that could be taken back.
                return asked.Plans.Spans.Last.Start < since || asked.Plans.TakeBack(before, since, since) == known;
            });

    /// <summary>Somebody chose, and chose again before the first choice was refused: what was before went on until the second.</summary>
    [Fact]
    public void A_change_that_is_taken_back_behind_a_later_one_was_never_there() =>
        Law.Holds(
            from history in History
            from refused in AnyBilling.Terms
            from chosen in AnyBilling.Terms
            from hours in Gen.Choose(1, 50)
            from laterHours in Gen.Choose(1, 50)
            select (history, refused, chosen, hours, laterHours),
            given =>
            {
                var known = After(given.history).Last();
                if (known.Spans.IsEmpty || known.Spans.Last.End.IsSome)
                    return true;
                var (before, at) = (known.Spans.Last.Terms, known.Spans.Last.Start.AddHours(given.hours));
                var until = at.AddHours(given.laterHours);
                return known.Change(given.refused, at).Bind(first => first.Change(given.chosen, until)).Map(both => both.TakeBack(before, at, until, at))
                    == known.Change(given.chosen, until);
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
    public void What_returns_has_the_plan_from_then_on_and_everything_before_stays_as_it_was() =>
        Law.Holds(
            from history in History
            from terms in AnyBilling.Terms
            from hours in Gen.Choose(-50, 50)
            select (history, terms, hours),
            given =>
            {
                var known = After(given.history).Last();
                var left = known.Close(known.Spans.IsEmpty ? given.history.Start : known.Spans.Last.Start.AddHours(1)).IfLeft(known);
                var leftAt = left.Spans.LastOrNone().Bind(last => last.End).IfNone(given.history.Start);
                var at = leftAt.AddHours(given.hours);
                return left.Return(given.terms, at).Match(
                    Right: back => (at >= leftAt || left.Spans.IsEmpty) && back.ActiveAt(at) == given.terms.Plan
                        && Past(back, at) == Past(left, at) && back.Spans.Last.End.IsNone
                        && back.Return(given.terms, at) == back,
                    Left: rejection => at < leftAt && rejection == new PlanPeriodRejection.BeforeLatestChange(leftAt));
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
    private static IEnumerable<PlanPeriods> After((DateTimeOffset Start, List<(Act Act, PlanTerms Terms, DateTimeOffset At)> Steps) history)
    {
        var known = PlanPeriods.Unopened(Resource);
        yield return known;
        foreach (var (act, terms, at) in history.Steps)
        {
            known = (act switch
            {
                Act.Change => known.Change(terms, at),
                Act.Return => known.Return(terms, at),
                _ => known.Close(at),
            }).IfLeft(known);
            yield return known;
        }
    }

    private static Seq<(PlanPeriod Before, PlanPeriod After)> Neighbours(PlanPeriods known) =>
        known.Spans.IsEmpty ? Prelude.Seq<(PlanPeriod, PlanPeriod)>() : known.Spans.Zip(known.Spans.Tail).ToSeq().Strict();

    private static Option<Lifetime> Lived(PlanPeriods known) =>
        known.Spans.HeadOrNone().Map(first => new Lifetime(first.Start, known.Spans.Last.End));

    private static TimeSpan Away(PlanPeriods known, TimeRange range) =>
        Neighbours(known).Fold(TimeSpan.Zero, (sum, pair) => sum
            + new Lifetime(pair.Before.End.IfNone(pair.After.Start), pair.After.Start).Within(range).Map(away => away.Duration).IfNone(TimeSpan.Zero));

    private static Seq<(PlanTerms, TimeRange)> Past(PlanPeriods known, DateTimeOffset at) =>
        known.Spans
            .Bind(span => span.Span.Within(new TimeRange(DateTimeOffset.MinValue, at)).ToSeq().Map(range => (span.Terms, range)))
            .Strict();
}
