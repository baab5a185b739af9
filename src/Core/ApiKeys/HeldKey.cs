using LanguageExt;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Money;
using Marketplace.Core.Resources;

namespace Marketplace.Core.ApiKeys;

/// <summary>A key that a customer was given for an API, with all that decides whether it opens anything.</summary>
/// <remarks>The key itself is no part of it: Shell knows it by its hash alone.</remarks>
/// <param name="Resource">Whose key it is; where a next plan's time has come, with that plan.</param>
/// <param name="Plan">By which the resource is used: its own or, where it has none, that of its installation.</param>
/// <param name="EndsAt">From this moment on it opens nothing, because it was replaced; none for the newest.</param>
/// <param name="Left">What is left of what was paid ahead, as of the last hour that was burnt; none before the first purchase.</param>
public sealed record HeldKey(Resource Resource, Option<BillingPlan> Plan, Option<DateTimeOffset> EndsAt, Option<Usd> Left)
{
    /// <summary>How it stands with what was paid ahead; none where the plan is not prepaid.</summary>
    public Option<CreditLeft> Credit => Plan
        .Filter(plan => plan.Type == PlanType.Prepayment)
        .Map(plan => CreditLeft.Of(Left.IfNone(Usd.Zero), plan.Balance));
}
