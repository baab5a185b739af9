using FsCheck;
using FsCheck.Fluent;
using LanguageExt;
using Marketplace.Core.Balances;
using Marketplace.Core.Installations;
using Marketplace.Core.Money;
using Marketplace.Core.Products;
using Marketplace.Core.Resources;
using Xunit;
using static LanguageExt.Prelude;

namespace Marketplace.Properties.Balances;

public sealed class AdjustmentLaws
{
    private static readonly Gen<Option<ResourceId>> Balance =
        Gen.OneOf(Gen.Constant(Option<ResourceId>.None), Gen.Choose(1, 4).Select(number => Some(new ResourceId($"res_{number}"))));

    private static readonly Gen<AdjustBalance> Asked =
        from balance in Balance
        from cents in Gen.OneOf(Gen.Choose(-200_000, -1), Gen.Choose(1, 100_000))
        select new AdjustBalance(balance, new Usd(cents / 100m), "an outage");

    /// <summary>A shop, what was bought there, and what the provider gave and took.</summary>
    private static readonly Gen<(Shop Shop, BalanceLedger Bought, IList<AdjustBalance> Asked)> Histories =
        from shop in AnyPurchase.Shop
        from invoices in AnyPurchase.InvoiceFor(shop).ListOf()
        from asked in Asked.ListOf()
        select (shop, shop.CreditAll(invoices), (IList<AdjustBalance>)[.. asked]);

    [Fact]
    public void A_balance_is_what_was_there_and_what_was_given_less_what_was_taken() =>
        Law.Holds(Histories, given =>
        {
            var (ledger, done) = Adjusted(given.Shop, given.Bought, given.Asked);
            Assert.All(given.Asked.Select(asked => asked.Balance).Append(None).Distinct(), balance => Assert.Equal(
                given.Bought.Balance(balance).Amount + done.Where(asked => asked.Balance == balance).Sum(asked => asked.Amount.Amount),
                ledger.Balance(balance).Amount));
        });

    [Fact]
    public void The_entries_before_it_stay_as_they_are_and_each_goes_on_from_the_last() =>
        Law.Holds(Histories, given =>
        {
            var (ledger, done) = Adjusted(given.Shop, given.Bought, given.Asked);
            Assert.Equal(given.Bought.Entries, ledger.Entries.Take(given.Bought.Entries.Count).ToSeq().Strict());
            var entered = ledger.Since(given.Bought);
            Assert.Equal(done.Select(asked => (asked.Balance, asked.Amount, Some(asked.Reason))), entered.Select(one => (one.Entry.Resource, one.Entry.Amount, one.Entry.Reason)));
            Assert.Equal(entered.Count, entered.Map(one => one.Entry.Cause).Distinct().Count());
        });

    [Fact]
    public void Nobody_is_put_into_debt_and_all_that_is_left_can_be_taken() =>
        Law.Holds(Histories, given =>
        {
            var (ledger, _) = Adjusted(given.Shop, given.Bought, given.Asked);
            foreach (var asked in given.Asked)
            {
                var left = ledger.Balance(asked.Balance);
                Assert.True(left >= Usd.Zero);
                var all = Decide(given.Shop, ledger, asked with { Amount = Usd.Zero - left - new Usd(0.01m) }, 99);
                Assert.True(all.IsLeft);
                if (left > Usd.Zero)
                {
                    Assert.Equal(
                        IsOpen(given.Shop, asked.Balance),
                        Decide(given.Shop, ledger, asked with { Amount = Usd.Zero - left }, 99).Exists(step => step.Next.Balance(asked.Balance) == Usd.Zero));
                }
            }
        });

    [Fact]
    public void It_is_told_with_its_entry_and_nothing_else_is() =>
        Law.Holds(
            from given in Histories from asked in Asked select (given.Shop, given.Bought, asked),
            given => Decide(given.Shop, given.Bought, given.asked, 1).Match(
                Right: step => step.Events is [BalanceEvent.Adjusted told]
                    && told == new BalanceEvent.Adjusted(given.asked.Balance, new AdjustmentId("adj_1"), given.asked.Amount, given.asked.Reason, Shop.Now)
                    && step.Next.Has(BalanceCause.Adjustment(told.Adjustment)),
                Left: _ => true));

    [Fact]
    public void Nothing_is_given_where_nobody_could_use_it_or_everything_is_over() =>
        Law.Holds(
            from given in Histories from asked in Asked select (given.Shop, given.Bought, Asked: asked with { Amount = new Usd(1m) }),
            given => Decide(given.Shop, given.Bought, given.Asked, 1).IsRight == IsOpen(given.Shop, given.Asked.Balance));

    [Fact]
    public void A_plan_for_whole_installations_that_is_not_sold_any_more_takes_credit_of_those_who_have_it() =>
        Law.Holds(
            AnyPurchase.OpenShop.Where(shop => Prepaid(shop.Catalogue).IsSome),
            shop =>
            {
                var prepaid = Prepaid(shop.Catalogue).IfNone(() => throw new InvalidOperationException());
                var sold = Catalogue.Of(
                    shop.Catalogue.Products,
                    shop.Catalogue.InstallationBilling.Map(billing => billing with { Plans = billing.Plans.Filter(plan => plan.Type != prepaid.Type).Strict() }),
                    shop.Catalogue.Billing).IfFail(errors => throw new InvalidOperationException(string.Join("; ", errors)));
                var later = shop with { Catalogue = sold.With(Seq1(OfferedPlan.Of(None, prepaid, shop.Catalogue.Metrics))) };
                var given = new AdjustBalance(None, new Usd(1m), "a reason");
                return InstallationTransitions.Apply(shop.Installation, new InstallationCommand.ChangePlan(prepaid.Id), Shop.Now).ForAll(chosen =>
                    Decide(later with { Installation = chosen.Next }, BalanceLedger.Empty, given, 1).IsRight);
            });

    [Theory]
    [InlineData("12.34", true)]
    [InlineData("-0.01", true)]
    [InlineData("1000000", true)]
    [InlineData("1000000.01", false)]
    [InlineData("-1000000.01", false)]
    [InlineData("0.00", false)]
    [InlineData("0.001", false)]
    public void An_amount_is_of_whole_cents_and_not_out_of_all_proportion(string amount, bool isGood) =>
        Assert.Equal(
            isGood,
            AdjustBalance.Parse(None, new Usd(decimal.Parse(amount, System.Globalization.CultureInfo.InvariantCulture)), "a reason").IsSuccess);

    private static (BalanceLedger Ledger, List<AdjustBalance> Done) Adjusted(Shop shop, BalanceLedger bought, IEnumerable<AdjustBalance> asked)
    {
        var (ledger, done) = (bought, new List<AdjustBalance>());
        foreach (var one in asked)
        {
            Decide(shop, ledger, one, done.Count + 1).IfRight(step =>
            {
                ledger = step.Next;
                done.Add(one);
            });
        }

        return (ledger, done);
    }

    private static Either<AdjustmentRejection, Core.Transition<BalanceLedger, BalanceEvent>> Decide(Shop shop, BalanceLedger ledger, AdjustBalance asked, int number) =>
        asked.Decide(
            ledger, shop.Installation, shop.Resources.Find(resource => Some(resource.Id) == asked.Balance), shop.Catalogue,
            new AdjustmentId($"adj_{number}"), Shop.Now);

    private static Option<Core.BillingPlans.BillingPlan> Prepaid(Catalogue catalogue) =>
        catalogue.InstallationBilling.Bind(billing => billing.Plans.Find(plan => plan.Type == Core.BillingPlans.PlanType.Prepayment));

    private static bool IsOpen(Shop shop, Option<ResourceId> balance) =>
        shop.Installation is Installation.Active
        && balance.Match(
            id => shop.Resources.Exists(resource => resource.Id == id && resource is not Resource.Uninstalled && resource.Facts.IsOurs
                && shop.Catalogue.Product(resource.Facts.Product).Exists(product => product.Plans.Exists(plan => plan.Type == Core.BillingPlans.PlanType.Prepayment))),
            () => shop.Installation.OwnPlan.IsSome && shop.Catalogue.InstallationBilling.Exists(billing => billing.Plans.Exists(plan => plan.Type == Core.BillingPlans.PlanType.Prepayment)));
}
