using LanguageExt;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Money;
using Marketplace.Core.Resources;
using Marketplace.Core.Usage;
using static Marketplace.Core.Products.CatalogueRules;

namespace Marketplace.Core.Products;

/// <summary>What one billing plan of a catalogue must keep. Source: contract §C.1.</summary>
internal static class BillingPlanRules
{
    /// <param name="path">Of the plan in the catalogue.</param>
    /// <param name="metrics">The ones that the plan can meter.</param>
    /// <param name="form">The choices that the plan can price.</param>
    internal static IEnumerable<CatalogueError> Check(
        BillingPlan plan, string path, PlanScope scope, Seq<Metric> metrics, MetadataSchema form) =>
    [
        .. Blank(plan.Id.Value, $"{path}.id"),
        .. Blank(plan.Name, $"{path}.name"),
        .. Blank(plan.Description, $"{path}.description"),
        .. When(plan.Scope != scope, $"{path}.scope", $"must be {scope} here"),
        .. When(plan.ResourcesMax.Exists(max => max < 1), $"{path}.maxResources", "must be at least 1"),
        .. PricingRules.Check(plan.Pricing, $"{path}.pricing", metrics),
        .. ChoicePriceRules.Check(plan.Pricing, $"{path}.pricing", form),
        .. When(plan.Display.Cost.IsSome && !plan.Pricing.Choices.IsEmpty, $"{path}.cost", "must be absent: it follows from what is chosen"),
        .. plan.PaymentMethodRequired ? [] : FreeErrors(plan, path),
        .. plan.Type == PlanType.Prepayment ? PrepaymentErrors(plan, path) : SubscriptionErrors(plan, path),
    ];

    /// <summary>Without a payment method nothing can ever be charged.</summary>
    private static IEnumerable<CatalogueError> FreeErrors(BillingPlan plan, string path)
    {
        var costs = plan.Pricing.Costs;
        return
        [
            .. When(plan.Type == PlanType.Prepayment, $"{path}.paymentMethodRequired", "must be true on a prepayment plan"),
            .. When(costs, $"{path}.paymentMethodRequired", "must be true on a plan that costs something"),
            .. When(plan.Display.InitialCharge.IsSome, $"{path}.initialCharge", "needs a payment method"),
            .. When(plan.Display.PreauthorizationAmount.IsSome, $"{path}.preauthorizationAmount", "needs a payment method"),
        ];
    }

    private static IEnumerable<CatalogueError> SubscriptionErrors(BillingPlan plan, string path) =>
    [
        .. When(plan.Balance != BalancePolicy.Default, $"{path}.balance", "is for prepayment plans only"),
        .. DisplayErrors(plan.Display, path),
        .. plan.PaymentMethodRequired ? InitialChargeErrors(plan, $"{path}.initialCharge") : [],
    ];

    /// <summary>A customer who is told of a charge at sign-up is charged exactly that.</summary>
    private static IEnumerable<CatalogueError> InitialChargeErrors(BillingPlan plan, string path)
    {
        var charged = PlanQuote.InitialCharge(plan, Map<string, MetadataValue>.Empty);
        var follows = plan.Pricing.Billed == BaseBilling.Advance && !plan.Pricing.Choices.IsEmpty;
        return plan.Display.InitialCharge.Filter(stated => !Amount(stated, path).Any() && (follows || stated != charged)).Match<IEnumerable<CatalogueError>>(
            _ => [new(path, follows ? "must be absent: it follows from what is chosen"
                : charged == Usd.Zero ? "must be absent: nothing is billed in advance and nothing once"
                : FormattableString.Invariant($"must be {charged.Amount:0.00}, which is what is invoiced at sign-up"))],
            () => []);
    }

    private static IEnumerable<CatalogueError> DisplayErrors(PlanDisplay display, string path) =>
    [
        .. When(display.MinimumAmount.IsSome, $"{path}.minimumAmount", "is for prepayment plans only"),
        .. When(display.MaximumAmount.IsSome, $"{path}.maximumAmount", "is for prepayment plans only"),
        .. When(display.MaximumAutoPurchasePerPeriod.IsSome, $"{path}.maximumAmountAutoPurchasePerPeriod", "is for prepayment plans only"),
        .. Amount(display.InitialCharge, $"{path}.initialCharge"),
        .. Amount(display.PreauthorizationAmount, $"{path}.preauthorizationAmount"),
    ];

    private static IEnumerable<CatalogueError> PrepaymentErrors(BillingPlan plan, string path) =>
    [
        .. When(plan.Pricing.Base != Usd.Zero, $"{path}.pricing.base", "must be absent: prepayment is paid by purchase, not by period"),
        .. When(!plan.Pricing.Choices.IsEmpty, $"{path}.pricing", "must price no choice: prepayment is paid by purchase, not by period"),
        .. When(plan.Pricing.Billed != BaseBilling.Arrears, $"{path}.pricing.billed", "is for subscription plans only"),
        .. When(plan.Pricing.OneTime != Usd.Zero, $"{path}.pricing.oneTime", "is for subscription plans only"),
        .. When(plan.Pricing.Minimum != Usd.Zero, $"{path}.pricing.minimum", "is for subscription plans only"),
        .. When(!plan.Pricing.Discounts.IsEmpty, $"{path}.pricing.discounts", "is for subscription plans only"),
        .. Amount(plan.Balance.LowAt, $"{path}.balance.lowAt"),
        .. When(plan.Balance.AtZero is AtZero.Grace { Time.Ticks: <= 0 }, $"{path}.balance.graceHours", "must be more than zero"),
        .. plan.Balance.AtZero is AtZero.Overdraft overdraft ? Amount(overdraft.Max, $"{path}.balance.overdraftMax") : [],
        .. When(plan.Display.InitialCharge.IsSome, $"{path}.initialCharge", "is for subscription plans only"),
        .. When(plan.Display.PreauthorizationAmount.IsSome, $"{path}.preauthorizationAmount", "is for subscription plans only"),
        .. Amount(plan.Display.MinimumAmount, $"{path}.minimumAmount"),
        .. Amount(plan.Display.MaximumAmount, $"{path}.maximumAmount"),
        .. Amount(plan.Display.MaximumAutoPurchasePerPeriod, $"{path}.maximumAmountAutoPurchasePerPeriod"),
        .. BelowMinimum(plan.Display.MaximumAmount, plan.Display, $"{path}.maximumAmount"),
        .. BelowMinimum(plan.Display.MaximumAutoPurchasePerPeriod, plan.Display, $"{path}.maximumAmountAutoPurchasePerPeriod"),
    ];

    private static IEnumerable<CatalogueError> BelowMinimum(Option<Usd> upper, PlanDisplay display, string path) =>
        When(upper.Exists(most => display.MinimumAmount.Exists(least => most.Amount < least.Amount)),
             path, "must not be less than minimumAmount");

    /// <summary>An amount that a customer is shown or charged at once, and so in cents; zero would say nothing.</summary>
    internal static IEnumerable<CatalogueError> Amount(Option<Usd> amount, string path) =>
    [
        .. When(amount.Exists(usd => usd.Amount <= 0), path, "must be more than zero"),
        .. When(amount.Exists(usd => usd.ToCents() != usd), path, "must be in whole cents"),
    ];

    internal static IEnumerable<CatalogueError> Negative(Usd amount, string path) =>
        When(amount.Amount < 0, path, "must not be negative");
}
