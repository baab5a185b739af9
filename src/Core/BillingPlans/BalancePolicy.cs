using LanguageExt;
using Marketplace.Core.Money;

namespace Marketplace.Core.BillingPlans;

/// <summary>What a prepayment plan does as its balance runs low.</summary>
/// <param name="LowAt">The customer is told when the balance falls below it; nobody is told when absent.</param>
public sealed record BalancePolicy(Option<Usd> LowAt, AtZero AtZero)
{
    public static readonly BalancePolicy Default = new(Option<Usd>.None, new AtZero.Stop());
}

/// <summary>What happens when nothing is left.</summary>
public abstract record AtZero
{
    private AtZero() { }

    /// <summary>The resource is suspended at once.</summary>
    public sealed record Stop : AtZero;

    /// <summary>The resource goes on for a time, and is suspended when that is over.</summary>
    /// <param name="Time">Above zero.</param>
    public sealed record Grace(TimeSpan Time) : AtZero;

    /// <summary>The resource goes on into debt, and is suspended when that reaches its limit.</summary>
    /// <param name="Max">Above zero.</param>
    public sealed record Overdraft(Usd Max) : AtZero;
}
