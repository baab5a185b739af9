using System.Diagnostics;
using Marketplace.Core;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Installations;
using Marketplace.Core.Resources;
using Marketplace.Shell.Audit;
using Marketplace.Shell.Persistence;
using Marketplace.Shell.Provisioning;
using Marketplace.Shell.Resources;

namespace Marketplace.Shell.Imports;

/// <summary>What Vercel's answer to an import means here, whoever got it. Asked under the lock of the resource.</summary>
internal static class ImportSettlement
{
    /// <summary>Quiet when Vercel has it already.</summary>
    public static void Accept(Writes writes, InstallationId installation, Resource resource, Actor actor, DateTimeOffset now)
    {
        if (resource is Resource.Pending)
            Save(writes, installation, resource, new ResourceCommand.CompleteProvisioning(), actor, now);
    }

    /// <summary>What Vercel never had is forgotten. What it has stays as it was there.</summary>
    public static void Refuse(
        Writes writes, Fulfilment fulfilment, InstallationId installation, Resource resource, string reason, Actor actor, DateTimeOffset now)
    {
        if (resource is Resource.Pending)
        {
            var failed = Save(writes, installation, resource, new ResourceCommand.FailProvisioning(reason), actor, now);
            ResourceRemoval.Write(writes, fulfilment, installation, failed, PlanPeriods.Unopened(failed.Id), actor, now);
        }
    }

    private static Resource Save(
        Writes writes, InstallationId installation, Resource resource, ResourceCommand command, Actor actor, DateTimeOffset now)
    {
        var transition = ResourceTransitions.Apply(resource, command, now).IfLeft(
            rejection => throw new UnreachableException($"{resource.GetType().Name}: {rejection.GetType().Name}"));
        ResourceRows.Save(writes, installation, transition.Next);
        EventRows.Append(writes, installation, transition.Events, actor);
        return transition.Next;
    }
}
