using LanguageExt;
using Marketplace.Core.Money;
using Marketplace.Core.Resources;
using Marketplace.Shell.Persistence;

namespace Marketplace.Shell.VercelApi;

/// <summary>Balances as totals, never as changes. Source: contract §B.4, §D.9.</summary>
internal sealed record BalancesWire(DateTime Timestamp, BalanceWire[] Balances)
{
    public static BalancesWire Of(DateTimeOffset now, Seq<(Option<ResourceId> Resource, Usd Balance)> balances) =>
        new(now.UtcDateTime, [.. balances.Map(balance => BalanceWire.Of(balance.Resource, balance.Balance))]);
}

/// <summary>
/// One balance. Ours are in dollars, so that <c>credit</c> and <c>nameLabel</c>, which are for units of the provider's own such as
/// tokens, have nothing to say.
/// </summary>
/// <param name="ResourceId">Absent for the balance of the installation as a whole.</param>
internal sealed record BalanceWire(decimal CurrencyValueInCents, string? ResourceId)
{
    public static BalanceWire Of(Option<ResourceId> resource, Usd balance) =>
        new(WholeCents(balance), resource.Map(id => id.Value).OrNull());

    /// <summary>What is left of a broken cent is not shown: nobody is told of more than there is.</summary>
    private static decimal WholeCents(Usd amount) => decimal.Floor(amount.Amount * 100);
}
