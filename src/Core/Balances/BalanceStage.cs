using System.Diagnostics;
using LanguageExt;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Money;

namespace Marketplace.Core.Balances;

/// <summary>How far a balance is from its end. It follows from the balance, the policy of its plan and the clock, and from nothing else.</summary>
public abstract record BalanceStage
{
    private BalanceStage() { }

    public sealed record Fine : BalanceStage;

    /// <summary>Something is left, but less than the plan calls low.</summary>
    public sealed record Low(Usd Below) : BalanceStage;

    /// <summary>Nothing is left, and the plan goes on into debt.</summary>
    /// <param name="DebtMax">At which it stops.</param>
    public sealed record Empty(Usd DebtMax) : BalanceStage;

    /// <summary>Nothing is left, and the plan goes on for a time.</summary>
    /// <param name="Until">From this moment on it is stopped.</param>
    public sealed record Grace(DateTimeOffset Until) : BalanceStage;

    /// <summary>What draws on the balance is out of service until something is bought.</summary>
    public sealed record Stopped : BalanceStage;

    /// <param name="prepaidSince">Since when somebody draws on the balance: where nothing was ever entered, it is empty since then.</param>
    public static BalanceStage Of(BalanceStanding standing, BalancePolicy policy, DateTimeOffset prepaidSince, DateTimeOffset now)
    {
        if (standing.Amount > Usd.Zero)
            return policy.LowAt.Filter(low => standing.Amount < low).Match<BalanceStage>(low => new Low(low), () => new Fine());

        var emptySince = standing.EmptySince.IfNone(prepaidSince);
        return policy.AtZero switch
        {
            AtZero.Stop => new Stopped(),
            AtZero.Grace grace when now < emptySince + grace.Time => new Grace(emptySince + grace.Time),
            AtZero.Grace => new Stopped(),
            AtZero.Overdraft overdraft when standing.Amount > Usd.Zero - overdraft.Max => new Empty(overdraft.Max),
            AtZero.Overdraft => new Stopped(),
            _ => throw new UnreachableException(policy.AtZero.GetType().Name),
        };
    }

    /// <summary>When it becomes another by itself, without any entry.</summary>
    public Option<DateTimeOffset> EndsAt => this is Grace grace ? grace.Until : Option<DateTimeOffset>.None;
}
