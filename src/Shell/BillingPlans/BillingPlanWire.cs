using LanguageExt;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Money;
using Marketplace.Shell.Persistence;
using Marketplace.Shell.VercelApi;

namespace Marketplace.Shell.BillingPlans;

/// <summary>A billing plan on the wire. Source: contract §C.1.</summary>
internal sealed record BillingPlanWire(
    string Id,
    string Type,
    string Name,
    string Description,
    string Scope,
    bool? PaymentMethodRequired,
    decimal? PreauthorizationAmount,
    string? InitialCharge,
    string? MinimumAmount,
    string? MaximumAmount,
    string? MaximumAmountAutoPurchasePerPeriod,
    string? Cost,
    PlanDetailWire[]? Details,
    PlanDetailWire[]? HighlightedDetails,
    bool? Disabled)
{
    public static BillingPlanWire Of(BillingPlan plan)
    {
        var subscription = plan.Type == PlanType.Subscription;
        return new BillingPlanWire(
            plan.Id.Value,
            subscription ? "subscription" : "prepayment",
            plan.Name,
            plan.Description,
            plan.Scope == PlanScope.Installation ? "installation" : "resource",
            // Only a subscription has a choice here.
            subscription ? plan.PaymentMethodRequired : null,
            plan.Display.PreauthorizationAmount.MatchUnsafe<decimal?>(usd => usd.Amount, () => null),
            Amount(plan.Display.InitialCharge),
            Amount(plan.Display.MinimumAmount),
            Amount(plan.Display.MaximumAmount),
            Amount(plan.Display.MaximumAutoPurchasePerPeriod),
            plan.Display.Cost.OrNull(),
            DetailsOf(plan.Display.Details),
            DetailsOf(plan.Display.HighlightedDetails),
            plan.Display.Disabled ? true : null);
    }

    private static string? Amount(Option<Usd> amount) =>
        amount.Map(DecimalString.Amount).OrNull();

    private static PlanDetailWire[]? DetailsOf(Seq<PlanDetail> details) =>
        details.IsEmpty ? null : [.. details.Select(detail => new PlanDetailWire(detail.Label, detail.Value.OrNull()))];
}

internal sealed record PlanDetailWire(string Label, string? Value);

/// <summary>The answer of every list of plans. Source: contract §B.3.</summary>
internal sealed record BillingPlansWire(BillingPlanWire[] Plans)
{
    public static BillingPlansWire Of(IEnumerable<BillingPlan> plans) => new([.. plans.Select(BillingPlanWire.Of)]);
}
