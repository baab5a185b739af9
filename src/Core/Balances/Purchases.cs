using System.Diagnostics;
using LanguageExt;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Installations;
using Marketplace.Core.Money;
using Marketplace.Core.Products;
using Marketplace.Core.Resources;
using static LanguageExt.Prelude;

namespace Marketplace.Core.Balances;

/// <summary>Turns a paid invoice into credit, once. Source: contract §B.4, §E.12.</summary>
public static class Purchases
{
    /// <summary>
    /// Enters what the invoice has bought, each balance's sum as one entry. An invoice that was credited already changes nothing and is
    /// never refused: what was paid for stays, whatever became of invoice, plan and installation since.
    /// </summary>
    /// <param name="resources">At least those of the installation that the invoice names.</param>
    public static Either<PurchaseRejection, Transition<BalanceLedger, BalanceEvent>> Credit(
        BalanceLedger ledger, PurchaseInvoice invoice, Installation installation, Seq<Resource> resources, Catalogue catalogue,
        DateTimeOffset now)
    {
        var cause = BalanceCause.Purchase(invoice.Id);
        if (ledger.Has(cause))
            return new Transition<BalanceLedger, BalanceEvent>(ledger, Empty);
        if (Refusal(invoice, installation, resources, catalogue).Case is SomeCase<PurchaseRejection>(var refused))
            return refused;

        var bought = Bought(Drawn(invoice, resources, catalogue));
        return new Transition<BalanceLedger, BalanceEvent>(
            ledger.Add(bought.Map(part => new BalanceEntry(cause, part.Resource, part.Amount, now))),
            bought.Map<BalanceEvent>(part => new BalanceEvent.Credited(part.Resource, invoice.Id, part.Amount, now)).Strict());
    }

    /// <summary>What stands against it: of the installation, of the invoice, of each line, of the amounts, in this order.</summary>
    private static Option<PurchaseRejection> Refusal(
        PurchaseInvoice invoice, Installation installation, Seq<Resource> resources, Catalogue catalogue)
    {
        var ended = Ended(installation);
        if (ended.IsSome)
            return ended;
        if (!invoice.IsPaid)
            return new PurchaseRejection.NotPaid(invoice.Id, invoice.State);
        if (invoice.IsTest)
            return new PurchaseRejection.OnlyATest(invoice.Id);

        var wrongLine = invoice.Lines.Map(line => Refusal(line, resources, catalogue)).Somes().HeadOrNone();
        return wrongLine.IsSome ? wrongLine : Refusal(Drawn(invoice, resources, catalogue));
    }

    private static Option<PurchaseRejection> Ended(Installation installation) =>
        installation switch
        {
            Installation.Active => None,
            Installation.Uninstalling going => new PurchaseRejection.InstallationBeingUninstalled(going.Id),
            Installation.Finalized gone => new PurchaseRejection.InstallationFinalized(gone.Id),
            _ => throw new UnreachableException(installation.GetType().Name),
        };

    private static Option<PurchaseRejection> Refusal(PurchaseLine line, Seq<Resource> resources, Catalogue catalogue)
    {
        if (line.Resource.Case is not SomeCase<ResourceId>(var id))
            return UnlessPrepaid(line.Plan, catalogue.InstallationPlan(line.Plan));

        // Whether it is the resource's plan today does not matter: this plan was paid for.
        return resources.Find(known => known.Id == id && known is not Resource.Uninstalled).Match(
            Some: known => UnlessPrepaid(
                line.Plan, catalogue.ResourcePlan(known.Facts.Product, line.Plan) | catalogue.InstallationPlan(line.Plan)),
            None: () => new PurchaseRejection.UnknownResource(id));
    }

    private static Option<PurchaseRejection> UnlessPrepaid(PlanId id, Option<BillingPlan> plan) =>
        plan.Exists(found => found.Type == PlanType.Prepayment) ? None : new PurchaseRejection.NotPrepaid(id);

    private static Option<PurchaseRejection> Refusal(PurchaseInvoice invoice)
    {
        var bought = Bought(invoice);
        if (bought.IsEmpty || bought.Exists(part => part.Amount <= Usd.Zero))
            return new PurchaseRejection.NothingBought(invoice.Id);

        // The total may be more, by a tax that buys nothing.
        var worth = Usd.Sum(bought.Map(part => part.Amount));
        return worth > invoice.Total ? new PurchaseRejection.WorthMoreThanPaid(invoice.Id, worth, invoice.Total) : None;
    }

    private static PurchaseInvoice Drawn(PurchaseInvoice invoice, Seq<Resource> resources, Catalogue catalogue) =>
        invoice with { Lines = invoice.Lines.Map(line => Drawn(line, resources, catalogue)).Strict() };

    /// <summary>
    /// A line of a balance that its plan draws on: what the plan of the installation covers draws on the installation's, whichever resource the
    /// customer stood before when buying.
    /// </summary>
    private static PurchaseLine Drawn(PurchaseLine line, Seq<Resource> resources, Catalogue catalogue) =>
        line.Resource.Exists(id => resources.Find(known => known.Id == id)
            .Exists(known => catalogue.ResourcePlan(known.Facts.Product, line.Plan).IsSome))
            ? line
            : line with { Resource = None };

    private static Seq<(Option<ResourceId> Resource, Usd Amount)> Bought(PurchaseInvoice invoice) =>
        invoice.Lines.GroupBy(line => line.Resource)
            .Select(lines => (lines.Key, Usd.Sum(lines.Select(line => line.Amount))))
            .ToSeq().Strict();
}
