using LanguageExt;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Money;
using Marketplace.Shell.Persistence;
using Marketplace.Shell.VercelApi;
using Marketplace.Shell.Resources;
using static LanguageExt.Prelude;

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
    QuoteLineWire[]? Quote,
    DateTime? EffectiveDate,
    bool? Disabled)
{
    public static BillingPlanWire Of(PlanOffer offer)
    {
        var plan = offer.Plan;
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
            Amount(plan.Display.InitialCharge || Some(offer.Quote.Initial).Filter(charge => charge > Usd.Zero)),
            Amount(plan.Display.MinimumAmount),
            Amount(plan.Display.MaximumAmount),
            Amount(plan.Display.MaximumAutoPurchasePerPeriod),
            CostOf(offer),
            DetailsOf([.. plan.Display.Details, .. Choices(offer), .. PriceDetails.Of(offer)]),
            DetailsOf([.. Reason(offer), .. plan.Display.HighlightedDetails]),
            plan.Pricing.Choices.IsEmpty ? null : QuoteLineWire.Of(offer.Quote),
            offer.EffectiveAt.MatchUnsafe<DateTime?>(moment => moment.UtcDateTime, () => null),
            plan.Display.Disabled || offer.Hindrance.IsSome ? true : null);
    }

    /// <summary>What the catalogue says where it says something; else what a whole period is billed at, if that is anything.</summary>
    private static string? CostOf(PlanOffer offer) =>
        offer.Plan.Display.Cost.Case is SomeCase<string>(var said) ? said
        : offer.Quote.Total > Usd.Zero || !offer.Plan.Pricing.Choices.IsEmpty ? $"{DisplayedAmount.Of(offer.Quote.Total)}/month"
        : null;

    /// <summary>The contract has no field for why a plan is disabled, so that it stands where the customer looks first.</summary>
    private static Seq<PlanDetail> Reason(PlanOffer offer) =>
        offer.Hindrance.Map(hindrance => new PlanDetail("Not available", PlanProblem.Reason(hindrance))).ToSeq();

    private static Seq<PlanDetail> Choices(PlanOffer offer) =>
        offer.Quote.Lines.Bind(line => line.Choice
            .Map(choice => new PlanDetail(line.Label, $"{choice}: {DisplayedAmount.Of(line.Amount)}/month")).ToSeq());

    private static string? Amount(Option<Usd> amount) =>
        amount.Map(DecimalString.Amount).OrNull();

    private static PlanDetailWire[]? DetailsOf(PlanDetail[] details) =>
        details.Length == 0 ? null : [.. details.Select(detail => new PlanDetailWire(detail.Label, detail.Value.OrNull()))];
}

internal sealed record PlanDetailWire(string Label, string? Value);

/// <summary>One part of the price. Deprecated in favour of <c>cost</c> and <c>details</c>, and still shown where it is known.</summary>
internal sealed record QuoteLineWire(string Line, string Amount)
{
    /// <summary>What is deducted has a sign.</summary>
    public static QuoteLineWire[] Of(PlanQuote quote) =>
    [
        .. quote.Lines.Select(line => new QuoteLineWire(
            line.Choice.Match(choice => $"{line.Label}: {choice}", () => line.Label), DisplayedAmount.Of(line.Amount))),
        .. quote.Discounts.Select(discount => new QuoteLineWire(discount.Label, $"-{DisplayedAmount.Of(discount.Amount)}")),
    ];
}

/// <summary>Dollars for a person to read, such as <c>$20.00</c>; programs read other fields.</summary>
internal static class DisplayedAmount
{
    public static string Of(Usd amount) => FormattableString.Invariant($"${amount.Amount:0.00}");
}

/// <summary>The answer of every list of plans. Source: contract §B.3.</summary>
internal sealed record BillingPlansWire(BillingPlanWire[] Plans)
{
    public static BillingPlansWire Of(IEnumerable<PlanOffer> offers) => new([.. offers.Select(BillingPlanWire.Of)]);
}
