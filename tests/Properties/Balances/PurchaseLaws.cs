using FsCheck;
using FsCheck.Fluent;
using LanguageExt;
using Marketplace.Core.Balances;
using Marketplace.Core.Installations;
using Marketplace.Core.Invoices;
using Marketplace.Core.Money;
using Marketplace.Core.Resources;
using Xunit;

namespace Marketplace.Properties.Balances;

public sealed class PurchaseLaws
{
    private static readonly Gen<(Shop Shop, IList<PurchaseInvoice> Invoices)> Histories =
        from shop in AnyPurchase.Shop
        from invoices in AnyPurchase.InvoiceFor(shop).ListOf()
        select (shop, (IList<PurchaseInvoice>)[.. invoices]);

    /// <summary>One invoice id is one invoice: whoever asks Vercel again is shown the same.</summary>
    private static readonly Gen<(Shop Shop, IList<PurchaseInvoice> Invoices)> SettledHistories =
        Histories.Select(given => (given.Shop, (IList<PurchaseInvoice>)[.. given.Invoices.Select(invoice => given.Invoices.First(first => first.Id == invoice.Id))]));

    [Fact]
    public void A_balance_is_the_sum_of_its_ledger() =>
        Law.Holds(Histories, given =>
        {
            var ledger = given.Shop.CreditAll(given.Invoices);
            return Accounts(given.Invoices).All(account =>
                ledger.Balance(account).Amount == ledger.Entries.Where(entry => entry.Resource == account).Sum(entry => entry.Amount.Amount));
        });

    /// <summary>Counted without Core: the first good invoice of each id, and no other, at the worth of its lines.</summary>
    [Fact]
    public void A_balance_is_what_was_bought_once_for_each_invoice_however_often_it_comes() =>
        Law.Holds(
            from given in SettledHistories
            from again in Gen.Elements(1, 2, 3)
            select (given.Shop, given.Invoices, again),
            given =>
            {
                var ledger = given.Shop.CreditAll(Enumerable.Repeat(given.Invoices, given.again).SelectMany(invoices => invoices));
                var good = given.Invoices.DistinctBy(invoice => invoice.Id)
                    .Where(invoice => given.Shop.Credit(BalanceLedger.Empty, invoice).IsRight).ToList();
                return Accounts(given.Invoices).All(account =>
                    ledger.Balance(account).Amount
                    == good.SelectMany(invoice => invoice.Lines).Where(line => Drawn(given.Shop, line) == account).Sum(line => line.Amount.Amount));
            });

    /// <summary>
    /// Many callers: each reads the ledger as it was some steps ago, decides, and writes. The store takes a cause once, as the key of
    /// its table says; whoever is too late looks again and gets the totals.
    /// </summary>
    [Fact]
    public void A_credit_is_never_applied_twice_over_any_interleaving() =>
        Law.Holds(
            from given in SettledHistories
            from staleness in Gen.Choose(0, 5).ListOf(given.Invoices.Count * 2)
            select (given.Shop, Calls: given.Invoices.Concat(given.Invoices).Zip(staleness).ToList()),
            given =>
            {
                var pages = new List<BalanceLedger> { BalanceLedger.Empty };
                foreach (var (invoice, stale) in given.Calls)
                {
                    var (seen, stored) = (pages[Math.Max(0, pages.Count - 1 - stale)], pages[^1]);
                    given.Shop.Credit(seen, invoice).IfRight(step =>
                    {
                        var entered = step.Next.Entries.Skip(seen.Entries.Count).ToSeq().Strict();
                        var isTaken = entered.Exists(entry => stored.Has(entry.Cause));
                        pages.Add(isTaken ? stored : stored with { Entries = (stored.Entries + entered).Strict() });
                        if (isTaken)
                            Assert.True(given.Shop.Credit(stored, invoice).Match(Right: again => again.Next == stored && again.Events.IsEmpty, Left: _ => false));
                    });
                }

                var oneByOne = given.Shop.CreditAll(given.Calls.Select(call => call.Item1));
                Assert.All(Accounts(given.Calls.Select(call => call.Item1)), account =>
                    Assert.Equal(oneByOne.Balance(account), pages[^1].Balance(account)));
                Assert.Equal(
                    pages[^1].Entries.Count, pages[^1].Entries.Select(entry => (entry.Cause, entry.Resource)).Distinct().Count());
            });

    [Fact]
    public void Purchases_in_any_order_come_to_the_same_balances() =>
        Law.Holds(
            from given in SettledHistories
            from shuffled in Gen.Shuffle(given.Invoices.AsEnumerable())
            select (given.Shop, given.Invoices, shuffled),
            given =>
            {
                var (one, other) = (given.Shop.CreditAll(given.Invoices), given.Shop.CreditAll(given.shuffled));
                return Accounts(given.Invoices).All(account => one.Balance(account) == other.Balance(account));
            });

    [Fact]
    public void What_is_carried_forward_changes_no_balance_and_no_decision() =>
        Law.Holds(
            from given in Histories
            from next in AnyPurchase.InvoiceFor(given.Shop)
            select (given.Shop, given.Invoices, next),
            given =>
            {
                var whole = given.Shop.CreditAll(given.Invoices);
                var cause = BalanceCause.Purchase(given.next.Id);
                var earlier = whole.Entries.Filter(entry => entry.Cause != cause);
                var carried = BalanceLedger.Empty with
                {
                    Carried = Prelude.toHashMap(earlier.GroupBy(entry => entry.Resource)
                        .Select(page => (page.Key, page.Aggregate(BalanceStanding.Untouched, (standing, entry) => standing.After(entry))))),
                    Entries = whole.Entries.Filter(entry => entry.Cause == cause).Strict(),
                };
                var (one, other) = (given.Shop.Credit(whole, given.next), given.Shop.Credit(carried, given.next));
                Assert.Equal(one.IsRight, other.IsRight);
                Assert.Equal(one.Map(step => step.Events), other.Map(step => step.Events));
                Assert.Equal(one.Map(step => step.Next.MovedBy(cause)), other.Map(step => step.Next.MovedBy(cause)));
            });

    [Fact]
    public void An_invoice_that_was_credited_is_never_refused_later_and_changes_nothing() =>
        Law.Holds(
            from given in Histories
            from later in AnyPurchase.Shop
            from shown in AnyPurchase.Invoice
            select (given.Shop, given.Invoices, later, shown),
            given =>
            {
                var ledger = given.Shop.CreditAll(given.Invoices);
                return !ledger.Has(BalanceCause.Purchase(given.shown.Id))
                    || given.later.Credit(ledger, given.shown).Match(
                        Right: again => again.Next == ledger && again.Events.IsEmpty, Left: _ => false);
            });

    [Fact]
    public void A_good_invoice_is_credited_with_an_event_for_each_entry() =>
        Law.Holds(
            from shop in AnyPurchase.OpenShop from invoice in AnyPurchase.GoodFor(shop) select (shop, invoice),
            given => given.shop.Credit(BalanceLedger.Empty, given.invoice).Match(
                Right: step => step.Next.Entries.Map(entry => (entry.Resource, entry.Amount, entry.At))
                    == step.Events.OfType<BalanceEvent.Credited>().Select(credited => (credited.Resource, credited.Amount, credited.At)).ToSeq()
                    && !step.Events.IsEmpty,
                Left: _ => false));

    [Fact]
    public void What_is_credited_was_paid_is_no_test_and_is_never_more_than_was_paid() =>
        Law.Holds(
            from shop in AnyPurchase.Shop from invoice in AnyPurchase.InvoiceFor(shop) select (shop, invoice),
            given => given.shop.Credit(BalanceLedger.Empty, given.invoice).Match(
                Right: step => given.invoice is { State: "paid", IsTest: false }
                    && given.shop.Installation is Installation.Active
                    && step.Next.Entries.ForAll(entry => entry.Amount > Usd.Zero)
                    && Usd.Sum(step.Next.Entries.Map(entry => entry.Amount)) <= given.invoice.Total
                    && step.Next.Entries.ForAll(entry => entry.Resource.ForAll(id =>
                        given.shop.Resources.Exists(resource => resource.Id == id && resource is not Resource.Uninstalled))),
                Left: _ => true));

    [Fact]
    public void A_resource_that_is_gone_is_credited_nothing() =>
        Law.Holds(
            from shop in AnyPurchase.OpenShop from invoice in AnyPurchase.GoodFor(shop) select (shop, invoice),
            given =>
            {
                var gone = given.shop.Resources.Map<Resource>(resource => new Resource.Uninstalled(resource.Facts, Shop.Now)).Strict();
                return (given.shop with { Resources = gone }).Credit(BalanceLedger.Empty, given.invoice).IsRight
                    == given.invoice.Lines.ForAll(line => line.Resource.IsNone);
            });

    [Fact]
    public void Every_reason_to_refuse_is_met()
    {
        var any = from shop in AnyPurchase.Shop from invoice in AnyPurchase.InvoiceFor(shop) select (shop, invoice);
        // Chance seldom makes an invoice that is good but for its total.
        var overstated = from shop in AnyPurchase.OpenShop
                         from invoice in AnyPurchase.GoodFor(shop)
                         select (shop, invoice: invoice with { Total = Usd.Zero });
        var met = any.Sample(20_000, 50).Concat(overstated.Sample(50, 50))
            .Select(given => given.shop.Credit(BalanceLedger.Empty, given.invoice).Match(Right: _ => "", Left: rejection => rejection.GetType().Name))
            .ToHashSet(StringComparer.Ordinal);
        Assert.Equal(Union.NamesOf<PurchaseRejection>(), met.Where(name => name.Length > 0).Order(StringComparer.Ordinal));
        Assert.Contains("", met);
    }

    /// <summary>A resource draws on its own balance by a plan of its own alone; credit that nothing draws on would be lost to who paid it.</summary>
    [Fact]
    public void What_is_bought_for_a_resource_by_a_plan_of_the_installation_is_the_installations() =>
        Law.Holds(
            from shop in AnyPurchase.OpenShop
            from invoice in AnyPurchase.GoodFor(shop)
            from resource in Gen.Elements(shop.Resources.Filter(one => one is not Resource.Uninstalled).Map(one => Prelude.Some(one.Id)).Append(Option<ResourceId>.None).ToArray())
            select (shop, invoice, resource),
            given =>
            {
                var named = given.invoice with
                {
                    Lines = given.invoice.Lines.Map(line => line.Resource.IsNone ? line with { Resource = given.resource } : line).Strict(),
                };
                return given.shop.Credit(BalanceLedger.Empty, named).Map(step => step.Next.Entries)
                    == given.shop.Credit(BalanceLedger.Empty, given.invoice).Map(step => step.Next.Entries);
            });

    /// <summary>The balance that the plan of a line draws on.</summary>
    private static Option<ResourceId> Drawn(Shop shop, PurchaseLine line) =>
        line.Resource.Filter(id => shop.Resources.Exists(resource =>
            resource.Id == id && shop.Catalogue.ResourcePlan(resource.Facts.Product, line.Plan).IsSome));

    private static IEnumerable<Option<ResourceId>> Accounts(IEnumerable<PurchaseInvoice> invoices) =>
        invoices.SelectMany(invoice => invoice.Lines).Select(line => line.Resource).Append(Option<ResourceId>.None).Distinct();
}
