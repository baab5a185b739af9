using FsCheck;
using FsCheck.Fluent;
using LanguageExt;
using Marketplace.Core.ApiKeys;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Money;
using Marketplace.Core.Resources;
using Marketplace.Properties.Resources;
using Xunit;

namespace Marketplace.Properties.ApiKeys;

public sealed class KeyLaws
{
    private static readonly Gen<(HeldKey Key, DateTimeOffset Now)> Shown =
        from key in AnyKey.Held from now in AnyKey.MomentFor(key) select (key, now);

    [Fact]
    public void A_key_is_good_exactly_while_its_resource_is_in_service_and_it_was_not_replaced() =>
        Law.Holds(Shown, given =>
            KeyVerdict.Of(given.Key, given.Now) is KeyVerdict.Good
                == (given.Key.Resource is Resource.Ready or Resource.Resumed && given.Key.EndsAt.ForAll(end => given.Now < end)));

    [Fact]
    public void A_key_that_was_replaced_is_never_good_again() =>
        Law.Holds(
            from shown in Shown
            from later in AnyKey.MomentFor(shown.Key)
            from then in AnyResource.State
            select (shown.Key, shown.Now, later, then),
            given => given.later < given.Now
                || KeyVerdict.Of(given.Key, given.Now) is not KeyVerdict.Refused { Why: KeyRefusal.Replaced }
                || KeyVerdict.Of(given.Key with { Resource = given.then }, given.later) is KeyVerdict.Refused { Why: KeyRefusal.Replaced or KeyRefusal.Removed });

    [Fact]
    public void Of_a_key_that_was_replaced_nothing_is_said_of_the_resource_unless_it_is_gone() =>
        Law.Holds(Shown, given =>
            given.Key.EndsAt.ForAll(end => given.Now < end)
            || KeyVerdict.Of(given.Key, given.Now) is KeyVerdict.Refused refused
                && refused.Why == (given.Key.Resource is Resource.Uninstalled ? KeyRefusal.Removed : KeyRefusal.Replaced));

    [Fact]
    public void A_suspension_is_put_down_to_money_only_where_paying_lifts_it() =>
        Law.Holds(Shown, given =>
            KeyVerdict.Of(given.Key, given.Now) is not KeyVerdict.Refused { Why: KeyRefusal.Unpaid or KeyRefusal.NoCredit } refused
            || refused.Key.Resource is Resource.Suspended suspended
                && !suspended.Causes.ContainsKey(SuspensionCause.Provider)
                && suspended.Causes.ContainsKey(SuspensionCause.NonPayment) == (refused.Why == KeyRefusal.Unpaid));

    [Fact]
    public void Credit_is_low_below_what_the_plan_says_and_empty_at_zero_and_is_said_of_prepaid_plans_alone() =>
        Law.Holds(AnyKey.Held, key =>
        {
            var left = key.Left.IfNone(Usd.Zero);
            var isPrepaid = key.Plan.Exists(plan => plan.Type == PlanType.Prepayment);
            Assert.Equal(isPrepaid, key.Credit.IsSome);
            Assert.All(key.Credit, credit =>
            {
                Assert.Equal(left, credit.Amount);
                Assert.Equal(left <= Usd.Zero, credit.Level == CreditLevel.Empty);
                Assert.Equal(
                    left > Usd.Zero && key.Plan.Bind(plan => plan.Balance.LowAt).Exists(low => left < low), credit.Level == CreditLevel.Low);
            });
        });
}
