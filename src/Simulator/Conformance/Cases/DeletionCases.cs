using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Marketplace.Simulator.Dashboard;
using Marketplace.Simulator.Schemas;

namespace Marketplace.Simulator.Conformance.Cases;

/// <summary>A resource that is deleted is gone, and stays gone. Source: contract §B.2.</summary>
internal static class DeletionCases
{
    private static readonly Source Delete = Source.Partner("Delete Resource");

    public static readonly ImmutableArray<ConformanceCase> All =
    [
        new("deletion/is-final", "A resource that was deleted cannot be read any more, or is told as uninstalled.", Delete, Level.Required, IsFinal),
        new("deletion/is-not-listed", "A resource that was deleted is not in the list.", Delete, Level.Required, IsNotListed),
        new("deletion/twice", "A deletion of what is deleted already is no failure of the server, and brings nothing back.", Delete, Level.Required, Twice),
        new("deletion/at-once", "Three deletions at the same moment delete the resource.", Delete, Level.Required, AtOnce),
        new("deletion/unknown", "A deletion of what nobody made is no failure of the server.", Delete, Level.Required, Unknown),
        new("deletion/of-another-installation", "A resource of another installation cannot be deleted.", Delete, Level.Required, OfStranger),
        new("deletion/by-vercel", "Vercel may delete a resource by itself, with a system token.", Delete, Level.Required, ByVercel),
        new("deletion/leaves-others", "The deletion of one resource leaves the others of the installation.", Delete, Level.Required, LeavesOthers),
        new("deletion/name-is-free", "The name of a deleted resource can be given again, to another resource.", Delete, Level.Recommended, NameIsFree),
        new("deletion/update-after", "A deleted resource cannot be changed.", Delete, Level.Required, UpdateAfter) { Of = PartnerOperation.UpdateResource },
        new("deletion/plan-after", "A deleted resource cannot be put on a plan.", Delete, Level.Required, PlanAfter) { Of = PartnerOperation.UpdateResource },
        new("deletion/rotate-after", "A deleted resource gets no new secrets.", Delete, Level.Required, RotateAfter) { Of = PartnerOperation.RotateSecrets },
        new("deletion/repl-after", "A deleted resource takes no commands.", Delete, Level.Required, ReplAfter) { Of = PartnerOperation.RunReplCommand },
        new("deletion/plans-after", "A deleted resource has no plans to choose from.", Delete, Level.Recommended, PlansAfter)
        {
            Of = PartnerOperation.ListResourcePlans,
        },
        new("deletion/secrets-end", "The secrets of a deleted resource open nothing.", Delete, Level.Required, SecretsEnd) { Needs = Need.SecretProbe },
        new("deletion/while-pending", "A resource that is deleted while it is being made does not come to life.", Delete, Level.Required, WhilePending),
        new("deletion/again-succeeds", "To delete what is deleted already is a success: it is gone.", Delete, Level.Recommended, AgainSucceeds),
        new("deletion/ends-billing", "A deleted resource costs nothing more.", Source.Billing, Level.Required, EndsBilling)
        {
            Needs = Need.VirtualTime | Need.SubscriptionPlan, TimeLimit = TimeSpan.FromMinutes(2),
        },
        new("deletion/with-update", "A deletion and an update at the same moment leave the resource deleted.", Delete, Level.Required, WithUpdate)
        {
            Of = PartnerOperation.UpdateResource,
        },
    ];

    private static async Task IsFinal(Trial trial)
    {
        var tenant = await Deleted(trial);
        await trial.ExpectGone(tenant.InstallationId, tenant.ResourceId);
    }

    private static async Task IsNotListed(Trial trial)
    {
        var tenant = await Deleted(trial);
        var listed = await trial.Listed(tenant.InstallationId) ?? throw trial.NotOffered("List Resources");
        trial.Expect(!listed.Contains(tenant.ResourceId), "the list does not have it", "it has");
    }

    private static async Task Twice(Trial trial)
    {
        var tenant = await Deleted(trial);
        ExpectDeletedOrRefused(trial, await trial.Send(Deletion(trial, tenant)));
        await trial.ExpectGone(tenant.InstallationId, tenant.ResourceId);
    }

    private static async Task AgainSucceeds(Trial trial) => trial.ExpectSuccess(await trial.Send(Deletion(trial, await Deleted(trial))));

    private static async Task EndsBilling(Trial trial)
    {
        var tenant = await trial.NewBilledTenant();
        trial.ExpectSuccess(await trial.Customer.DeleteResource(tenant.InstallationId, tenant.ResourceId, trial.Cancel));
        await trial.ExpectNotBilledOn(tenant);
    }

    private static async Task AtOnce(Trial trial)
    {
        var tenant = await trial.NewTenant();
        var answers = await Task.WhenAll(
            trial.Send(Deletion(trial, tenant)), trial.Customer.DeleteResource(tenant.InstallationId, tenant.ResourceId, trial.Cancel),
            trial.Send(Deletion(trial, tenant)));
        foreach (var answer in answers)
        {
            ExpectDeletedOrRefused(trial, answer);
        }

        trial.Expect(answers.Any(answer => answer.IsSuccess), "one of them succeeds", "none does");
        await trial.ExpectGone(tenant.InstallationId, tenant.ResourceId);
    }

    private static async Task Unknown(Trial trial)
    {
        var tenant = await trial.SharedTenant();
        ExpectDeletedOrRefused(trial, await trial.Send(Deletion(trial, tenant with { ResourceId = "no-such-resource" })));
    }

    private static async Task OfStranger(Trial trial)
    {
        var (tenant, stranger) = (await trial.SharedTenant(), await trial.SharedStranger());
        ExpectDeletedOrRefused(trial, await trial.Send(Deletion(trial, tenant with { ResourceId = stranger.ResourceId })));
        trial.Expect((await trial.Read(stranger)).OptionalText("status") == "ready", "the resource is ready", "it is not");
    }

    private static async Task ByVercel(Trial trial)
    {
        var tenant = await trial.NewTenant();
        trial.ExpectSuccess(await trial.Customer.DeleteResource(tenant.InstallationId, tenant.ResourceId, trial.Cancel, new CallOptions(AsSystem: true)));
        await trial.ExpectGone(tenant.InstallationId, tenant.ResourceId);
    }

    private static async Task LeavesOthers(Trial trial)
    {
        var (first, second) = await trial.NewPair();
        trial.ExpectSuccess(await trial.Customer.DeleteResource(first.InstallationId, first.ResourceId, trial.Cancel));
        trial.Expect((await trial.Read(second)).OptionalText("status") == "ready", "the other resource is ready", "it is not");
    }

    private static async Task NameIsFree(Trial trial)
    {
        var former = await Deleted(trial);
        var anew = await trial.NewResource(former.InstallationId, trial.Offer.Product, trial.Offer.Product.Plan);
        trial.Expect(anew.ResourceId != former.ResourceId, "another id", "the id of the deleted one");
    }

    private static async Task UpdateAfter(Trial trial)
    {
        var tenant = await Deleted(trial);
        trial.ExpectTurnedDown(await trial.Send(PartnerCalls.UpdateResource(
            tenant.InstallationId, tenant.ResourceId, new JsonObject { ["name"] = "revived" }, trial.AdminToken(tenant.InstallationId))));
    }

    private static async Task PlanAfter(Trial trial)
    {
        var tenant = await Deleted(trial);
        trial.ExpectTurnedDown(await trial.Send(PartnerCalls.UpdateResource(
            tenant.InstallationId, tenant.ResourceId, new JsonObject { ["billingPlanId"] = tenant.PlanId }, trial.AdminToken(tenant.InstallationId))));
    }

    private static async Task RotateAfter(Trial trial)
    {
        var tenant = await Deleted(trial);
        trial.ExpectTurnedDown(await trial.Send(PartnerCalls.RotateSecrets(
            tenant.InstallationId, tenant.ResourceId, new JsonObject { ["delayOldSecretsExpirationHours"] = 1 }, trial.AdminToken(tenant.InstallationId))));
    }

    private static async Task ReplAfter(Trial trial)
    {
        var tenant = await Deleted(trial);
        trial.ExpectTurnedDown(await trial.Send(PartnerCalls.RunReplCommand(
            tenant.InstallationId, tenant.ResourceId, new JsonObject { ["input"] = "help" }, trial.AdminToken(tenant.InstallationId))));
    }

    private static async Task PlansAfter(Trial trial)
    {
        var tenant = await Deleted(trial);
        trial.ExpectTurnedDown(await trial.Send(PartnerCalls.ResourcePlans(
            tenant.InstallationId, tenant.ResourceId, metadata: null, trial.SystemToken(tenant.InstallationId))));
    }

    private static async Task SecretsEnd(Trial trial)
    {
        var tenant = await trial.NewTenant();
        var secrets = trial.Secrets(tenant);
        await trial.ExpectOpen(secrets, "the secrets of a new resource");
        trial.ExpectSuccess(await trial.Customer.DeleteResource(tenant.InstallationId, tenant.ResourceId, trial.Cancel));
        await trial.ExpectShut(secrets, "the secrets of a deleted resource");
    }

    private static async Task WhilePending(Trial trial)
    {
        var installationId = await trial.NewInstallation();
        var product = trial.Offer.Product;
        var exchange = await trial.Customer.Provision(installationId, product.Id, "short-lived", product.Plan.Id, product.Metadata, trial.Cancel);
        trial.ExpectSuccess(exchange);
        var id = Trial.Id(exchange);
        if (trial.Customer.Resource(installationId, id).Status != "pending")
        {
            throw trial.NotObserved("Resources are ready at once.");
        }

        // A provider may want to end what it has begun before it deletes.
        var (deleted, isTaken) = await trial.Await(
            () => trial.Customer.DeleteResource(installationId, id, trial.Cancel), deleted => deleted.Status != 409, trial.Options.Patience);
        if (!isTaken && trial.Customer.Resource(installationId, id).Status is var status && Trial.IsBeingMade(status))
        {
            throw trial.NotObserved(trial.StillBeingMade(trial.Tenant(installationId, exchange, product, product.Plan), status));
        }

        trial.Expect(isTaken, "the deletion is taken", Trial.Told(deleted));
        await Task.Delay(TimeSpan.FromSeconds(3), trial.Cancel);
        await trial.ExpectGone(installationId, id);
    }

    private static async Task WithUpdate(Trial trial)
    {
        var tenant = await trial.NewTenant();
        var (updated, deleted) = (
            trial.Customer.Rename(tenant.InstallationId, tenant.ResourceId, "late", trial.Cancel),
            trial.Customer.DeleteResource(tenant.InstallationId, tenant.ResourceId, trial.Cancel));
        trial.ExpectSuccess(await deleted);
        var update = await updated;
        if (!update.IsSuccess)
        {
            trial.ExpectTurnedDown(update);
        }

        await trial.ExpectGone(tenant.InstallationId, tenant.ResourceId);
    }

    private static async Task<Tenant> Deleted(Trial trial)
    {
        var tenant = await trial.NewTenant();
        trial.ExpectSuccess(await trial.Customer.DeleteResource(tenant.InstallationId, tenant.ResourceId, trial.Cancel));
        return tenant;
    }

    private static PartnerCall Deletion(Trial trial, Tenant tenant) =>
        PartnerCalls.DeleteResource(tenant.InstallationId, tenant.ResourceId, trial.AdminToken(tenant.InstallationId));

    private static void ExpectDeletedOrRefused(Trial trial, Exchange exchange)
    {
        if (exchange.IsSuccess)
        {
            trial.ExpectSuccess(exchange);
        }
        else
        {
            trial.ExpectTurnedDown(exchange);
        }
    }
}
