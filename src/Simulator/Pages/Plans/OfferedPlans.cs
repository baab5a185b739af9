using System.Globalization;
using System.Text.Json;
using Marketplace.Simulator.Dashboard;
using Marketplace.Simulator.Pages.Site;

namespace Marketplace.Simulator.Pages.Plans;

/// <summary>Reads plans as a provider answers them. What breaks the contract is shown as far as it goes: the findings are beside it.</summary>
internal static class OfferedPlans
{
    public static PlansView Of(Exchange exchange, string? currentPlanId = null)
    {
        var plans = Plans(exchange).Select(plan => Of(plan, currentPlanId)).ToList();
        return new(plans, plans.Count > 0 ? null : WhyNone(exchange), ExchangeViews.Of(exchange));
    }

    public static PlanView Of(JsonElement plan, string? currentPlanId = null)
    {
        var id = plan.OptionalText("id") ?? "";
        return new(
            id, plan.OptionalText("name") ?? id, plan.OptionalText("description") ?? "", plan.OptionalText("cost"),
            IsPrepaid(plan), plan.OptionalText("scope") == "installation", plan.OptionalFlag("disabled") ?? false, id == currentPlanId,
            Lines(plan, "highlightedDetails"), Lines(plan, "details"), [.. Terms(plan)],
            plan.TryGetProperty("effectiveDate", out var date) && date.ValueKind == JsonValueKind.String && date.TryGetDateTimeOffset(out var at) ? at : null);
    }

    public static bool IsPrepaid(JsonElement plan) => plan.OptionalText("type") == "prepayment";

    private static IEnumerable<JsonElement> Plans(Exchange exchange) =>
        exchange is { IsSuccess: true, Json: { ValueKind: JsonValueKind.Object } answer }
        && answer.Optional("plans") is { ValueKind: JsonValueKind.Array } plans
            ? plans.EnumerateArray().Where(plan => plan.ValueKind == JsonValueKind.Object)
            : [];

    private static string WhyNone(Exchange exchange) => ProviderProblem.Of(exchange) is { } problem
        ? $"The provider shows no plans: {problem.Message}"
        : exchange switch
        {
            { IsSuccess: true } => "The provider offers no plan for these values.",
            { Status: { } status } => $"The provider answered {status} when it was asked for its plans.",
            _ => $"The provider did not answer when it was asked for its plans: {exchange.Failure}.",
        };

    private static List<PlanLine> Lines(JsonElement plan, string name) =>
        plan.Optional(name) is { ValueKind: JsonValueKind.Array } lines
            ? [.. lines.EnumerateArray().Where(line => line.ValueKind == JsonValueKind.Object).Select(line => new PlanLine(line.OptionalText("label") ?? "", line.OptionalText("value")))]
            : [];

    /// <summary>Source: contract §C.1; a payment method is asked for unless a subscription says that it needs none.</summary>
    private static IEnumerable<string> Terms(JsonElement plan)
    {
        if (IsPrepaid(plan))
        {
            yield return (Amount(plan, "minimumAmount"), Amount(plan, "maximumAmount")) switch
            {
                ({ } least, { } most) => $"Purchases of {least} to {most}",
                ({ } least, null) => $"Purchases from {least}",
                (null, { } most) => $"Purchases of $0.50 to {most}",
                _ => "Purchases from $0.50",
            };
            if (Amount(plan, "maximumAmountAutoPurchasePerPeriod") is { } cap)
            {
                yield return $"At most {cap} of automatic purchases a month";
            }

            yield break;
        }

        if (plan.OptionalFlag("paymentMethodRequired") == false)
        {
            yield return "No payment method needed";
            yield break;
        }

        yield return "Needs a payment method";
        if (Amount(plan, "initialCharge") is { } charge)
        {
            yield return $"{charge} is charged at sign-up";
        }

        if (plan.Optional("preauthorizationAmount") is { ValueKind: JsonValueKind.Number } probe && probe.TryGetDecimal(out var amount))
        {
            yield return $"The card is probed with {Words.Dollars(amount)}";
        }
    }

    private static string? Amount(JsonElement plan, string name) =>
        decimal.TryParse(plan.OptionalText(name), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var amount)
            ? Words.Dollars(amount)
            : null;
}
