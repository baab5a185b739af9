using System.Diagnostics;
using LanguageExt;
using Marketplace.Core;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Installations;
using Marketplace.Core.Products;
using Marketplace.Core.Resources;
using Marketplace.Core.Secrets;
using Marketplace.Shell.Audit;
using Marketplace.Shell.BillingPlans;
using Marketplace.Shell.Persistence;
using Marketplace.Shell.Resources;
using Marketplace.Shell.Secrets;

namespace Marketplace.Shell.Provisioning;

/// <summary>What a local provisioner makes, with all that follows from it, in one decision: nothing waits for an outcome.</summary>
internal static class LocalResource
{
    /// <summary>A resource that was asked for, made. Its first plan begins, because this answer tells of it.</summary>
    public static (Resource Resource, Seq<Secret> Secrets) Make(
        Writes writes, Catalogue catalogue, ILocalProvisioner provisioner, Installation of, Transition<Resource, ResourceEvent> requested,
        Actor actor)
    {
        var (installation, id, now, operation) = (of.Id, requested.Next.Id, requested.Next.Facts.CreatedAt, Ids.Operation());
        var ready = Completed(requested.Next, now);
        ResourceRows.Insert(writes, installation, ready.Next);
        EventRows.Append(writes, installation, requested.Events + ready.Events, actor);

        var secrets = provisioner.Mint(writes, installation, id, operation, now);
        var minted = SecretTransitions.Mint(id, operation, now);
        SecretRows.SaveMinted(writes, installation, minted.Next);
        EventRows.Append(writes, installation, minted.Events, actor);
        PlanStart.Write(writes, catalogue, of, ready.Next, PlanPeriods.Unopened(id), now);
        return (ready.Next, secrets);
    }

    /// <summary>New secrets beside the old ones, which work for the delay; those whose time is over at once end here.</summary>
    /// <param name="held">What is kept of those before.</param>
    /// <param name="areKept">The new ones too, for a message that is still to be sent; else this answer tells them, and nobody can again.</param>
    public static Seq<Secret> Rotate(
        Writes writes, ILocalProvisioner provisioner, SecretBox box, InstallationId installation, ResourceSecrets before, HeldSecrets held,
        OperationId operation, TimeSpan delay, Actor actor, bool areKept, DateTimeOffset now)
    {
        var secrets = held.Rotated(provisioner.Mint(writes, installation, before.Resource, operation, now));
        var rotated = Applied(before, new SecretCommand.Rotate(operation, delay), now);
        SecretRows.SaveMinted(writes, box, installation, rotated.Next, areKept ? secrets : secrets.Forgotten());
        EventRows.Append(writes, installation, rotated.Events, actor);

        var due = rotated.Next.DueAt(now);
        if (!due.IsEmpty)
        {
            provisioner.End(writes, installation, before.Resource, due);
            var ended = Applied(rotated.Next, new SecretCommand.ConfirmEnd(due), now);
            SecretRows.SaveEnded(writes, installation, ended.Next);
            EventRows.Append(writes, installation, ended.Events, actor);
        }

        return secrets.All;
    }

    private static Transition<Resource, ResourceEvent> Completed(Resource requested, DateTimeOffset now) =>
        ResourceTransitions.Apply(requested, new ResourceCommand.CompleteProvisioning(), now).IfLeft(
            rejection => throw new UnreachableException($"What was just asked for can be made, but: {rejection.GetType().Name}"));

    private static Transition<ResourceSecrets, SecretEvent> Applied(ResourceSecrets current, SecretCommand command, DateTimeOffset now) =>
        SecretTransitions.Apply(current, command, now).IfLeft(
            rejection => throw new UnreachableException($"{command.GetType().Name}: {rejection.GetType().Name}"));
}
