using LanguageExt;
using Marketplace.Core.Money;
using Marketplace.Core.Resources;

namespace Marketplace.Core.Balances;

/// <summary>
/// The prepaid money of one installation as an append-only list of entries. As in any ledger, what is written on earlier pages is
/// carried forward as a sum for each balance.
/// </summary>
/// <param name="Carried">The sums of entries that are not in <paramref name="Entries"/>; none of the cause that is decided on.</param>
public sealed record BalanceLedger(HashMap<Option<ResourceId>, Usd> Carried, Seq<BalanceEntry> Entries)
{
    public static readonly BalanceLedger Empty = new(HashMap<Option<ResourceId>, Usd>.Empty, Seq<BalanceEntry>.Empty);

    /// <summary>Of a resource or, with none, of the installation as a whole; zero where nothing was ever entered.</summary>
    public Usd Balance(Option<ResourceId> resource) =>
        Carried.Find(resource).IfNone(Usd.Zero) + Usd.Sum(Entries.Filter(entry => entry.Resource == resource).Map(entry => entry.Amount));

    public bool Has(BalanceCause cause) => Entries.Exists(entry => entry.Cause == cause);

    /// <summary>The balances that a cause has moved, in the order in which it did, as they are now.</summary>
    public Seq<(Option<ResourceId> Resource, Usd Balance)> MovedBy(BalanceCause cause) =>
        Entries.Filter(entry => entry.Cause == cause)
            .Map(entry => entry.Resource)
            .Distinct()
            .Map(resource => (resource, Balance(resource)))
            .ToSeq().Strict();

    internal BalanceLedger Add(Seq<BalanceEntry> entries) => this with { Entries = (Entries + entries).Strict() };
}
