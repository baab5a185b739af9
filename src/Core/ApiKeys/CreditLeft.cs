using Marketplace.Core.BillingPlans;
using Marketplace.Core.Money;

namespace Marketplace.Core.ApiKeys;

/// <summary>What is left of what was paid ahead, and what that means by the plan.</summary>
/// <param name="Amount">Below zero it is a debt.</param>
public sealed record CreditLeft(Usd Amount, CreditLevel Level)
{
    public static CreditLeft Of(Usd amount, BalancePolicy policy) => new(
        amount,
        amount <= Usd.Zero ? CreditLevel.Empty
        : policy.LowAt.Exists(low => amount < low) ? CreditLevel.Low
        : CreditLevel.Fine);
}

public enum CreditLevel
{
    Fine,

    /// <summary>Something, but less than the plan calls low.</summary>
    Low,

    /// <summary>Nothing. A plan may go on for a time all the same, or into debt: whether it does, the resource says.</summary>
    Empty,
}
