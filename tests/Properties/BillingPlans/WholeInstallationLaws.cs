using FsCheck;
using FsCheck.Fluent;
using LanguageExt;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Money;
using Marketplace.Core.Products;
using Marketplace.Core.Time;
using Marketplace.Core.Usage;
using Xunit;

namespace Marketplace.Properties.BillingPlans;

/// <summary>An installation that is billed as a whole: one base, everything that its resources used, and nothing twice.</summary>
public sealed class WholeInstallationLaws
{
    [Fact]
    public void What_the_installation_is_billed_for_is_the_sum_over_its_resources() =>
        Law.Holds(AnyWholeInstallation.Story.Select(WithoutAnythingIncluded), story =>
            Whole(story.Lines).Filter(IsMetered).ForAll(line =>
                line.Quantity == story.Resources.Sum(one =>
                    Whole(story.LinesOf(Prelude.Seq1(one))).Find(same => (same.Plan, same.Name) == (line.Plan, line.Name))
                        .Map(same => same.Quantity).IfNone(0m))));

    [Fact]
    public void Everything_that_was_consumed_is_billed_once_by_the_resources_own_plan_or_by_the_installations() =>
        Law.Holds(AnyWholeInstallation.Story.Select(AtOneDollar), story =>
        {
            var used = story.Resources.Sum(one => MetricUsage
                .Of(story.BilledOf(Prelude.Seq1(one)).Resources.Head, story.Period, UsageDay.Of(story.Period.Start), story.AsOf)
                .Find(usage => usage.Metric == AnyBilling.Queries).Map(usage => usage.PeriodValue).IfNone(0m));
            return story.Lines.Filter(line => line.Units == "queries").Sum(line => line.Quantity) == used;
        });

    [Fact]
    public void Every_complete_hour_of_every_resource_is_billed_once_by_its_own_plan_or_by_the_installations() =>
        Law.Holds(AnyWholeInstallation.Story.Select(AtOneDollar).Select(OneMegabyteEach), story =>
        {
            var hours = story.Resources.Sum(one =>
                HourSlot.Inside(story.Elapsed).Count(hour => one.Plans.Covered(hour.Range) == hour.Range.Duration));
            return story.Lines.Filter(line => line.Units == "MB-hours").Sum(line => line.Quantity) == hours;
        });

    [Fact]
    public void The_base_of_the_installations_plan_is_billed_once_whatever_its_resources() =>
        Law.Holds(AnyWholeInstallation.Story, story => story.WholePlans.ForAll(plan =>
        {
            var covered = story.Plans.Spans.Filter(span => span.Plan == plan.Id)
                .Sum(span => span.Span.Within(story.Elapsed).Map(range => range.Duration.Ticks).IfNone(0L));
            var whole = plan.Pricing.Base.Amount * covered / story.Period.Range.Duration.Ticks;
            return story.Lines.Filter(line => line.Plan == plan.Id && line.Kind == LineKind.Base).Sum(line => line.Total.Amount)
                == Math.Round(whole, 2, MidpointRounding.ToEven);
        }));

    [Fact]
    public void A_plan_of_the_installation_is_billed_to_it_and_a_plan_of_a_resource_to_the_resource() =>
        Law.Holds(AnyWholeInstallation.Story, story => story.Lines.ForAll(line =>
            (line.Subject == PlanSubject.WholeInstallation) == story.Catalogue.InstallationPlan(line.Plan).IsSome));

    [Fact]
    public void What_is_included_is_free_once_for_the_installation() =>
        Law.Holds(AnyWholeInstallation.Story, story =>
        {
            var without = WithoutAnythingIncluded(story);
            return Whole(story.Lines).Filter(IsMetered).ForAll(line =>
            {
                var used = Whole(without.Lines).Find(same => (same.Plan, same.Name) == (line.Plan, line.Name))
                    .Map(same => same.Quantity).IfNone(0m);
                var covered = story.Plans.Spans.Filter(span => span.Plan == line.Plan)
                    .Map(span => span with { End = span.Span.AsOf(story.Elapsed.End).End })
                    .Filter(span => span.Span.Within(story.Elapsed).IsSome)
                    .Sum(span => span.Span.Within(story.Period.Range).Map(range => range.Duration.Ticks).IfNone(0L));
                var included = Included(story, line) * covered / story.Period.Range.Duration.Ticks;
                return line.Quantity <= Math.Max(0m, used - included) && line.Quantity >= used - included - 0.000_001m - 1e-18m;
            });
        });

    [Fact]
    public void No_line_appears_twice_and_every_total_is_price_times_quantity() =>
        Law.Holds(AnyWholeInstallation.Story, story =>
            story.Lines.Map(line => (line.Subject, line.Plan, line.Name, line.Details, line.Start)).Distinct().Count == story.Lines.Count
            && story.Lines.ForAll(line => line.Total == (line.Price * line.Quantity).ToCents() && line.Total >= Usd.Zero));

    [Fact]
    public void The_usage_of_the_whole_is_the_sum_of_the_amounts_of_what_it_covers() =>
        Law.Holds(AnyWholeInstallation.Story, story =>
        {
            var usage = MetricUsage.Of(story.Billed, story.Period, UsageDay.Of(story.Elapsed.Start), story.AsOf);
            var covered = story.Resources.Filter(one => one.Plans.Spans.Exists(span =>
                story.Catalogue.InstallationPlan(span.Plan).IsSome && span.Span.Within(story.Period.Range).IsSome));
            var parts = usage.Filter(one => one.Metric == AnyBilling.Queries && covered.Exists(each => PlanSubject.Of(each.Id) == one.Subject));
            var whole = usage.Find(one => one.Metric == AnyBilling.Queries && one.Subject == PlanSubject.WholeInstallation);
            return whole.Match(
                Some: sum => sum.PeriodValue == parts.Sum(part => part.PeriodValue) && sum.DayValue == parts.Sum(part => part.DayValue),
                None: () => parts.IsEmpty);
        });

    private static WholeStory WithoutAnythingIncluded(WholeStory story) =>
        Repriced(story, plan => plan with
        {
            Pricing = plan.Pricing with { Metered = plan.Pricing.Metered.Map(price => price with { Included = 0m }).Strict() },
        });

    /// <summary>Every plan, of whichever scope, bills one dollar for each unit, with nothing included.</summary>
    private static WholeStory AtOneDollar(WholeStory story) =>
        Repriced(story, plan => plan with
        {
            Type = PlanType.Subscription,
            PaymentMethodRequired = true,
            Pricing = new Pricing(Usd.Zero, Prelude.Seq(
                new MeteredPrice(AnyBilling.Storage.Id, new Usd(1m), "MB-hours", 0m),
                new MeteredPrice(AnyBilling.Queries.Id, new Usd(1m), "queries", 0m))),
        });

    private static WholeStory OneMegabyteEach(WholeStory story) => story with
    {
        Resources = story.Resources.Map(one => one with
        {
            Measurements = Prelude.Seq1(new Measurement(one.Id, AnyBilling.Storage.Id, story.Period.Start.AddDays(-60), 1m)),
        }).Strict(),
    };

    private static WholeStory Repriced(WholeStory story, Func<BillingPlan, BillingPlan> reprice)
    {
        var product = story.Catalogue.Products.Head;
        return story with
        {
            Catalogue = Catalogue.Of(
                    Prelude.Seq1(product with { Plans = product.Plans.Map(reprice).Strict() }),
                    new InstallationBilling(
                        story.WholePlans.Map(reprice).Add(AnyBilling.PlanOf(new PlanId("default"), 0m) with { Scope = PlanScope.Installation }).Strict(),
                        new PlanId("default")))
                .Match(Succ: catalogue => catalogue, Fail: errors => throw new InvalidOperationException(string.Join("; ", errors))),
        };
    }

    private static decimal Included(WholeStory story, BillingLine line) =>
        story.Catalogue.InstallationPlan(line.Plan)
            .Bind(plan => plan.Pricing.Metered.Find(price => price.Units == line.Units))
            .Map(price => price.Included).IfNone(0m);

    private static Seq<BillingLine> Whole(Seq<BillingLine> lines) =>
        lines.Filter(line => line.Subject == PlanSubject.WholeInstallation).Strict();

    private static bool IsMetered(BillingLine line) => line.Kind == LineKind.Metered;
}
