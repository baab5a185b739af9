using System.Collections.Immutable;
using System.Globalization;
using Marketplace.Simulator.Balances;

namespace Marketplace.Simulator.Conformance.Cases;

/// <summary>Buys credit, and reads what the provider made of it.</summary>
internal static class Purchases
{
    private const decimal Usual = 10m;

    /// <summary>What the plan sells at once, in dollars.</summary>
    public static decimal Amount(OfferedPlan plan) =>
        Math.Min(Math.Max(Usual, Limit(plan, "minimumAmount") ?? 0), Limit(plan, "maximumAmount") ?? decimal.MaxValue);

    /// <summary>Buys, and answers with the whole balance after it, in cents.</summary>
    public static async Task<decimal> Credit(Trial trial, Tenant tenant, string? resourceId, decimal amount)
    {
        var (invoice, exchange) = await trial.Customer.Purchase(tenant.InstallationId, resourceId, amount, trial.Cancel);
        trial.ExpectSuccess(exchange ?? throw trial.NotObserved($"The invoice {invoice.Id} of the purchase was not paid."));
        var stated = Wire.Read<ImmutableList<Balance>>(exchange.Json!.Value.GetProperty("balances"));
        return stated.Find(balance => balance.ResourceId == resourceId)?.CurrencyValueInCents
            ?? throw trial.Breach("the answer states the new balance", Trial.Told(exchange));
    }

    private static decimal? Limit(OfferedPlan plan, string name) =>
        plan.Terms.OptionalText(name) is { } text ? decimal.Parse(text, CultureInfo.InvariantCulture) : null;
}
