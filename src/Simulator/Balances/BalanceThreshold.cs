namespace Marketplace.Simulator.Balances;

/// <summary>Below what a balance is filled up automatically, and how far. Source: contract §E.12.</summary>
/// <param name="ResourceId">Absent for the balance of the installation.</param>
/// <param name="MaximumAmountPerPeriodInCents">Of the automatic purchases of a month.</param>
internal sealed record BalanceThreshold(
    string? ResourceId, string BillingPlanId, decimal MinimumAmountInCents, decimal PurchaseAmountInCents,
    decimal? MaximumAmountPerPeriodInCents)
{
    /// <summary>The statement that was acted on last: the next purchase waits for a newer one.</summary>
    public DateTimeOffset? ActedOn { get; init; }

    /// <summary>Bought and paid, and the provider has not said that it heard of it.</summary>
    public string? UnheardInvoice { get; init; }
}
