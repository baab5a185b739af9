using System.Diagnostics;
using LanguageExt;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Installations;
using Marketplace.Core.Products;
using Marketplace.Core.Resources;
using static LanguageExt.Prelude;

namespace Marketplace.Core.Transfers;

/// <summary>On which terms a target gets what is offered. Source: contract §B.5, <c>newBillingPlan</c>.</summary>
/// <param name="Arrivals">Each resource with the plan that it will have there; none when the target's covers it.</param>
/// <param name="Offer">The one plan that the target has not agreed to yet, at its price; none when what there is will do.</param>
public sealed record TransferTerms(Installation.Active Target, Seq<Arrival> Arrivals, Option<PlanOffer> Offer)
{
    public Option<BillingPlan> NewPlan => Offer.Map(offer => offer.Plan);

    /// <summary>
    /// A resource brings its own plan with it, or comes under the target's. Only where the target has no room there, or no plan at
    /// all, is another one needed: the cheapest that will do. Whichever it is, it begins anew there, so that a target that owes gets none
    /// that has to be paid. A change of plan that waits goes along where there is room for it, and is withdrawn where there is none; one
    /// whose time has come has happened, though nobody has written it down yet. What has come back to the source since it was offered is offered no more.
    /// </summary>
    public static Either<TransferRejection, TransferTerms> For(
        Transfer.Offered open, Installation target, Seq<TransferCandidate> candidates, TargetHoldings holdings, Catalogue catalogue,
        DateTimeOffset now) =>
        target switch
        {
            Installation.Active active => TransferCandidate.AllMovable(candidates).Bind(moving =>
                moving.Find(resource => resource.Facts.CreatedAt > open.Offer.OfferedAt).Match(
                    Some: resource => new TransferRejection.NotTheSources(resource.Id),
                    None: () => Settle(active, moving, holdings, catalogue, now))),
            Installation.Uninstalling or Installation.Finalized => new TransferRejection.TargetUninstalled(target.Id),
            _ => throw new UnreachableException(target.GetType().Name),
        };

    private static Either<TransferRejection, TransferTerms> Settle(
        Installation.Active target, Seq<Resource> moving, TargetHoldings holdings, Catalogue catalogue, DateTimeOffset now)
    {
        var (arrivals, newPlans, onPlan, uncovered) =
            (Seq<Arrival>(), Seq<PlanOffer>(), holdings.OnPlan, Seq<Resource>());
        foreach (var resource in moving)
        {
            var facts = SettledPlan.Begun(resource, now).Next.Facts;
            if (facts.Plan.IsNone && target.Plan.IsSome)
            {
                uncovered = uncovered.Add(resource);
                arrivals = arrivals.Add(new Arrival(resource, None));
                continue;
            }

            var (product, metadata) = (catalogue.Product(facts.Product), facts.Metadata);
            var own = facts.Plan.Bind(id => product.Bind(sold => sold.Plan(id)));
            var kept = own.Filter(plan => HasRoom(facts, plan, onPlan));
            var offer = (kept | product.Bind(sold => Cheapest(sold.Plans, own, metadata, next => HasRoom(facts, next, onPlan))))
                .Bind(plan => product.Map(sold => PlanOffer.Of(plan, sold, metadata)));
            if (offer.Case is not SomeCase<PlanOffer>(var chosen))
            {
                return new TransferRejection.NoPlanFits(resource.Id);
            }

            if (holdings.IsUnpaid && chosen.Plan.NeedsPaymentMethod)
            {
                return new TransferRejection.PaymentMissing(chosen.Plan.Id);
            }

            if (kept.IsNone && !newPlans.Exists(known => ShownPlan.Of(known) == ShownPlan.Of(chosen)))
            {
                newPlans = newPlans.Add(chosen);
            }

            onPlan = OneMore(facts, chosen.Plan.Id, onPlan);
            var waiting = facts.NextPlan
                .Filter(_ => facts.Plan == chosen.Plan.Id)
                .Filter(next => product.Bind(sold => sold.Plan(next.Plan)).ForAll(plan => HasRoom(facts, plan, onPlan)));
            onPlan = waiting.Match(next => OneMore(facts, next.Plan, onPlan), () => onPlan);
            arrivals = arrivals.Add(new Arrival(resource, Some(chosen.Plan.Id)) { NextPlan = waiting });
        }

        return Covering(target, uncovered, holdings, catalogue).Bind(covering =>
        {
            var all = (newPlans + covering.Map(plan => PlanOffer.Of(plan, catalogue)).ToSeq()).Strict();
            return all.Count > 1
                ? new TransferRejection.SeveralPlansNeeded(ShownPlan.Of(all[0]), ShownPlan.Of(all[1]))
                : Right<TransferRejection, TransferTerms>(new TransferTerms(target, arrivals, all.HeadOrNone()));
        });
    }

    /// <summary>The plan that the installation needs for what comes under its own; none when the one that it has will do.</summary>
    private static Either<TransferRejection, Option<BillingPlan>> Covering(
        Installation.Active target, Seq<Resource> uncovered, TargetHoldings holdings, Catalogue catalogue)
    {
        var own = target.Plan.Bind(catalogue.InstallationPlan);
        bool Fits(BillingPlan plan) => plan.ResourcesMax.ForAll(max => holdings.WithoutPlan + uncovered.Count <= max);
        if (uncovered.IsEmpty || own.ForAll(Fits))
        {
            return Option<BillingPlan>.None;
        }

        return catalogue.InstallationBilling
            .Bind(billing => Cheapest(billing.Plans, own, Map<string, MetadataValue>(), Fits))
            .Match<Either<TransferRejection, Option<BillingPlan>>>(
                Some: plan => holdings.IsUnpaid && plan.NeedsPaymentMethod ? new TransferRejection.PaymentMissing(plan.Id) : Some(plan),
                None: () => new TransferRejection.NoPlanFits(uncovered.Head.Id));
    }

    /// <summary>Paid as the one before, and with no lower price: nobody is moved to less than there was.</summary>
    private static Option<BillingPlan> Cheapest(
        Seq<BillingPlan> plans, Option<BillingPlan> own, Map<string, MetadataValue> metadata, Func<BillingPlan, bool> fits) =>
        plans
            .Where(plan => !plan.Display.Disabled && fits(plan))
            .Where(plan => plan.Type == own.Map(before => before.Type).IfNone(PlanType.Subscription))
            .Where(plan => own.ForAll(before => plan.Pricing.BaseFor(metadata) >= before.Pricing.BaseFor(metadata)))
            .OrderBy(plan => plan.Pricing.BaseFor(metadata).Amount)
            .HeadOrNone();

    /// <summary>For one more.</summary>
    private static bool HasRoom(ResourceProfile facts, BillingPlan plan, HashMap<(ProductId Product, string Plan), int> onPlan) =>
        plan.ResourcesMax.ForAll(max => onPlan.Find((facts.Product, plan.Id.Name)).IfNone(0) < max);

    private static HashMap<(ProductId Product, string Plan), int> OneMore(
        ResourceProfile facts, PlanId plan, HashMap<(ProductId Product, string Plan), int> onPlan) =>
        onPlan.AddOrUpdate((facts.Product, plan.Name), count => count + 1, 1);
}

/// <summary>A resource on its way.</summary>
/// <param name="Resource">As the source has it.</param>
/// <param name="Plan">Its own at the target; none when the target's plan covers it.</param>
public sealed record Arrival(Resource Resource, Option<PlanId> Plan)
{
    /// <summary>The plan that waits for its time there.</summary>
    public Option<NextPlan> NextPlan { get; init; }
}

/// <summary>What the target has already.</summary>
/// <param name="OnPlan">
/// How many resources it has on each plan of each product by its name, in whatever version, or waiting for it, the uninstalled ones left out.
/// </param>
/// <param name="WithoutPlan">How many are covered by its own plan.</param>
/// <param name="IsUnpaid">Whether an invoice of it could not be charged.</param>
public sealed record TargetHoldings(HashMap<(ProductId Product, string Plan), int> OnPlan, int WithoutPlan, bool IsUnpaid);
