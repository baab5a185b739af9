using Marketplace.Core.Installations;
using Marketplace.Core.Resources;
using Marketplace.Jobs.Outbox;
using Marketplace.Shell.Audit;
using Marketplace.Shell.Outbox;
using Marketplace.Shell.Persistence;
using Marketplace.Shell.Provisioning;

namespace Marketplace.Shell.Resources;

/// <summary>
/// Everything that a suspension and its end mean, whatever the cause: state, the provisioner that really cuts service, and what Vercel
/// shows. Asked under the lock of the resource.
/// </summary>
internal static class ResourceSuspension
{
    /// <summary>
    /// The cause holds. Quiet when it does already, and where there is nothing to cut: what is still being made is asked for again when it
    /// is there.
    /// </summary>
    public static void Suspend(
        Writes writes, Fulfilment fulfilment, InstallationId installation, Resource resource, SuspensionCause cause, string reason,
        Actor actor, DateTimeOffset now) =>
        Write(writes, fulfilment, installation, resource, new ResourceCommand.Suspend(cause, reason), actor, now);

    /// <summary>The cause is gone; the resource is in service again when it was the last one. Quiet when it did not hold.</summary>
    public static void Resume(
        Writes writes, Fulfilment fulfilment, InstallationId installation, Resource resource, SuspensionCause cause, Actor actor,
        DateTimeOffset now) =>
        Write(writes, fulfilment, installation, resource, new ResourceCommand.Resume(cause), actor, now);

    private static void Write(
        Writes writes, Fulfilment fulfilment, InstallationId installation, Resource resource, ResourceCommand command, Actor actor,
        DateTimeOffset now) =>
        ResourceTransitions.Apply(resource, command, now).IfRight(transition =>
        {
            if (transition.Events.IsEmpty)
                return;

            ResourceRows.Save(writes, installation, transition.Next);
            EventRows.Append(writes, installation, transition.Events, actor);
            switch (resource, transition.Next)
            {
                case (not Resource.Suspended, Resource.Suspended):
                    fulfilment.Suspend(writes, installation, transition.Next, now);
                    break;
                case (Resource.Suspended, not Resource.Suspended) when fulfilment.Resume(writes, installation, transition.Next, now):
                    // Vercel hears of it when it works again.
                    return;
            }

            OutboxRows.Append(writes, installation, resource.Id, MessageKind.ResourceStatus, now, now);
        });
}
