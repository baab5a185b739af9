using LanguageExt;
using Marketplace.Core;
using Marketplace.Core.Installations;
using Marketplace.Core.Resources;
using Marketplace.Jobs.Outbox;
using Marketplace.Shell.Audit;
using Marketplace.Shell.Outbox;
using Marketplace.Shell.Persistence;
using Marketplace.Shell.Provisioning;
using static LanguageExt.Prelude;

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
        Write(writes, fulfilment, installation, resource, Seq1<ResourceCommand>(new ResourceCommand.Suspend(cause, reason)), actor, now);

    /// <summary>The cause is gone; the resource is in service again when it was the last one. Quiet when it did not hold.</summary>
    public static void Resume(
        Writes writes, Fulfilment fulfilment, InstallationId installation, Resource resource, SuspensionCause cause, Actor actor,
        DateTimeOffset now) =>
        Write(writes, fulfilment, installation, resource, Seq1<ResourceCommand>(new ResourceCommand.Resume(cause)), actor, now);

    /// <summary>Whether any of the commands would change the resource. It may be asked before the lock, so that only what changes is locked.</summary>
    public static bool Changes(Resource resource, Seq<ResourceCommand> commands, DateTimeOffset now) =>
        !Follow(resource, commands, now).Events.IsEmpty;

    /// <summary>Suspensions, their ends, and what the customer is told: together, with one message to Vercel. What is refused changes nothing.</summary>
    public static void Write(
        Writes writes, Fulfilment fulfilment, InstallationId installation, Resource resource, Seq<ResourceCommand> commands, Actor actor,
        DateTimeOffset now)
    {
        var followed = Follow(resource, commands, now);
        if (followed.Events.IsEmpty)
            return;

        ResourceRows.Save(writes, installation, followed.Next);
        EventRows.Append(writes, installation, followed.Events, actor);
        switch (resource, followed.Next)
        {
            case (not Resource.Suspended, Resource.Suspended):
                fulfilment.Suspend(writes, installation, followed.Next, now);
                break;
            case (Resource.Suspended, not Resource.Suspended) when fulfilment.Resume(writes, installation, followed.Next, now):
                // Vercel hears of it when it works again.
                return;
        }

        OutboxRows.Append(writes, installation, resource.Id, MessageKind.ResourceStatus, now, now);
    }

    private static Transition<Resource, ResourceEvent> Follow(Resource resource, Seq<ResourceCommand> commands, DateTimeOffset now) =>
        commands.Fold(
            new Transition<Resource, ResourceEvent>(resource, Empty),
            (soFar, command) => ResourceTransitions.Apply(soFar.Next, command, now).Match(
                Right: step => new Transition<Resource, ResourceEvent>(step.Next, (soFar.Events + step.Events).Strict()),
                Left: _ => soFar));
}
