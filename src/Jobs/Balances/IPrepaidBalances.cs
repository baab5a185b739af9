using LanguageExt;
using Marketplace.Core.Installations;
using Marketplace.Core.Money;
using Marketplace.Core.Resources;
using Marketplace.Core.Time;
using Marketplace.Jobs.Billing;

namespace Marketplace.Jobs.Balances;

/// <summary>The store of prepaid money.</summary>
public interface IPrepaidBalances
{
    /// <summary>
    /// Takes what the installation's prepayment plans cost from its balances, where an hour is due, and acts on what is left: warns,
    /// suspends, resumes. All in one transaction; repeating it changes nothing.
    /// </summary>
    Task<BalanceStatement> Settle(ClaimedWork work, DateTimeOffset now, CancellationToken cancel);

    /// <summary>Writes down what became of the statement of an hour. What Vercel has taken stays so.</summary>
    /// <param name="refusal">Vercel's reason; null where it took the statement.</param>
    Task Told(BalanceStatement statement, string? refusal, CancellationToken cancel);
}

/// <summary>What the balances of an installation come to at a moment, for Vercel to hear. Source: contract §D.9.</summary>
/// <param name="Hour">The newest that is over.</param>
/// <param name="At">Vercel keeps the newest.</param>
/// <param name="Balances">On which a plan draws; where there are none, there is nothing to tell.</param>
/// <param name="ChangesAt">When one of them comes to another stage by itself.</param>
public sealed record BalanceStatement(
    InstallationId Installation,
    HourSlot Hour,
    DateTimeOffset At,
    Seq<(Option<ResourceId> Resource, Usd Balance)> Balances,
    Option<DateTimeOffset> ChangesAt);
