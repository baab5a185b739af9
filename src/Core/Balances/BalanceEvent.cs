using LanguageExt;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Invoices;
using Marketplace.Core.Money;
using Marketplace.Core.Resources;
using Marketplace.Core.Time;

namespace Marketplace.Core.Balances;

/// <summary>What happened to a balance.</summary>
/// <param name="Resource">None for the balance of the installation as a whole.</param>
public abstract record BalanceEvent(Option<ResourceId> Resource, DateTimeOffset At)
{
    /// <param name="Amount">Above zero.</param>
    public sealed record Credited(Option<ResourceId> Resource, VercelInvoiceId Invoice, Usd Amount, DateTimeOffset At)
        : BalanceEvent(Resource, At);

    /// <param name="Amount">Not zero; below it, where credit was taken.</param>
    public sealed record Adjusted(Option<ResourceId> Resource, AdjustmentId Adjustment, Usd Amount, string Reason, DateTimeOffset At)
        : BalanceEvent(Resource, At);

    /// <summary>What a prepayment plan has cost more by an hour was taken from the balance.</summary>
    /// <param name="Period">Whose usage it is: of an earlier one where the usage came late.</param>
    /// <param name="Amount">Not zero; below it, where the use comes to less than before, and the difference was given back.</param>
    public sealed record Burnt(
        Option<ResourceId> Resource, PlanId Plan, BillingPeriod Period, HourSlot Hour, Usd Amount, DateTimeOffset At)
        : BalanceEvent(Resource, At);
}
