using FsCheck;
using FsCheck.Fluent;
using LanguageExt;
using Marketplace.Core;
using Marketplace.Core.Balances;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Installations;
using Marketplace.Core.Invoices;
using Marketplace.Core.Money;
using Marketplace.Core.Products;
using Marketplace.Core.Resources;
using Marketplace.Properties.Installations;
using Marketplace.Properties.Products;
using Marketplace.Properties.Resources;
using Marketplace.Properties.Time;
using static LanguageExt.Prelude;

namespace Marketplace.Properties.Balances;

/// <summary>A shop that sells credit, and the invoices that can come in: good ones, and ones that are wrong in every way.</summary>
internal static class AnyPurchase
{
    public static readonly Gen<Shop> Shop =
        from catalogue in AnyCatalogue.Catalogue
        from resources in AnyResource.State.ListOf()
        from installation in Gen.Frequency((5, AnyInstallation.Active.As<Installation, Installation.Active>()), (1, AnyInstallation.State))
        select new Shop(catalogue, installation, resources.DistinctBy(resource => resource.Id).ToSeq().Strict());

    private static readonly Gen<PlanId> Plan =
        Gen.Elements("free", "pro", "prepaid", "team-free", "team-pro", "team-max").Select(id => new PlanId(id));

    private static readonly Gen<Option<ResourceId>> Resource =
        Gen.OneOf(Gen.Constant(Option<ResourceId>.None), Gen.Choose(1, 4).Select(number => Some(new ResourceId($"res_{number}"))));

    private static readonly Gen<PurchaseLine> AnyLine =
        from plan in Plan
        from resource in Resource
        from amount in Amount(-100, 1000)
        select new PurchaseLine(plan, resource, amount);

    /// <summary>An invoice of which nothing is certain.</summary>
    public static readonly Gen<PurchaseInvoice> Invoice =
        from id in Id
        from state in Gen.Frequency((3, Gen.Constant("paid")), (1, Gen.Elements("invoiced", "notpaid", "refunded", "new", "Paid", "")))
        from isTest in Gen.Frequency((5, Gen.Constant(false)), (1, Gen.Constant(true)))
        from lines in AnyLine.ListOf()
        from total in Amount(0, 5000)
        select new PurchaseInvoice(id, state, isTest, lines.ToSeq().Strict(), total);

    /// <summary>Any invoice, but mostly one that the shop must credit where it sells anything by prepayment.</summary>
    public static Gen<PurchaseInvoice> InvoiceFor(Shop shop)
    {
        var wares = Wares(shop).ToArray();
        return wares.Length == 0 ? Invoice : Gen.Frequency((4, Good(wares)), (2, Good(wares).SelectMany(Bent)), (1, Invoice));
    }

    public static Gen<PurchaseInvoice> GoodFor(Shop shop) => Good([.. Wares(shop)]);

    /// <summary>A shop that is open and has something to sell by prepayment.</summary>
    public static readonly Gen<Shop> OpenShop = Shop.Where(shop => shop.Installation is Installation.Active && Wares(shop).Any());

    private static Gen<VercelInvoiceId> Id => Gen.Choose(1, 4).Select(number => new VercelInvoiceId($"mi_{number}"));

    private static Gen<PurchaseInvoice> Good((PlanId Plan, Option<ResourceId> Resource)[] wares) =>
        from id in Id
        from lines in (from ware in Gen.Elements(wares) from amount in Amount(1, 1000) select new PurchaseLine(ware.Plan, ware.Resource, amount))
            .NonEmptyListOf()
        from tax in Amount(0, 100)
        select new PurchaseInvoice(
            id, "paid", IsTest: false, lines.ToSeq().Strict(), Usd.Sum(lines.Select(line => line.Amount)) + tax);

    /// <summary>All is well but for one thing.</summary>
    private static Gen<PurchaseInvoice> Bent(PurchaseInvoice good) => Gen.OneOf(
        Gen.Elements("invoiced", "notpaid", "refunded", "Paid", "").Select(state => good with { State = state }),
        Gen.Constant(good with { IsTest = true }),
        Gen.Constant(good with { Total = Usd.Sum(good.Lines.Map(line => line.Amount)) - new Usd(0.0001m) }),
        AnyLine.Select(line => good with { Lines = good.Lines.Add(line with { Amount = new Usd(0.01m) }), Total = good.Total + new Usd(0.01m) }),
        Gen.Constant(good with { Lines = good.Lines.Add(good.Lines[0] with { Amount = Usd.Zero - good.Total }) }));

    /// <summary>Down to hundredths of a cent, so that nothing depends on rounding.</summary>
    private static Gen<Usd> Amount(int least, int most) => Gen.Choose(least * 10_000, most * 10_000).Select(number => new Usd(number / 10_000m));

    private static IEnumerable<(PlanId Plan, Option<ResourceId> Resource)> Wares(Shop shop)
    {
        var whole = shop.Catalogue.InstallationBilling.Match(billing => billing.Plans, () => Seq<BillingPlan>())
            .Filter(plan => plan.Type == PlanType.Prepayment).Map(plan => plan.Id);
        var parts = from resource in shop.Resources.Where(resource => resource is not Core.Resources.Resource.Uninstalled)
                    from plan in shop.Catalogue.Product(resource.Facts.Product).Match(product => product.Plans, () => Seq<BillingPlan>())
                    where plan.Type == PlanType.Prepayment
                    select (plan.Id, Some(resource.Id));
        return whole.Map(plan => (plan, Option<ResourceId>.None)).Concat(parts);
    }
}

/// <summary>What a purchase is judged by.</summary>
internal sealed record Shop(Catalogue Catalogue, Installation Installation, Seq<Resource> Resources)
{
    public static readonly DateTimeOffset Now = new(2027, 1, 21, 9, 30, 0, TimeSpan.Zero);

    public Either<PurchaseRejection, Transition<BalanceLedger, BalanceEvent>> Credit(BalanceLedger ledger, PurchaseInvoice invoice) =>
        Purchases.Credit(ledger, invoice, Installation, Resources, Catalogue, Now);

    /// <summary>All of them, one after the other; what is refused changes nothing.</summary>
    public BalanceLedger CreditAll(IEnumerable<PurchaseInvoice> invoices) =>
        invoices.Aggregate(BalanceLedger.Empty, (ledger, invoice) => Credit(ledger, invoice).Match(Right: step => step.Next, Left: _ => ledger));
}
