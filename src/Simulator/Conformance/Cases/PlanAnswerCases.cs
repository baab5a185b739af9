using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Marketplace.Simulator.Dashboard;

namespace Marketplace.Simulator.Conformance.Cases;

/// <summary>Every plan that is offered, field by field. Source: contract §B.3, §C.1.</summary>
internal static class PlanAnswerCases
{
    private static readonly Source Plans = Source.Partner("List Billing Plans For Product");

    /// <summary>Of every plan of every product: what it tells, and whether that can be.</summary>
    private static readonly ImmutableArray<(string Name, string Rule, Level Level, Func<JsonElement, bool> Holds)> Rules =
    [
        ("type", "A plan is a subscription or a prepayment.", Level.Required, plan => plan.OptionalText("type") is "subscription" or "prepayment"),
        ("scope", "A plan is for a resource, or for the whole installation.", Level.Required,
            plan => Lacks(plan, "scope") || plan.OptionalText("scope") is "resource" or "installation"),
        ("name-and-description", "A plan has a name and a description that can be read.", Level.Required,
            plan => !string.IsNullOrWhiteSpace(plan.OptionalText("name")) && !string.IsNullOrWhiteSpace(plan.OptionalText("description"))),
        ("payment-method", "Whether a plan needs a payment method is said by true or false.", Level.Required,
            plan => Lacks(plan, "paymentMethodRequired") || plan.OptionalFlag("paymentMethodRequired") is not null),
        ("preauthorization", "What is tried on a card is a number of dollars, and not less than nothing.", Level.Required,
            plan => Lacks(plan, "preauthorizationAmount") || (plan.GetProperty("preauthorizationAmount") is { ValueKind: JsonValueKind.Number } amount && amount.GetDecimal() >= 0)),
        ("preauthorization-of-subscriptions", "A card is tried for a subscription that needs a payment method, and for nothing else.", Level.Recommended,
            plan => Lacks(plan, "preauthorizationAmount") || NeedsCard(plan)),
        ("initial-charge", "What is charged at the beginning is a decimal string.", Level.Required, plan => IsAmount(plan, "initialCharge")),
        ("initial-charge-of-subscriptions", "Something is charged at the beginning of a subscription that needs a payment method, and of nothing else.",
            Level.Recommended, plan => Lacks(plan, "initialCharge") || NeedsCard(plan)),
        ("minimum", "The least purchase is a decimal string.", Level.Required, plan => IsAmount(plan, "minimumAmount")),
        ("maximum", "The greatest purchase is a decimal string.", Level.Required, plan => IsAmount(plan, "maximumAmount")),
        ("maximum-per-period", "What is bought automatically in a month at most is a decimal string.", Level.Required,
            plan => IsAmount(plan, "maximumAmountAutoPurchasePerPeriod")),
        ("limits-in-order", "The least purchase is not more than the greatest.", Level.Required,
            plan => Amount(plan, "minimumAmount") is not { } least || Amount(plan, "maximumAmount") is not { } most || least <= most),
        ("limits-of-prepayments", "Limits of purchases are those of a prepayment plan.", Level.Recommended,
            plan => plan.OptionalText("type") == "prepayment" || (Lacks(plan, "minimumAmount") && Lacks(plan, "maximumAmount") && Lacks(plan, "maximumAmountAutoPurchasePerPeriod"))),
        ("free-of-prepayments", "No prepayment is told to need no payment method: it is paid before it is used.", Level.Recommended,
            plan => plan.OptionalText("type") != "prepayment" || plan.OptionalFlag("paymentMethodRequired") != false),
        ("cost", "What a plan costs is told as text.", Level.Required, plan => Lacks(plan, "cost") || plan.OptionalText("cost") is not null),
        ("details", "The details of a plan have a label each.", Level.Required, plan => AreLabelled(plan, "details")),
        ("highlighted-details", "The highlighted details of a plan have a label each.", Level.Required, plan => AreLabelled(plan, "highlightedDetails")),
        ("effective-date", "When a plan takes effect is a date and time with its offset.", Level.Required,
            plan => Lacks(plan, "effectiveDate") || (plan.OptionalText("effectiveDate") is { } text && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, out _) && (text.EndsWith('Z') || text[^6] is '+' or '-'))),
        ("no-withdrawn-fields", "A plan has none of the fields that were withdrawn in 2024: maxResources, quote and requiredPolicies.", Level.Informational,
            plan => Lacks(plan, "maxResources") && Lacks(plan, "quote") && Lacks(plan, "requiredPolicies")),
    ];

    public static readonly ImmutableArray<ConformanceCase> All =
    [
        .. Rules.Select(rule => new ConformanceCase($"answers/plans/{rule.Name}", rule.Rule, Plans, rule.Level, trial => OfEveryPlan(trial, rule.Rule, rule.Holds))),
        new("answers/plans/ids", "Every plan of a product has an id of its own.", Plans, Level.Required, HasIdsOfTheirOwn),
        new("answers/plans/one-to-choose", "Every product has a plan that can be chosen.", Plans, Level.Required, HasOneToChoose),
        new("answers/plans/with-metadata", "Plans are told for what the customer has filled in so far.", Plans, Level.Required, TakesMetadata),
        new("answers/plans/without-metadata", "Plans are told when nothing is filled in yet.", Plans, Level.Required, TakesNoMetadata),
        new("answers/plans/same-before-installation", "The plans of a product before any installation are those that a first one finds.", Plans,
            Level.Informational, AreTheSameBeforeInstallation),
        new("answers/list-resource-plans/current-plan", "The plan that a resource has is among those that it could have.",
            Source.Partner("List Billing Plans For Resource"), Level.Recommended, HasTheCurrentPlan) { Of = PartnerOperation.ListResourcePlans },
        new("answers/list-resource-plans/with-metadata", "The plans of a resource are told for other metadata as well.",
            Source.Partner("List Billing Plans For Resource"), Level.Required, TakesMetadataOfResource) { Of = PartnerOperation.ListResourcePlans },
    ];

    private static async Task OfEveryPlan(Trial trial, string rule, Func<JsonElement, bool> holds)
    {
        foreach (var product in trial.Offer.Products)
        {
            foreach (var plan in await Offered(trial, product))
            {
                trial.Expect(holds(plan), rule, $"the plan {plan.OptionalText("id")} of {product.Id} is otherwise");
            }
        }
    }

    private static async Task HasIdsOfTheirOwn(Trial trial)
    {
        foreach (var product in trial.Offer.Products)
        {
            var twice = (await Offered(trial, product)).GroupBy(plan => plan.OptionalText("id"), StringComparer.Ordinal).Where(group => group.Skip(1).Any());
            trial.Expect(!twice.Any(), "each id once", $"twice: {string.Join(", ", twice.Select(group => group.Key))}");
        }
    }

    private static async Task HasOneToChoose(Trial trial)
    {
        foreach (var product in trial.Offer.Products)
        {
            trial.Expect(
                (await Offered(trial, product)).Any(plan => plan.OptionalFlag("disabled") != true), "a plan that is not disabled", $"none of {product.Id}");
        }
    }

    private static async Task TakesMetadata(Trial trial)
    {
        var tenant = await trial.SharedTenant();
        foreach (var product in trial.Offer.Products)
        {
            trial.ExpectSuccess(await trial.Customer.ProductPlans(product.Id, product.Metadata, trial.Cancel, tenant.InstallationId));
        }
    }

    private static async Task TakesNoMetadata(Trial trial)
    {
        var tenant = await trial.SharedTenant();
        foreach (var product in trial.Offer.Products)
        {
            trial.ExpectSuccess(await trial.Customer.ProductPlans(product.Id, metadata: null, trial.Cancel, tenant.InstallationId));
            trial.ExpectSuccess(await trial.Customer.ProductPlans(product.Id, [], trial.Cancel, tenant.InstallationId));
        }
    }

    private static async Task AreTheSameBeforeInstallation(Trial trial)
    {
        var installationId = await trial.NewInstallation();
        foreach (var product in trial.Offer.Products)
        {
            var before = await trial.Customer.ProductPlans(product.Id, product.Metadata, trial.Cancel);
            var after = await trial.Customer.ProductPlans(product.Id, product.Metadata, trial.Cancel, installationId);
            trial.ExpectSuccess(before);
            trial.ExpectSuccess(after);
            trial.Expect(Ids(before).SetEquals(Ids(after)), string.Join(", ", Ids(before)), string.Join(", ", Ids(after)));
        }
    }

    private static async Task HasTheCurrentPlan(Trial trial)
    {
        var tenant = await trial.SharedTenant();
        var listed = await SuccessfulCalls.ListResourcePlans(trial, CallOptions.Default);
        trial.ExpectSuccess(listed);
        trial.Expect(Ids(listed).Contains(tenant.PlanId), $"{tenant.PlanId} among the plans", string.Join(", ", Ids(listed)));
    }

    private static async Task TakesMetadataOfResource(Trial trial)
    {
        var tenant = await trial.SharedTenant();
        trial.ExpectSuccess(await trial.Customer.ResourcePlans(
            tenant.InstallationId, tenant.ResourceId, trial.Offer.Product.Metadata, trial.Cancel));
    }

    private static async Task<IReadOnlyList<JsonElement>> Offered(Trial trial, OfferedProduct product)
    {
        var tenant = await trial.SharedTenant();
        var listed = await trial.Customer.ProductPlans(product.Id, product.Metadata, trial.Cancel, tenant.InstallationId);
        trial.ExpectAnswer(listed);
        return listed.Json is { ValueKind: JsonValueKind.Object } json && json.TryGetProperty("plans", out var plans)
            ? [.. plans.EnumerateArray()]
            : throw trial.Breach("a list of plans", Trial.Told(listed));
    }

    private static ImmutableSortedSet<string> Ids(Exchange listed) => listed.Json!.Value.GetProperty("plans").EnumerateArray()
        .Select(plan => plan.GetProperty("id").GetString()!)
        .ToImmutableSortedSet(StringComparer.Ordinal);

    private static bool Lacks(JsonElement plan, string name) => !plan.TryGetProperty(name, out _);

    private static bool NeedsCard(JsonElement plan) => plan.OptionalText("type") == "subscription" && plan.OptionalFlag("paymentMethodRequired") != false;

    private static bool IsAmount(JsonElement plan, string name) => Lacks(plan, name) || Amount(plan, name) is not null;

    /// <summary>Digits, and perhaps a point with digits behind it.</summary>
    private static decimal? Amount(JsonElement plan, string name) =>
        plan.OptionalText(name) is { } text && char.IsAsciiDigit(text[0]) && char.IsAsciiDigit(text[^1])
        && decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var amount)
            ? amount
            : null;

    private static bool AreLabelled(JsonElement plan, string name) => Lacks(plan, name)
        || (plan.GetProperty(name) is { ValueKind: JsonValueKind.Array } details
            && details.EnumerateArray().All(detail => detail.ValueKind == JsonValueKind.Object && !string.IsNullOrEmpty(detail.OptionalText("label"))));
}
