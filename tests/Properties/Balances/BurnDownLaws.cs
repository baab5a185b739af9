using FsCheck;
using FsCheck.Fluent;
using LanguageExt;
using Marketplace.Core.Balances;
using Marketplace.Core.Money;
using Xunit;

namespace Marketplace.Properties.Balances;

public sealed class BurnDownLaws
{
    [Fact]
    public void A_balance_is_the_sum_of_what_was_bought_less_what_was_burnt_whatever_the_order() =>
        Law.Holds(AnyBurn.Story, story =>
        {
            var ledger = AnyBurn.After(story);
            return AnyBurn.Uses.Map(use => use.Balance).Distinct().ForAll(balance =>
                ledger.Balance(balance) == Usd.Sum(ledger.Entries.Filter(entry => entry.Resource == balance).Map(entry => entry.Amount))
                && ledger.Balance(balance)
                    == Bought(ledger, balance) - Usd.Sum(AnyBurn.Uses.Filter(use => use.Balance == balance).Map(use => Burnt(ledger, use))));
        });

    /// <summary>To the cent: the entries of a use are differences of its running totals, so that they sum to the last.</summary>
    [Fact]
    public void What_is_burnt_of_a_use_is_what_it_cost_at_the_last_hour_that_was_entered() =>
        Law.Holds(AnyBurn.Story, story =>
        {
            var ledger = AnyBurn.After(story);
            return AnyBurn.Uses.ForAll(use => ledger.LastBurn(use).Match(
                Some: last => last.SoFar == Burnt(ledger, use)
                    && story.OfType<LedgerStep.Hour>().Any(hour => AnyBurn.Slot(hour.Number) == last.Hour
                        && hour.Charges.Exists(charge => charge.Use == use && charge.Total == last.SoFar)),
                None: () => Burnt(ledger, use) == Usd.Zero));
        });

    [Fact]
    public void An_hour_later_everything_is_burnt_that_the_uses_cost() =>
        Law.Holds(
            from story in AnyBurn.Story
            from cents in Gen.Choose(0, 2000).ListOf(AnyBurn.Uses.Count)
            select (story, charges: AnyBurn.Uses.Zip(cents.ToSeq(), (use, amount) => new PrepaidCharge(use, new Usd(amount / 100m))).ToSeq().Strict()),
            given =>
            {
                var closed = AnyBurn.After(AnyBurn.After(given.story), new LedgerStep.Hour(9, given.charges));
                return given.charges.ForAll(charge => Burnt(closed, charge.Use) == charge.Total);
            });

    [Fact]
    public void Repeating_an_hour_changes_nothing_and_tells_nothing_whatever_the_uses_come_to_by_then() =>
        Law.Holds(
            from story in AnyBurn.Story
            from again in AnyBurn.Story
            select (story, again),
            given =>
            {
                var ledger = AnyBurn.After(given.story);
                return given.again.OfType<LedgerStep.Hour>().All(hour =>
                {
                    var once = BurnDown.Enter(ledger, hour.Charges, AnyBurn.Slot(hour.Number), AnyBurn.Start).Next;
                    var charges = hour.Charges
                        .Filter(charge => once.LastBurn(charge.Use).Exists(burnt => burnt.Hour.Start >= AnyBurn.Slot(hour.Number).Start))
                        .Map(charge => charge with { Total = charge.Total + new Usd(1m) }).Strict();
                    var twice = BurnDown.Enter(once, charges, AnyBurn.Slot(hour.Number), AnyBurn.Start);
                    return twice.Next == once && twice.Events.IsEmpty;
                });
            });

    /// <summary>
    /// Many workers and purchases: each reads the ledger as it was some steps ago, decides, and writes. The store takes a cause once, and an
    /// entry only where its balance goes on; whoever is too late decides anew.
    /// </summary>
    [Fact]
    public void Nothing_is_burnt_or_credited_twice_over_any_interleaving() =>
        Law.Holds(
            from story in AnyBurn.Story
            from staleness in Gen.Choose(0, 4).ListOf(story.Count * 2)
            select story.Concat(story).Zip(staleness).ToList(),
            calls =>
            {
                var pages = new List<BalanceLedger> { BalanceLedger.Empty };
                foreach (var (step, stale) in calls)
                {
                    var (seen, stored) = (pages[Math.Max(0, pages.Count - 1 - stale)], pages[^1]);
                    var entered = AnyBurn.After(seen, step).Since(seen);
                    var continued = stored with { Entries = (stored.Entries + entered.Map(next => next.Entry)).Strict() };
                    var isTaken = !entered.Exists(next => stored.Has(next.Entry.Cause)) && continued.Since(stored) == entered;
                    pages.Add(isTaken ? continued : AnyBurn.After(stored, step));
                }

                var last = pages[^1];
                return last.Entries.Map(entry => entry.Cause).Distinct().Count() == last.Entries.Count
                    && AnyBurn.Uses.ForAll(use => last.LastBurn(use).Map(burnt => burnt.SoFar).IfNone(Usd.Zero) == Burnt(last, use));
            });

    [Fact]
    public void Where_the_ledger_is_cut_changes_no_balance_no_burn_and_no_stage_of_what_comes() =>
        Law.Holds(
            from story in AnyBurn.Story from later in AnyBurn.Story select (story, later),
            given =>
            {
                // A purchase is looked up by its cause, which a cut ledger does not have at hand.
                var whole = AnyBurn.After(given.story);
                var later = given.later.Where(step => step is LedgerStep.Hour).ToList();
                var (one, other) = (later.Aggregate(whole, AnyBurn.After), later.Aggregate(AnyBurn.Carried(whole), AnyBurn.After));
                return AnyBurn.Uses.ForAll(use =>
                    one.Standing(use.Balance) == other.Standing(use.Balance) && one.LastBurn(use) == other.LastBurn(use));
            });

    [Fact]
    public void Each_entry_says_how_its_balance_stands_after_it() =>
        Law.Holds(AnyBurn.Story, story =>
        {
            var entered = AnyBurn.After(story).Since(BalanceLedger.Empty);
            return entered.Map((number, next) => (number, next)).ForAll(at =>
            {
                var before = entered.Take(at.number + 1).Filter(earlier => earlier.Entry.Resource == at.next.Entry.Resource).Strict();
                return at.next.After.Amount == Usd.Sum(before.Map(earlier => earlier.Entry.Amount))
                    && at.next.After.Entries == before.Count
                    && at.next.After.EmptySince.IsNone == at.next.After.Amount > Usd.Zero;
            });
        });

    [Fact]
    public void No_two_burns_share_a_cause() =>
        Law.Holds(
            from one in Gen.Elements<PrepaidUse>(AnyBurn.Uses)
            from other in Gen.Elements<PrepaidUse>(AnyBurn.Uses)
            from hours in Gen.Choose(0, 3).Two()
            select (one, other, hours),
            given => (BalanceCause.Burn(given.one, AnyBurn.Slot(given.hours.Item1)) == BalanceCause.Burn(given.other, AnyBurn.Slot(given.hours.Item2)))
                == ((given.one, given.hours.Item1) == (given.other, given.hours.Item2)));

    private static Usd Burnt(BalanceLedger ledger, PrepaidUse use) =>
        Usd.Zero - Usd.Sum(ledger.Entries.Filter(entry => entry.Burnt.Exists(burnt => burnt.Use == use)).Map(entry => entry.Amount));

    private static Usd Bought(BalanceLedger ledger, Option<Core.Resources.ResourceId> balance) =>
        Usd.Sum(ledger.Entries.Filter(entry => entry.Resource == balance && entry.Burnt.IsNone).Map(entry => entry.Amount));
}
