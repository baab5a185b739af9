using FsCheck;
using FsCheck.Fluent;
using LanguageExt;
using Marketplace.Core.ApiKeys;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Money;
using Marketplace.Properties.Products;
using Marketplace.Properties.Resources;
using Marketplace.Properties.Time;
using static LanguageExt.Prelude;

namespace Marketplace.Properties.ApiKeys;

/// <summary>Keys that were handed out, of resources in every stage.</summary>
internal static class AnyKey
{
    /// <summary>Around what a policy calls low, and around zero.</summary>
    private static readonly Gen<Option<Usd>> Left = Gen.Frequency(
        (1, Gen.Constant(Option<Usd>.None)), (6, Gen.Choose(-300, 900).Select(cents => Some(new Usd(cents / 100m)))));

    private static readonly Gen<BalancePolicy> Policy =
        from low in Gen.Elements(None, Some(new Usd(5m)))
        select new BalancePolicy(low, new AtZero.Stop());

    private static readonly Gen<Option<BillingPlan>> Plan = Gen.Frequency(
        (1, Gen.Constant(Option<BillingPlan>.None)),
        (4, from plan in AnyCatalogue.Plan("pro", PlanScope.Resource) from policy in Policy select Some(plan with { Balance = policy })));

    public static readonly Gen<HeldKey> Held =
        from resource in AnyResource.State
        from plan in Plan
        from ends in Gen.OneOf(Gen.Constant(Option<DateTimeOffset>.None), AnyTime.Moment.Select(Some))
        from left in Left
        select new HeldKey(resource, plan, ends, left);

    /// <summary>The very moment at which it ends, too.</summary>
    public static Gen<DateTimeOffset> MomentFor(HeldKey key) =>
        Gen.OneOf([AnyTime.Moment, .. key.EndsAt.ToSeq().Bind(end => Seq(end, end.AddTicks(-10))).Map(Gen.Constant)]);
}
