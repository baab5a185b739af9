using System.Diagnostics;
using LanguageExt;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Installations;
using Marketplace.Core.Products;
using Marketplace.Core.Resources;
using Marketplace.Core.Transfers;
using Marketplace.Core.Usage;
using Marketplace.Jobs.Operations;
using Marketplace.Shell.Audit;
using Marketplace.Shell.BillingPlans;
using Marketplace.Shell.Installations;
using Marketplace.Shell.Operations;
using Marketplace.Shell.Outbox;
using Marketplace.Shell.Persistence;
using Marketplace.Shell.Products;
using Marketplace.Shell.Resources;
using Marketplace.Shell.Secrets;
using Marketplace.Shell.Usage;
using Npgsql;

namespace Marketplace.Shell.Transfers;

/// <summary>Moves house: every row of a resource that a target needs is written anew there, and the source keeps what its bill needs.</summary>
internal sealed class TransferMove(SecretBox box, Catalogue catalogue)
{
    public async Task Write(
        NpgsqlTransaction transaction, Writes writes, TransferOffer offer, TransferTerms terms, Seq<Measurement> readings, Actor actor,
        DateTimeOffset now, CancellationToken cancel)
    {
        var source = await InstallationRows.Load(transaction, offer.Source, cancel)
            ?? throw new CorruptRowException("installation", offer.Source.Value, "it has offered a transfer, but it is gone");
        var target = Agreed(writes, terms, actor, now);
        foreach (var arrival in terms.Arrivals)
            await Write(transaction, writes, offer, source, target, arrival, readings, actor, now, cancel);
    }

    private async Task Write(
        NpgsqlTransaction transaction, Writes writes, TransferOffer offer, Installation source, Installation target, Arrival arrival,
        Seq<Measurement> readings, Actor actor, DateTimeOffset now, CancellationToken cancel)
    {
        var id = arrival.Resource.Id;
        var plans = await PlanPeriodRows.Load(transaction, source.Id, id, cancel);
        var known = await MeasurementRows.LoadLatest(transaction, source.Id, id, cancel);
        var moved = HandOver.Of(arrival, plans, known, readings, now).IfLeft(rejection => throw new CorruptRowException(
            "plan_period", id.Value, $"it cannot end at {now:O}: {rejection.GetType().Name}"));

        ResourceRows.Save(writes, source.Id, moved.Left);
        ResourceRows.Insert(writes, target.Id, moved.Arrived);
        PlanPeriodRows.Save(writes, source.Id, plans, moved.LeftPlans);
        PlanPeriodRows.Save(writes, target.Id, PlanPeriods.Unopened(id), moved.ArrivedPlans);
        foreach (var reading in moved.Readings)
        {
            MeasurementRows.Append(writes, source.Id, reading);
            MeasurementRows.Append(writes, target.Id, reading);
        }

        await SecretRows.Move(transaction, writes, box, source.Id, target.Id, id, cancel);
        foreach (var kind in await OutboxRows.TakeBack(transaction, source.Id, id, cancel))
            OutboxRows.Append(writes, target.Id, id, kind, now, now);

        Tell(writes, offer, source, target, arrival.Resource, moved.Arrived, actor, now);
    }

    /// <summary>The audit of both sides, and the limits of another plan where there is one.</summary>
    private void Tell(
        Writes writes, TransferOffer offer, Installation source, Installation target, Resource before, Resource after, Actor actor,
        DateTimeOffset now)
    {
        var (planBefore, planAfter) = (PlanId(source, before), PlanId(target, after));
        EventRows.Append(
            writes, source.Id, before.Id, now, "resource.HandedOver", actor, new { claim = offer.Id.Value, to = target.Id.Value });
        EventRows.Append(
            writes, target.Id, after.Id, now, "resource.Received", actor,
            new { claim = offer.Id.Value, from = source.Id.Value, planBefore, plan = planAfter });
        if (planBefore != planAfter)
            OperationRows.Append(writes, target.Id, after.Id, Ids.Operation(), new OperationRequest.ChangePlan(now), now);
    }

    /// <summary>The target, on the plan for all of it that it was shown, if that is the one that it needs.</summary>
    private static Installation Agreed(Writes writes, TransferTerms terms, Actor actor, DateTimeOffset now) =>
        terms.NewPlan.Filter(plan => plan.Scope == PlanScope.Installation).Match<Installation>(
            Some: plan => InstallationTransitions.Apply(terms.Target, new InstallationCommand.ChangePlan(plan.Id), now).Match(
                Right: transition =>
                {
                    InstallationRows.Save(writes, transition.Next);
                    EventRows.Append(writes, transition.Events, actor);
                    return transition.Next;
                },
                Left: rejection => throw new UnreachableException(rejection.GetType().Name)),
            None: () => terms.Target);

    private string? PlanId(Installation installation, Resource resource) =>
        catalogue.PlanOf(installation, resource).Map(plan => plan.Id.Value).OrNull();
}
