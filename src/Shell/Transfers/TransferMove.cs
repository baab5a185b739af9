using System.Diagnostics;
using LanguageExt;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Installations;
using Marketplace.Core.Products;
using Marketplace.Core.ProviderEvents;
using Marketplace.Core.Resources;
using Marketplace.Core.Transfers;
using Marketplace.Core.Usage;
using Marketplace.Shell.Audit;
using Marketplace.Shell.BillingPlans;
using Marketplace.Shell.Installations;
using Marketplace.Shell.Persistence;
using Marketplace.Shell.Products;
using Marketplace.Shell.ProviderEvents;
using Marketplace.Shell.Provisioning;
using Marketplace.Shell.Resources;
using Marketplace.Shell.Usage;

namespace Marketplace.Shell.Transfers;

/// <summary>Moves house: every row of a resource that a target needs is written anew there, and the source keeps what its bill needs.</summary>
internal sealed class TransferMove(SecretBox box, CatalogueInForce catalogue, Fulfilment fulfilment)
{
    /// <param name="planChange">Of the target; absent where no installation has a plan of its own.</param>
    public void Write(
        Writes writes, ClaimId claim, Installation source, TransferTerms terms, InstallationPlanChange? planChange, Belongings belongings,
        Seq<Measurement> readings, Actor actor, DateTimeOffset now)
    {
        var target = Agreed(writes, terms, planChange, actor, now);
        foreach (var arrival in terms.Arrivals)
        {
            var (id, plans) = (arrival.Resource.Id, (Left: belongings.Plans(arrival.Resource.Id), Arrived: belongings.Earlier(arrival.Resource.Id)));
            var moved = HandOver.Of(arrival, plans.Left, plans.Arrived, target.OwnPlan, belongings.Readings, readings, now)
                .IfLeft(rejection => throw new CorruptRowException(
                    "plan_period", id.Value, $"it cannot change hands at {now:O}: {rejection.GetType().Name}"));
            Write(writes, source.Id, target.Id, plans, moved);
            Tell(writes, claim, source, target, arrival.Resource, moved, actor, now);
        }

        belongings.Move(writes, box, now);
    }

    private void Write(
        Writes writes, InstallationId source, InstallationId target, (PlanPeriods Left, PlanPeriods Arrived) before, HandOver moved)
    {
        ResourceRows.Save(writes, source, moved.Left);
        ResourceRows.Receive(writes, target, moved.Arrived);
        PlanPeriodRows.Save(writes, catalogue.Now, source, before.Left, moved.LeftPlans);
        PlanPeriodRows.Save(writes, catalogue.Now, target, before.Arrived, moved.ArrivedPlans);
        foreach (var reading in moved.Readings)
        {
            MeasurementRows.Append(writes, source, reading);
            MeasurementRows.Append(writes, target, reading);
        }
    }

    /// <summary>The audit of both sides, and the limits of another plan where there is one.</summary>
    private void Tell(
        Writes writes, ClaimId claim, Installation source, Installation target, Resource before, HandOver moved, Actor actor,
        DateTimeOffset now)
    {
        var after = moved.Arrived;
        var (planBefore, planAfter) = (PlanId(source, moved.Left), PlanId(target, after));
        EventRows.Append(writes, source.Id, moved.Begun, actor);
        EventRows.Append(
            writes, source.Id, before.Id, now, "resource.HandedOver", actor, new { claim = claim.Value, to = target.Id.Value });
        EventRows.Append(
            writes, target.Id, after.Id, now, "resource.Received", actor,
            new { claim = claim.Value, from = source.Id.Value, planBefore, plan = planAfter });
        ProviderEventRows.Append(writes, source.Id, now, new ProviderEvent.ResourceTransferredOut(before.Id, claim, target.Id));
        ProviderEventRows.Append(
            writes, target.Id, now, new ProviderEvent.ResourceTransferredIn(after.Id, claim, source.Id, catalogue.Now.PlanOf(target, after).Map(plan => plan.Id)));
        // Whoever makes it has heard of nothing since what was written down.
        if (PlanId(source, before) != planAfter)
            fulfilment.ChangePlan(writes, target.Id, after, before: null, now);
    }

    /// <summary>The target, on the plan for all of it that it was shown, if that is the one that it needs.</summary>
    private Installation Agreed(
        Writes writes, TransferTerms terms, InstallationPlanChange? planChange, Actor actor, DateTimeOffset now) =>
        terms.NewPlan.Filter(plan => plan.Scope == PlanScope.Installation).Match<Installation>(
            Some: plan => InstallationTransitions.Apply(terms.Target, new InstallationCommand.ChangePlan(plan.Id), now).Match(
                Right: transition =>
                {
                    planChange?.Write(writes, fulfilment, transition, actor, now);
                    return transition.Next;
                },
                Left: rejection => throw new UnreachableException(rejection.GetType().Name)),
            None: () => terms.Target);

    private string? PlanId(Installation installation, Resource resource) =>
        catalogue.Now.PlanOf(installation, resource).Map(plan => plan.Id.Value).OrNull();
}
