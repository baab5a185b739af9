using System.Diagnostics;
using LanguageExt;
using Marketplace.Core;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Installations;
using Marketplace.Core.Resources;
using Marketplace.Shell.Audit;
using Marketplace.Shell.BillingPlans;
using Marketplace.Shell.Persistence;
using Marketplace.Shell.Provisioning;

namespace Marketplace.Shell.Resources;

/// <summary>Everything that the end of a resource means, whoever asked for it: state, plan, and that it is taken down.</summary>
internal static class ResourceRemoval
{
    /// <summary>Quiet when it is removed already.</summary>
    public static void Write(
        Writes writes, Fulfilment fulfilment, InstallationId installation, Resource resource, PlanPeriods plans, Actor actor,
        DateTimeOffset now)
    {
        var settled = PlanSettlement.Of(resource, plans, now);
        var removed = Removed(settled.Resource.Next, now);
        if (removed.Events.IsEmpty)
            return;

        ResourceRows.Save(writes, installation, removed.Next);
        EventRows.Append(writes, installation, settled.Resource.Events + removed.Events, actor);
        PlanPeriodRows.Save(writes, fulfilment.Catalogue, installation, plans, Closed(settled.Plans, now));
        fulfilment.TakeDown(writes, installation, resource, actor, now);
    }

    private static Transition<Resource, ResourceEvent> Removed(Resource resource, DateTimeOffset now) =>
        ResourceTransitions.Apply(resource, new ResourceCommand.Uninstall(), now).IfLeft(
            rejection => throw new UnreachableException($"Uninstalling is never refused, but was: {rejection.GetType().Name}"));

    /// <summary>The plans of whatever ends at the moment.</summary>
    public static PlanPeriods Closed(PlanPeriods plans, DateTimeOffset now) =>
        plans.Close(now).IfLeft(rejection => throw new CorruptRowException(
            "plan_period", plans.Subject.ToString()!, $"it cannot end at {now:O}: {rejection.GetType().Name}"));
}
