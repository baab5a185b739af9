using FsCheck;
using FsCheck.Fluent;
using LanguageExt;
using Marketplace.Core.Balances;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Money;
using Xunit;
using static LanguageExt.Prelude;

namespace Marketplace.Properties.Balances;

public sealed class BalanceStageLaws
{
    private static readonly DateTimeOffset Since = AnyBurn.Start;

    private static readonly Gen<BalancePolicy> Policy =
        from low in Gen.OneOf(Gen.Constant(Option<Usd>.None), Gen.Choose(1, 500).Select(cents => Some(new Usd(cents / 100m))))
        from atZero in Gen.OneOf(
            Gen.Constant((AtZero)new AtZero.Stop()),
            Gen.Choose(1, 5).Select(hours => (AtZero)new AtZero.Grace(TimeSpan.FromHours(hours))),
            Gen.Choose(1, 500).Select(cents => (AtZero)new AtZero.Overdraft(new Usd(cents / 100m))))
        select new BalancePolicy(low, atZero);

    private static readonly Gen<BalanceStanding> Standing =
        from cents in Gen.Frequency((1, Gen.Constant(0)), (6, Gen.Choose(-600, 600)))
        select new BalanceStanding(new Usd(cents / 100m), 3, cents > 0 ? None : Some(Since));

    private static readonly Gen<DateTimeOffset> Now = Gen.Choose(0, 400).Select(minutes => Since.AddMinutes(minutes));

    /// <summary>Written out anew, from what the catalogue promises.</summary>
    [Fact]
    public void The_stage_is_what_the_policy_says_of_the_balance_and_the_clock() =>
        Law.Holds(from standing in Standing from policy in Policy from now in Now select (standing, policy, now), given =>
        {
            var (amount, stage) = (given.standing.Amount.Amount, Of(given.standing, given.policy, given.now));
            return stage switch
            {
                BalanceStage.Fine => amount > 0 && given.policy.LowAt.ForAll(low => amount >= low.Amount),
                BalanceStage.Low low => amount > 0 && given.policy.LowAt == Some(low.Below) && amount < low.Below.Amount,
                BalanceStage.Grace grace => amount <= 0 && given.policy.AtZero is AtZero.Grace(var time)
                    && grace.Until == Since + time && given.now < grace.Until,
                BalanceStage.Empty empty => amount <= 0 && given.policy.AtZero is AtZero.Overdraft(var most)
                    && empty.DebtMax == most && amount > -most.Amount,
                BalanceStage.Stopped => amount <= 0 && given.policy.AtZero switch
                {
                    AtZero.Stop => true,
                    AtZero.Grace(var time) => given.now >= Since + time,
                    AtZero.Overdraft(var most) => amount <= -most.Amount,
                    _ => false,
                },
                _ => false,
            };
        });

    [Fact]
    public void More_credit_never_makes_it_worse_and_time_alone_never_makes_it_better() =>
        Law.Holds(
            from standing in Standing from policy in Policy from now in Now from more in Gen.Choose(0, 300) from later in Gen.Choose(0, 300)
            select (standing, policy, now, more, later),
            given =>
            {
                var amount = given.standing.Amount + new Usd(given.more / 100m);
                var richer = given.standing with { Amount = amount, EmptySince = amount > Usd.Zero ? None : given.standing.EmptySince };
                return Severity(Of(richer, given.policy, given.now)) <= Severity(Of(given.standing, given.policy, given.now))
                    && Severity(Of(given.standing, given.policy, given.now.AddMinutes(given.later))) >= Severity(Of(given.standing, given.policy, given.now));
            });

    [Fact]
    public void It_changes_by_itself_at_the_moment_that_it_names_and_at_no_other() =>
        Law.Holds(
            from standing in Standing from policy in Policy from now in Now from later in Gen.Choose(0, 400) select (standing, policy, now, later),
            given =>
            {
                var stage = Of(given.standing, given.policy, given.now);
                var then = given.now.AddMinutes(given.later);
                return (Of(given.standing, given.policy, then) == stage) == stage.EndsAt.ForAll(end => then < end);
            });

    [Fact]
    public void Where_nothing_was_ever_bought_it_is_empty_since_the_plan_began() =>
        Law.Holds(from policy in Policy from now in Now select (policy, now), given =>
            Of(BalanceStanding.Untouched, given.policy, given.now)
                == Of(BalanceStanding.Untouched with { EmptySince = Some(Since) }, given.policy, given.now));

    private static BalanceStage Of(BalanceStanding standing, BalancePolicy policy, DateTimeOffset now) =>
        BalanceStage.Of(standing, policy, Since, now);

    private static int Severity(BalanceStage stage) =>
        stage switch
        {
            BalanceStage.Fine => 0,
            BalanceStage.Low => 1,
            BalanceStage.Empty or BalanceStage.Grace => 2,
            BalanceStage.Stopped => 3,
            _ => throw new System.Diagnostics.UnreachableException(stage.GetType().Name),
        };
}
