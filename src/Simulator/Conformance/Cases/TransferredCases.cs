using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using Marketplace.Simulator.Dashboard;

namespace Marketplace.Simulator.Conformance.Cases;

/// <summary>After a transfer the resource is the target's by every call, and the source's by none. Source: contract §B.5, §E.11.</summary>
internal static class TransferredCases
{
    private static readonly Source Flow = Source.Flow("Resource transfers");

    public static readonly ImmutableArray<ConformanceCase> All =
    [
        New("is-the-same", "A resource that was transferred has the id, the name, the product and the metadata that it had.", Level.Required, IsTheSame),
        New("is-read", "The target reads it, and the source does not.", Level.Required, IsRead),
        New("is-listed", "The target's list has it, and the source's has not.", Level.Required, IsListed),
        New("has-plans", "The target is told its plans, and the source is not.", Level.Required, HasPlans),
        New("is-left-there", "Whatever the provider tells Vercel afterwards leaves it with the target.", Level.Required, IsLeftThere),
        New("is-changed", "The target can change it.", Level.Required, IsChanged),
        New("is-not-changed-by-source", "The source cannot change it any more.", Level.Required, IsNotChangedBySource),
        New("is-rotated", "The target can rotate its secrets.", Level.Required, IsRotated),
        New("is-not-rotated-by-source", "The source cannot rotate its secrets any more.", Level.Required, IsNotRotatedBySource),
        New("is-deleted", "The target can delete it.", Level.Required, IsDeleted),
        New("is-not-deleted-by-source", "The source cannot delete it any more.", Level.Required, IsNotDeletedBySource),
        New("is-not-offered-by-source", "The source cannot offer it again.", Level.Required, IsNotOfferedBySource),
        New("outlives-source", "It lives on when the source uninstalls.", Level.Required, OutlivesSource),
        New("ends-with-target", "It ends when the target uninstalls.", Level.Required, EndsWithTarget),
        New("goes-back", "It can be transferred back.", Level.Recommended, GoesBack),
        New("goes-on", "It can be transferred on, to a third team.", Level.Recommended, GoesOn),
        New("keeps-secrets", "Its secrets go on to open it.", Level.Required, KeepsSecrets) with { Needs = Need.SecretProbe },
        New("keeps-secrets-when-source-leaves", "Its secrets go on to open it when the source uninstalls.", Level.Required, KeepsSecretsWhenSourceLeaves)
            with { Needs = Need.SecretProbe },
        New("name-is-free", "The source can make a new resource of that name.", Level.Recommended, NameIsFree),
        New("leaves-others", "What was not offered stays with the source.", Level.Required, LeavesOthers),
        New("is-not-billed-to-source", "From then on it costs the source nothing more.", Level.Required, IsNotBilledToSource) with
        {
            Needs = Need.VirtualTime | Need.SubscriptionPlan, TimeLimit = TimeSpan.FromMinutes(2),
        },
        New("meets-others", "It comes beside what the target has already, which stays as it is.", Level.Required, MeetsOthers),
    ];

    private static ConformanceCase New(string name, string rule, Level level, Func<Trial, Task> play) =>
        new($"transferred/{name}", rule, Flow, level, play) { Of = PartnerOperation.AcceptTransfer };

    private static async Task IsTheSame(Trial trial)
    {
        var source = await trial.NewTenant();
        var before = await trial.Read(source);
        var after = await trial.Read(await (await Handover.Offer(trial, source)).AcceptBy(await trial.NewInstallation()));
        foreach (var field in new[] { "id", "name", "productId", "metadata" })
        {
            trial.Expect(JsonElement.DeepEquals(before.GetProperty(field), after.GetProperty(field)), $"the same {field}", "another one");
        }
    }

    private static async Task IsRead(Trial trial)
    {
        var (source, target) = await Handover.Complete(trial);
        var status = (await trial.Read(target)).OptionalText("status");
        trial.Expect(status is "ready" or "resumed", "the target reads it as ready", status ?? "no status");
        await trial.ExpectGone(source.InstallationId, source.ResourceId);
    }

    private static async Task IsListed(Trial trial)
    {
        var (source, target) = await Handover.Complete(trial);
        var atTarget = await trial.Listed(target.InstallationId);
        var atSource = await trial.Listed(source.InstallationId);
        if (atTarget is null || atSource is null)
        {
            throw trial.NotOffered("List Resources");
        }

        trial.Expect(atTarget.Contains(target.ResourceId), "the target's list has it", "it is not there");
        trial.Expect(!atSource.Contains(target.ResourceId), "the source's list does not have it", "it is there");
    }

    private static async Task HasPlans(Trial trial)
    {
        trial.Require(PartnerOperation.ListResourcePlans);
        var (source, target) = await Handover.Complete(trial);
        trial.ExpectSuccess(await trial.Customer.ResourcePlans(target.InstallationId, target.ResourceId, metadata: null, trial.Cancel));
        trial.ExpectTurnedDown(await trial.Customer.ResourcePlans(source.InstallationId, source.ResourceId, metadata: null, trial.Cancel));
    }

    private static async Task IsLeftThere(Trial trial)
    {
        var (source, target) = await Handover.Complete(trial);
        if (trial.Offer.Has.HasFlag(Need.VirtualTime))
        {
            await trial.Advance(TimeSpan.FromHours(2));
        }

        await trial.Settle();
        trial.Expect(trial.Customer.Installation(source.InstallationId).Find(source.ResourceId) is null, "the source has it no more", "it has it again");
        var arrived = trial.Customer.Installation(target.InstallationId).Find(target.ResourceId);
        trial.Expect(arrived?.Status is "ready" or "resumed", "the target has it, and it is ready", arrived?.Status ?? "it is gone");
    }

    private static async Task IsChanged(Trial trial)
    {
        trial.Require(PartnerOperation.UpdateResource);
        var (_, target) = await Handover.Complete(trial);
        trial.ExpectSuccess(await trial.Customer.Rename(target.InstallationId, target.ResourceId, "ours-now", trial.Cancel));
        trial.Expect((await trial.Read(target)).OptionalText("name") == "ours-now", "it has the new name", "it has another one");
    }

    private static async Task IsNotChangedBySource(Trial trial)
    {
        trial.Require(PartnerOperation.UpdateResource);
        var (source, target) = await Handover.Complete(trial);
        var call = PartnerCalls.UpdateResource(
            source.InstallationId, source.ResourceId, new JsonObject { ["name"] = "still-ours" }, trial.AdminToken(source.InstallationId));
        trial.ExpectTurnedDown(await trial.Send(call));
        trial.Expect((await trial.Read(target)).OptionalText("name") != "still-ours", "its name stays", "it has a new one");
    }

    private static async Task IsRotated(Trial trial)
    {
        trial.Require(PartnerOperation.RotateSecrets);
        var (_, target) = await Handover.Complete(trial);
        var old = trial.Secrets(target);
        trial.ExpectSuccess(await trial.Customer.Rotate(target.InstallationId, target.ResourceId, 1, trial.Cancel));
        await trial.Eventually("Vercel has new values", () => trial.Secrets(target), fresh => !Trial.AreSame(old, fresh));
    }

    private static async Task IsNotRotatedBySource(Trial trial)
    {
        trial.Require(PartnerOperation.RotateSecrets);
        var (source, _) = await Handover.Complete(trial);
        trial.ExpectTurnedDown(await trial.Customer.Rotate(source.InstallationId, source.ResourceId, 0, trial.Cancel));
    }

    private static async Task IsDeleted(Trial trial)
    {
        var (source, target) = await Handover.Complete(trial);
        trial.ExpectSuccess(await trial.Customer.DeleteResource(target.InstallationId, target.ResourceId, trial.Cancel));
        await trial.ExpectGone(target.InstallationId, target.ResourceId);
        await trial.ExpectGone(source.InstallationId, source.ResourceId);
    }

    private static async Task IsNotDeletedBySource(Trial trial)
    {
        var (source, target) = await Handover.Complete(trial);
        var deleted = await trial.Send(PartnerCalls.DeleteResource(source.InstallationId, source.ResourceId, trial.AdminToken(source.InstallationId)));
        if (!deleted.IsSuccess)
        {
            trial.ExpectTurnedDown(deleted);
        }

        await ExpectAlive(trial, target);
    }

    private static async Task IsNotOfferedBySource(Trial trial)
    {
        var (source, target) = await Handover.Complete(trial);
        trial.ExpectTurnedDown(
            await Handover.Offer(trial, source.InstallationId, trial.Now.AddHours(24), source.ResourceId));
        await ExpectAlive(trial, target);
    }

    private static async Task OutlivesSource(Trial trial)
    {
        var (source, target) = await Handover.Complete(trial);
        trial.ExpectSuccess(await trial.Customer.Uninstall(source.InstallationId, trial.Cancel));
        await ExpectAlive(trial, target);
    }

    private static async Task EndsWithTarget(Trial trial)
    {
        var (source, target) = await Handover.Complete(trial);
        trial.ExpectSuccess(await trial.Customer.Uninstall(target.InstallationId, trial.Cancel));
        await trial.ExpectGone(target.InstallationId, target.ResourceId);
        await trial.ExpectGone(source.InstallationId, source.ResourceId);
    }

    private static async Task GoesBack(Trial trial)
    {
        var (source, target) = await Handover.Complete(trial);
        await ExpectAlive(trial, await (await Handover.Offer(trial, target)).AcceptBy(source.InstallationId));
        await trial.ExpectGone(target.InstallationId, target.ResourceId);
    }

    private static async Task GoesOn(Trial trial)
    {
        var (source, target) = await Handover.Complete(trial);
        await ExpectAlive(trial, await (await Handover.Offer(trial, target)).AcceptBy(await trial.NewInstallation()));
        await trial.ExpectGone(target.InstallationId, target.ResourceId);
        await trial.ExpectGone(source.InstallationId, source.ResourceId);
    }

    private static async Task KeepsSecrets(Trial trial)
    {
        var (_, target) = await Handover.Complete(trial);
        await trial.ExpectStillOpen(trial.Secrets(target), "its secrets");
    }

    private static async Task KeepsSecretsWhenSourceLeaves(Trial trial)
    {
        var (source, target) = await Handover.Complete(trial);
        trial.ExpectSuccess(await trial.Customer.Uninstall(source.InstallationId, trial.Cancel));
        await trial.ExpectStillOpen(trial.Secrets(target), "its secrets");
    }

    private static async Task NameIsFree(Trial trial)
    {
        var (source, target) = await Handover.Complete(trial);
        var anew = await trial.NewResource(source.InstallationId, trial.Offer.Product, trial.Offer.Product.Plan);
        trial.Expect(anew.ResourceId != target.ResourceId, "another id", "the id of the one that was transferred");
        await ExpectAlive(trial, target);
    }

    private static async Task LeavesOthers(Trial trial)
    {
        var (first, second) = await trial.NewPair();
        await ExpectAlive(trial, await (await Handover.Offer(trial, first)).AcceptBy(await trial.NewInstallation()));
        await ExpectAlive(trial, second);
    }

    private static async Task MeetsOthers(Trial trial)
    {
        var (product, plan) = await trial.Roomy();
        var (source, host) = (await trial.NewTenant(product, plan), await trial.NewTenant(product, plan));
        await ExpectAlive(trial, await (await Handover.Offer(trial, source)).AcceptBy(host.InstallationId));
        await ExpectAlive(trial, host);
    }

    private static async Task IsNotBilledToSource(Trial trial)
    {
        var source = await trial.NewBilledTenant();
        await (await Handover.Offer(trial, source)).AcceptBy(await trial.NewInstallation());
        await trial.ExpectNotBilledOn(source);
    }

    private static async Task ExpectAlive(Trial trial, Tenant tenant)
    {
        var status = (await trial.Read(tenant)).OptionalText("status");
        trial.Expect(status is "ready" or "resumed", "the resource is ready", status ?? "no status");
    }
}
