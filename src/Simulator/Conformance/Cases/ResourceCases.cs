using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using Marketplace.Simulator.Dashboard;
using Marketplace.Simulator.Schemas;

namespace Marketplace.Simulator.Conformance.Cases;

/// <summary>Provisioning, reading and changing. Source: contract §B.2, §C.2, §E.2.</summary>
internal static class ResourceCases
{
    private static readonly Source Provision = Source.Partner("Provision Resource");
    private static readonly Source Read = Source.Partner("Get Resource");
    private static readonly Source Update = Source.Partner("Update Resource");

    public static readonly ImmutableArray<ConformanceCase> All =
    [
        new("resources/provision", "A resource is provisioned, and gets ready by itself.", Provision, Level.Required, GetsReady),
        new("resources/provision-every-product", "Each product of the settings can be provisioned.", Provision, Level.Required, EveryProduct),
        new("resources/provision-answers-soon", "A provisioning is answered within ten seconds: what takes longer goes on as pending.",
            Provision, Level.Recommended, AnswersSoon),
        new("resources/pending-is-told", "A resource that was pending is told to Vercel when it is ready, with its secrets.",
            Source.Flow("Provisioning"), Level.Required, PendingIsTold),
        new("resources/provision-two-at-once", "Two provisionings at the same moment under different keys make two resources.",
            Provision, Level.Required, TwoAtOnce),
        new("resources/provision-same-name", "A second resource of the same name is another one, or refused as a conflict.",
            Provision, Level.Recommended, SameName),
        new("resources/provision-long-name", "A name of 128 characters is kept whole, or refused by its field.", Provision, Level.Required, LongName),
        new("resources/provision-any-name", "A name of letters, digits, hyphens and underscores is kept, or refused by its field.",
            Provision, Level.Required, AnyName),
        new("resources/provision-external-id", "An externalId of a Deploy Button is taken.", Provision, Level.Required, ExternalId),
        new("resources/provision-plan-of-another-product", "Nothing is made on a plan that only another product has.",
            Provision, Level.Required, PlanOfAnotherProduct),
        new("resources/provision-unknown-installation", "Nothing is made for an installation that nobody made.", Provision, Level.Required, UnknownInstallation),
        new("resources/read-as-provisioned", "A resource is read as it was provisioned.", Read, Level.Required, ReadAsProvisioned),
        new("resources/read-unknown", "A resource that nobody made cannot be read.", Read, Level.Required, ReadUnknown),
        new("resources/read-of-another-installation", "A resource of another installation cannot be read.", Read, Level.Required, ReadOfStranger),
        new("resources/update-name", "A new name is kept, and nothing else changes.", Update, Level.Required, UpdateName) { Of = PartnerOperation.UpdateResource },
        new("resources/update-metadata", "Metadata that is sent again is kept.", Update, Level.Required, UpdateMetadata) { Of = PartnerOperation.UpdateResource },
        new("resources/update-plan", "A plan that is chosen is answered as the plan of the resource.", Update, Level.Required, UpdatePlan)
        {
            Of = PartnerOperation.UpdateResource, Needs = Need.TwoPlans,
        },
        new("resources/update-everything", "Name, metadata and plan can be changed by one call.", Update, Level.Required, UpdateEverything)
        {
            Of = PartnerOperation.UpdateResource, Needs = Need.TwoPlans,
        },
        new("resources/update-nothing", "An update that changes nothing succeeds, and changes nothing.", Update, Level.Recommended, UpdateNothing)
        {
            Of = PartnerOperation.UpdateResource,
        },
        new("resources/update-is-whole", "An update that is refused in one part changes no other part.", Update, Level.Recommended, UpdateIsWhole)
        {
            Of = PartnerOperation.UpdateResource,
        },
        new("resources/update-at-once", "Two updates at the same moment leave one of the two names.", Update, Level.Required, UpdateAtOnce)
        {
            Of = PartnerOperation.UpdateResource,
        },
        new("resources/update-of-another-installation", "A resource of another installation cannot be changed.", Update, Level.Required, UpdateOfStranger)
        {
            Of = PartnerOperation.UpdateResource,
        },
    ];

    /// <summary>The one rule about how long it takes. An onboarding is the customer's to end, and nobody is here to do that.</summary>
    private static async Task GetsReady(Trial trial)
    {
        var installationId = await trial.NewInstallation();
        var product = trial.Offer.Product;
        var exchange = await trial.Customer.Provision(installationId, product.Id, "gets-ready", product.Plan.Id, product.Metadata, trial.Cancel);
        trial.ExpectSuccess(exchange);
        var tenant = trial.Tenant(installationId, exchange, product, product.Plan);
        var status = await trial.Made(tenant, trial.Options.Patience);
        if (status == "onboarding")
        {
            throw trial.NotObserved(trial.StillBeingMade(tenant, status));
        }

        trial.Expect(
            status is "ready" or "resumed", $"the resource is ready within {trial.Options.Patience.TotalSeconds:0} s; --patience waits longer", status);
    }

    private static async Task EveryProduct(Trial trial)
    {
        foreach (var product in trial.Offer.Products)
        {
            await trial.NewTenant(product, product.Plan);
        }
    }

    private static async Task AnswersSoon(Trial trial)
    {
        var installationId = await trial.NewInstallation();
        var product = trial.Offer.Product;
        var exchange = await trial.Customer.Provision(installationId, product.Id, "soon", product.Plan.Id, product.Metadata, trial.Cancel);
        trial.ExpectSuccess(exchange);
        trial.Expect(exchange.Elapsed < TimeSpan.FromSeconds(10), "an answer within ten seconds", $"one after {exchange.Elapsed.TotalSeconds:0.0} s");
    }

    /// <summary>Nobody asks the provider here: it is he who tells.</summary>
    private static async Task PendingIsTold(Trial trial)
    {
        var installationId = await trial.NewInstallation();
        var product = trial.Offer.Product;
        var exchange = await trial.Customer.Provision(installationId, product.Id, "pending", product.Plan.Id, product.Metadata, trial.Cancel);
        trial.ExpectSuccess(exchange);
        var tenant = trial.Tenant(installationId, exchange, product, product.Plan);
        if (trial.Resource(tenant).Status != "pending")
        {
            throw trial.NotObserved("Resources are ready at once.");
        }

        await trial.ExpectToldReady(tenant, trial.Options.Patience);
    }

    private static async Task TwoAtOnce(Trial trial)
    {
        var (product, plan) = await trial.Roomy();
        var installationId = await trial.NewInstallation();
        var answers = await Task.WhenAll(
            trial.Customer.Provision(installationId, product.Id, "one", plan.Id, product.Metadata, trial.Cancel),
            trial.Customer.Provision(installationId, product.Id, "two", plan.Id, product.Metadata, trial.Cancel));
        trial.ExpectSuccess(answers[0]);
        trial.ExpectSuccess(answers[1]);
        trial.Expect(Trial.Id(answers[0]) != Trial.Id(answers[1]), "two ids", "one id for both");
        ExpectText(trial, answers[0].Json!.Value, "name", "one");
        ExpectText(trial, answers[1].Json!.Value, "name", "two");
    }

    private static async Task SameName(Trial trial)
    {
        var (product, plan) = await trial.Roomy();
        var first = await trial.NewResource(await trial.NewInstallation(), product, plan, "same");
        var second = await trial.Customer.Provision(first.InstallationId, product.Id, "same", plan.Id, product.Metadata, trial.Cancel);
        if (second.IsSuccess)
        {
            trial.Expect(Trial.Id(second) != first.ResourceId, "another id, or a conflict", "the id of the first");
        }
        else
        {
            trial.ExpectTurnedDown(second);
        }
    }

    private static Task LongName(Trial trial) => ExpectKeptOrRefused(trial, "n" + new string('0', 127));

    private static Task AnyName(Trial trial) => ExpectKeptOrRefused(trial, "a_B-9__z");

    private static async Task ExpectKeptOrRefused(Trial trial, string name)
    {
        var installationId = await trial.NewInstallation();
        var product = trial.Offer.Product;
        var exchange = await trial.Customer.Provision(installationId, product.Id, name, product.Plan.Id, product.Metadata, trial.Cancel);
        if (!exchange.IsSuccess)
        {
            trial.ExpectTurnedDown(exchange);
            return;
        }

        ExpectText(trial, exchange.Json!.Value, "name", name);
        var read = await trial.Customer.GetResource(installationId, Trial.Id(exchange), trial.Cancel);
        trial.ExpectSuccess(read);
        ExpectText(trial, read.Json!.Value, "name", name);
    }

    private static async Task ExternalId(Trial trial)
    {
        var installationId = await trial.NewInstallation();
        var product = trial.Offer.Product;
        trial.ExpectSuccess(await trial.Customer.Provision(
            installationId, product.Id, "deployed", product.Plan.Id, product.Metadata, trial.Cancel, externalId: "deploy-button-1"));
    }

    private static async Task PlanOfAnotherProduct(Trial trial)
    {
        var product = trial.Offer.Product;
        var foreign = trial.Offer.Products.Skip(1)
            .SelectMany(other => other.Plans)
            .FirstOrDefault(plan => !plan.IsForInstallation && !product.Plans.Exists(own => own.Id == plan.Id))
            ?? throw trial.NotObserved("No product of the settings has a plan that the first one has not.");
        await ExpectNothingMade(trial, body => body["billingPlanId"] = foreign.Id);
    }

    private static async Task UnknownInstallation(Trial trial)
    {
        var team = trial.NewTeam();
        var nobodys = $"icfg_{team.AccountId}";
        var product = trial.Offer.Product;
        var token = trial.Tokens.ForUser(team.Admin, nobodys);
        trial.ExpectTurnedDown(await trial.Send(PartnerCalls.ProvisionResource(nobodys, trial.ProvisionBody(product, product.Plan), token)));
    }

    private static async Task ExpectNothingMade(Trial trial, Action<JsonObject> bend)
    {
        var installationId = await trial.NewInstallation();
        var product = trial.Offer.Product;
        var body = trial.ProvisionBody(product, product.Plan);
        bend(body);
        trial.ExpectTurnedDown(
            await trial.Send(PartnerCalls.ProvisionResource(installationId, body, trial.AdminToken(installationId))));
        var listed = await trial.Listed(installationId);
        trial.Expect(listed is null or { IsEmpty: true }, "nothing is made", $"{listed?.Count} resources are listed");
    }

    private static async Task ReadAsProvisioned(Trial trial)
    {
        var tenant = await trial.NewTenant();
        var answer = await trial.Read(tenant);
        ExpectText(trial, answer, "id", tenant.ResourceId);
        ExpectText(trial, answer, "productId", trial.Offer.Product.Id);
        ExpectText(trial, answer, "name", "conformance");
        ExpectMetadata(trial, answer, trial.Offer.Product.Metadata);
        ExpectText(trial, answer, "status", "ready");
    }

    private static async Task ReadUnknown(Trial trial)
    {
        var tenant = await trial.SharedTenant();
        await trial.ExpectGone(tenant.InstallationId, "no-such-resource");
    }

    private static async Task ReadOfStranger(Trial trial)
    {
        var (tenant, stranger) = (await trial.SharedTenant(), await trial.SharedStranger());
        var read = await trial.Send(PartnerCalls.GetResource(tenant.InstallationId, stranger.ResourceId, trial.SystemToken(tenant.InstallationId)));
        trial.ExpectTurnedDown(read);
    }

    private static async Task UpdateName(Trial trial)
    {
        var tenant = await trial.NewTenant();
        var before = await trial.Read(tenant);
        var renamed = await trial.Customer.Rename(tenant.InstallationId, tenant.ResourceId, "another-name", trial.Cancel);
        trial.ExpectSuccess(renamed);
        foreach (var after in new[] { renamed.Json!.Value, await trial.Read(tenant) })
        {
            ExpectText(trial, after, "name", "another-name");
            ExpectText(trial, after, "id", tenant.ResourceId);
            trial.Expect(JsonElement.DeepEquals(before.GetProperty("metadata"), after.GetProperty("metadata")), "the same metadata", "another one");
            ExpectPlan(trial, after, before.Optional("billingPlan")?.OptionalText("id"));
        }
    }

    private static async Task UpdateMetadata(Trial trial)
    {
        var tenant = await trial.NewTenant();
        var body = new JsonObject { ["metadata"] = trial.Offer.Product.Metadata.DeepClone() };
        var updated = await trial.Customer.UpdateResource(tenant.InstallationId, tenant.ResourceId, body, trial.Cancel);
        trial.ExpectSuccess(updated);
        ExpectMetadata(trial, updated.Json!.Value, trial.Offer.Product.Metadata);
        ExpectMetadata(trial, await trial.Read(tenant), trial.Offer.Product.Metadata);
    }

    private static async Task UpdatePlan(Trial trial)
    {
        var (tenant, other) = await trial.NewChangeable();
        var changed = await trial.Customer.ChangePlan(tenant.InstallationId, tenant.ResourceId, other.Id, trial.Cancel);
        trial.ExpectSuccess(changed);
        ExpectPlan(trial, changed.Json!.Value, other.Id);
        if (changed.Json!.Value.Optional("billingPlan")?.OptionalText("effectiveDate") is null)
        {
            ExpectPlan(trial, await trial.Read(tenant), other.Id);
        }
    }

    private static async Task UpdateEverything(Trial trial)
    {
        var (tenant, other) = await trial.NewChangeable();
        var metadata = trial.Resource(tenant).Metadata!.Value;
        var body = new JsonObject { ["name"] = "everything", ["metadata"] = JsonNode.Parse(metadata.GetRawText()), ["billingPlanId"] = other.Id };
        var updated = await trial.Customer.UpdateResource(tenant.InstallationId, tenant.ResourceId, body, trial.Cancel);
        trial.ExpectSuccess(updated);
        var answer = updated.Json!.Value;
        ExpectText(trial, answer, "name", "everything");
        trial.Expect(JsonElement.DeepEquals(metadata, answer.GetProperty("metadata")), "the same metadata", "another one");
        ExpectPlan(trial, answer, other.Id);
    }

    private static async Task UpdateNothing(Trial trial)
    {
        var tenant = await trial.NewTenant();
        var before = await trial.Read(tenant);
        trial.ExpectSuccess(await trial.Customer.UpdateResource(tenant.InstallationId, tenant.ResourceId, [], trial.Cancel));
        trial.Expect(JsonElement.DeepEquals(before, await trial.Read(tenant)), "the resource is as before", "it is another one");
    }

    private static async Task UpdateIsWhole(Trial trial)
    {
        var tenant = await trial.NewTenant();
        var body = new JsonObject { ["name"] = "half-done", ["billingPlanId"] = "no-such-plan" };
        trial.ExpectTurnedDown(
            await trial.Customer.UpdateResource(tenant.InstallationId, tenant.ResourceId, body, trial.Cancel));
        ExpectText(trial, await trial.Read(tenant), "name", "conformance");
    }

    private static async Task UpdateAtOnce(Trial trial)
    {
        var tenant = await trial.NewTenant();
        foreach (var exchange in await Task.WhenAll(
            trial.Customer.Rename(tenant.InstallationId, tenant.ResourceId, "one-name", trial.Cancel),
            trial.Customer.Rename(tenant.InstallationId, tenant.ResourceId, "other-name", trial.Cancel)))
        {
            trial.Expect(exchange is { IsSuccess: true, Findings.IsEmpty: true } or { Status: 409 }, "each succeeds, or is told of a conflict", Trial.Told(exchange));
        }

        var name = (await trial.Read(tenant)).OptionalText("name");
        trial.Expect(name is "one-name" or "other-name", "one of the two names", name ?? "no name");
    }

    private static async Task UpdateOfStranger(Trial trial)
    {
        var (tenant, stranger) = (await trial.SharedTenant(), await trial.SharedStranger());
        var before = (await trial.Read(stranger)).OptionalText("name");
        var call = PartnerCalls.UpdateResource(
            tenant.InstallationId, stranger.ResourceId, new JsonObject { ["name"] = "taken" }, trial.AdminToken(tenant.InstallationId));
        trial.ExpectTurnedDown(await trial.Send(call));
        ExpectText(trial, await trial.Read(stranger), "name", before!);
    }

    private static void ExpectText(Trial trial, JsonElement answer, string field, string expected) => trial.Expect(
        answer.OptionalText(field) == expected, $"{field} is {expected}", answer.OptionalText(field) ?? "absent");

    private static void ExpectPlan(Trial trial, JsonElement answer, string? expected) => trial.Expect(
        answer.Optional("billingPlan")?.OptionalText("id") == expected, $"the plan {expected ?? "of the installation"}",
        answer.Optional("billingPlan")?.OptionalText("id") ?? "no plan of its own");

    /// <summary>What was sent is there; a provider may fill in what is hidden or has a default.</summary>
    private static void ExpectMetadata(Trial trial, JsonElement answer, JsonObject sent)
    {
        var metadata = answer.GetProperty("metadata");
        foreach (var (key, value) in sent)
        {
            trial.Expect(
                metadata.Optional(key) is { } kept && JsonNode.DeepEquals(JsonNode.Parse(kept.GetRawText()), value),
                $"metadata.{key} is {value?.ToJsonString()}", metadata.Optional(key)?.GetRawText() ?? "absent");
        }
    }
}
