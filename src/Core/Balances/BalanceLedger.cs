using LanguageExt;
using Marketplace.Core.Money;
using Marketplace.Core.Resources;

namespace Marketplace.Core.Balances;

/// <summary>
/// The prepaid money of one installation as an append-only list of entries. As in any ledger, what is written on earlier pages is
/// carried forward: for each balance how it stands, and for each use what is burnt of it.
/// </summary>
/// <param name="Carried">Of entries that are not in <paramref name="Entries"/>; none of the cause that is decided on.</param>
/// <param name="CarriedBurns">Likewise, for the uses that are decided on.</param>
public sealed record BalanceLedger(
    HashMap<Option<ResourceId>, BalanceStanding> Carried, HashMap<PrepaidUse, Burnt> CarriedBurns, Seq<BalanceEntry> Entries)
{
    public static readonly BalanceLedger Empty = new(
        HashMap<Option<ResourceId>, BalanceStanding>.Empty, HashMap<PrepaidUse, Burnt>.Empty, Seq<BalanceEntry>.Empty);

    /// <summary>Of a resource or, with none, of the installation as a whole; zero where nothing was ever entered.</summary>
    public Usd Balance(Option<ResourceId> resource) => Standing(resource).Amount;

    /// <summary>After the last entry; see <see cref="Balance"/>.</summary>
    public BalanceStanding Standing(Option<ResourceId> resource) =>
        Entries.Filter(entry => entry.Resource == resource)
            .Fold(Carried.Find(resource).IfNone(BalanceStanding.Untouched), (standing, entry) => standing.After(entry));

    /// <summary>What is burnt of a use; none where nothing was.</summary>
    public Option<Burnt> LastBurn(PrepaidUse use) =>
        Entries.Bind(entry => entry.Burnt.Filter(burnt => burnt.Use == use).ToSeq()).LastOrNone() | CarriedBurns.Find(use);

    public bool Has(BalanceCause cause) => Entries.Exists(entry => entry.Cause == cause);

    /// <summary>The balances that a cause has moved, in the order in which it did, as they are now.</summary>
    public Seq<(Option<ResourceId> Resource, Usd Balance)> MovedBy(BalanceCause cause) =>
        Entries.Filter(entry => entry.Cause == cause)
            .Map(entry => entry.Resource)
            .Distinct()
            .Map(resource => (resource, Balance(resource)))
            .ToSeq().Strict();

    /// <summary>The entries that came after those of an earlier state of the same ledger, each with how its balance stands after it.</summary>
    public Seq<(BalanceEntry Entry, BalanceStanding After)> Since(BalanceLedger earlier)
    {
        var (page, entered) = (earlier, Prelude.Seq<(BalanceEntry, BalanceStanding)>());
        foreach (var entry in Entries.Skip(earlier.Entries.Count))
        {
            page = page.Add(Prelude.Seq1(entry));
            entered = entered.Add((entry, page.Standing(entry.Resource)));
        }

        return entered;
    }

    internal BalanceLedger Add(Seq<BalanceEntry> entries) => this with { Entries = (Entries + entries).Strict() };
}
