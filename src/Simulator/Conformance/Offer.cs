using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using Marketplace.Simulator.IntegrationConsole;

namespace Marketplace.Simulator.Conformance;

/// <summary>What a provider turned out to have, before any case is played.</summary>
/// <param name="Missing">The operations that it leaves out.</param>
/// <param name="Has">What is there of what cases need.</param>
internal sealed record Offer(ImmutableList<OfferedProduct> Products, ImmutableHashSet<PartnerOperation> Missing, Need Has)
{
    /// <summary>What most cases buy.</summary>
    public OfferedProduct Product => Products[0];

    public bool Lacks(PartnerOperation operation) => Missing.Contains(operation);

    public OfferedProduct? WithPlan(Func<OfferedPlan, bool> fits) => Products.Find(product => product.Plans.Exists(plan => fits(plan)));
}

/// <summary>A product with the plans that the provider offers for it.</summary>
/// <param name="Console">The product as the Integration Console knows it.</param>
internal sealed record OfferedProduct(ConsoleProduct Console, ImmutableList<OfferedPlan> Plans)
{
    public string Id => Console.Id;

    /// <summary>What a customer could fill into its form; each call gives a copy of its own.</summary>
    public JsonObject Metadata => Console.Example();

    /// <summary>The cheapest to choose: a subscription that needs no payment method, where there is one.</summary>
    public OfferedPlan Plan => Plans
        .OrderBy(plan => plan.IsForInstallation)
        .ThenBy(plan => plan.IsPrepayment)
        .ThenBy(plan => plan.NeedsPaymentMethod)
        .First();

    /// <summary>Another one to change to, of the same kind.</summary>
    public OfferedPlan? Other(OfferedPlan than) => Plans
        .Where(plan => plan.Id != than.Id && plan.IsPrepayment == than.IsPrepayment && plan.IsForInstallation == than.IsForInstallation)
        .OrderBy(plan => plan.Id, StringComparer.Ordinal)
        .FirstOrDefault();
}

/// <summary>A plan that can be chosen. Source: contract §C.1.</summary>
internal sealed record OfferedPlan(string Id, bool IsPrepayment, bool IsForInstallation, bool NeedsPaymentMethod, JsonElement Terms)
{
    public static ImmutableList<OfferedPlan> Of(JsonElement answer) =>
    [
        .. PlansOf(answer)
            .Where(plan => plan.ValueKind == JsonValueKind.Object && plan.OptionalText("id") is not null && plan.OptionalFlag("disabled") != true)
            .Select(plan => new OfferedPlan(
                plan.GetProperty("id").GetString()!,
                plan.OptionalText("type") == "prepayment",
                plan.OptionalText("scope") == "installation",
                plan.OptionalFlag("paymentMethodRequired") ?? true,
                plan.Clone())),
    ];

    private static IEnumerable<JsonElement> PlansOf(JsonElement answer) =>
        answer.ValueKind == JsonValueKind.Object && answer.TryGetProperty("plans", out var plans) && plans.ValueKind == JsonValueKind.Array
            ? plans.EnumerateArray()
            : [];
}
