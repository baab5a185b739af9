using LanguageExt;
using Marketplace.Core.Invoices;
using Marketplace.Core.Money;
using Marketplace.Core.Resources;

namespace Marketplace.Core.Balances;

/// <summary>What happened to a balance.</summary>
/// <param name="Resource">None for the balance of the installation as a whole.</param>
public abstract record BalanceEvent(Option<ResourceId> Resource, DateTimeOffset At)
{
    /// <param name="Amount">Above zero.</param>
    public sealed record Credited(Option<ResourceId> Resource, VercelInvoiceId Invoice, Usd Amount, DateTimeOffset At)
        : BalanceEvent(Resource, At);
}
