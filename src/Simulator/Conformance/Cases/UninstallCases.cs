using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Marketplace.Simulator.Dashboard;

namespace Marketplace.Simulator.Conformance.Cases;

/// <summary>A customer leaves: at once, with all that he has, and not twice. Source: contract §B.1, §E.5, §E.6.</summary>
internal static class UninstallCases
{
    /// <summary>Whoever is gone has nothing to say any more.</summary>
    private static readonly int[] Refusals = [400, 401, 403, 404, 409, 410, 422];

    private static readonly Source Delete = Source.Partner("Delete Installation");

    private static readonly Source Flow = Source.Flow("Uninstalling");

    public static readonly ImmutableArray<ConformanceCase> All =
    [
        Case("answer", "An installation is deleted with 200 or 204; finalized says whether all is over.", Delete, Level.Required, trial => Leaves(trial, null)),
        Case("by-vercel", "Vercel itself may uninstall: an account that is deleted has nobody left who could.", Delete, Level.Required,
            trial => Leaves(trial, new CallOptions(AsSystem: true))),
        Case("without-resources", "An installation without resources is deleted.", Delete, Level.Required, LeavesEmpty),
        .. from bent in (ImmutableArray<(string Id, string What, CallOptions Call)>)
            [
                ("reason", "a reason that nobody has heard of", new CallOptions { Body = body => body["reason"] = "conformance-unheard-of" }),
                ("unknown-fields", "fields that nobody has heard of", new CallOptions { Body = body => body["unheardOf"] = new JsonObject { ["deep"] = new JsonArray(1) } }),
                ("empty-body", "an empty object as its body", new CallOptions { Body = body => body.Clear() }),
                ("no-body", "no body", new CallOptions { Request = request => request.Content = null }),
            ]
            select Case($"body/{bent.Id}", $"An installation is deleted by a call with {bent.What}.", Delete, Level.Required,
                trial => Leaves(trial, bent.Call)),
        Case("body/keep", "With cascadeResourceDeletion false an installation is deleted, or refused with 409 as long as it has resources.", Delete, Level.Required, LeavesOrKeeps),
        Case("resources-die", "What an installation had is over with it, without a call for each resource.", Delete, Level.Required, ResourcesDie),
        Case("others-stay", "What another installation has stays as it is.", Delete, Level.Required, OthersStay),
        Case("repeat", "The same call once more is answered as it was.", Source.Experience("an answer gets lost, and Vercel asks again"), Level.Required, Repeat),
        Case("again", "To uninstall what is uninstalled is no fault of the server.", Delete, Level.Recommended, Again),
        Case("at-once", "The same call several times at once uninstalls once, and is no fault of the server.",
            Source.Experience("concurrent duplicates occur"), Level.Required, AtOnce),
        .. from change in (ImmutableArray<(string Id, string What, PartnerOperation Of, Func<Trial, Tenant, PartnerCall> Call)>)
            [
                ("provision", "provisioned", PartnerOperation.ProvisionResource, Provision),
                ("rename", "renamed", PartnerOperation.UpdateResource,
                    (trial, tenant) => PartnerCalls.UpdateResource(tenant.InstallationId, tenant.ResourceId, new JsonObject { ["name"] = "late" }, trial.AdminToken(tenant.InstallationId))),
                ("rotate", "rotated", PartnerOperation.RotateSecrets,
                    (trial, tenant) => PartnerCalls.RotateSecrets(tenant.InstallationId, tenant.ResourceId, [], trial.AdminToken(tenant.InstallationId))),
                ("offer", "given away", PartnerOperation.CreateTransfer, Offer),
                ("repl", "typed into a console", PartnerOperation.RunReplCommand,
                    (trial, tenant) => PartnerCalls.RunReplCommand(tenant.InstallationId, tenant.ResourceId, new JsonObject { ["input"] = "help" }, trial.AdminToken(tenant.InstallationId))),
            ]
            select Case($"then/{change.Id}", $"Nothing is {change.What} for somebody who has uninstalled.", Flow, Level.Required,
                trial => IsRefused(trial, change.Call)) with { Of = change.Of },
        .. from read in (ImmutableArray<(string Id, string What, PartnerOperation Of, Func<Trial, Tenant, PartnerCall> Call)>)
            [
                ("get-installation", "reads the installation", PartnerOperation.GetInstallation,
                    (trial, tenant) => PartnerCalls.GetInstallation(tenant.InstallationId, trial.SystemToken(tenant.InstallationId))),
                ("get-resource", "reads a resource", PartnerOperation.GetResource,
                    (trial, tenant) => PartnerCalls.GetResource(tenant.InstallationId, tenant.ResourceId, trial.SystemToken(tenant.InstallationId))),
                ("delete-resource", "deletes a resource", PartnerOperation.DeleteResource,
                    (trial, tenant) => PartnerCalls.DeleteResource(tenant.InstallationId, tenant.ResourceId, trial.AdminToken(tenant.InstallationId))),
                ("resource-plans", "lists the plans of a resource", PartnerOperation.ListResourcePlans,
                    (trial, tenant) => PartnerCalls.ResourcePlans(tenant.InstallationId, tenant.ResourceId, metadata: null, trial.SystemToken(tenant.InstallationId))),
                ("installation-plans", "lists the plans of the installation", PartnerOperation.ListInstallationPlans,
                    (trial, tenant) => PartnerCalls.InstallationPlans(tenant.InstallationId, trial.SystemToken(tenant.InstallationId))),
                ("purchase", "tells of a purchase", PartnerOperation.ProvisionPurchase,
                    (trial, tenant) => PartnerCalls.ProvisionPurchase(tenant.InstallationId, new JsonObject { ["invoiceId"] = "mi_conformance" }, trial.SystemToken(tenant.InstallationId))),
            ]
            select Case($"then/{read.Id}", $"Whoever {read.What} after the customer has uninstalled meets no fault of the server.", Flow, Level.Recommended,
                trial => IsNoFault(trial, read.Call)) with { Of = read.Of },
        Case("then/install", "The same installation once more is refused, or is whole again: never half of it.", Flow, Level.Recommended, InstallsSameAgain),
        Case("reinstall", "Whoever comes again has a new installation, and inherits nothing.", Source.Flow("Reinstalling"), Level.Required, Reinstalls),
        .. FarewellCases.All,
    ];

    internal static ConformanceCase Case(string name, string rule, Source source, Level level, Func<Trial, Task> play) =>
        new($"uninstall/{name}", rule, source, level, play);

    private static async Task<Tenant> Left(Trial trial, CallOptions? options = null)
    {
        var tenant = await trial.NewTenant();
        trial.ExpectSuccess(await trial.Customer.Uninstall(tenant.InstallationId, trial.Cancel, options));
        return tenant;
    }

    private static Task Leaves(Trial trial, CallOptions? options) => Left(trial, options);

    private static async Task LeavesEmpty(Trial trial) =>
        trial.ExpectSuccess(await trial.Customer.Uninstall(await trial.NewInstallation(), trial.Cancel));

    /// <summary>What the provider should do with them is written nowhere; to refuse is documented, and loses nothing.</summary>
    private static async Task LeavesOrKeeps(Trial trial)
    {
        var tenant = await trial.NewTenant();
        var exchange = await trial.Customer.Uninstall(tenant.InstallationId, trial.Cancel, cascade: false);
        if (exchange.Status == 409)
        {
            trial.ExpectRefusal(exchange, 409);
            trial.ExpectSuccess(await trial.Customer.GetResource(tenant.InstallationId, tenant.ResourceId, trial.Cancel));
            return;
        }

        trial.ExpectSuccess(exchange);
    }

    private static async Task ResourcesDie(Trial trial)
    {
        var tenant = await Left(trial);
        var call = PartnerCalls.GetResource(tenant.InstallationId, tenant.ResourceId, trial.SystemToken(tenant.InstallationId));
        await trial.Eventually(
            "the resource is unknown, or uninstalled", async () => await trial.Send(call),
            read => read.Status is 401 or 403 or 404 or 410 || (read.IsSuccess && read.Json?.OptionalText("status") == "uninstalled"));
    }

    private static async Task OthersStay(Trial trial)
    {
        var other = await trial.NewTenant();
        await Left(trial);
        trial.ExpectSuccess(await trial.Customer.GetResource(other.InstallationId, other.ResourceId, trial.Cancel));
        trial.Expect(trial.Resource(other).Status is "ready" or "resumed", "the other's resource is ready", trial.Resource(other).Status);
    }

    private static async Task Repeat(Trial trial)
    {
        const string Key = "conformance-uninstall-repeat";
        var tenant = await Left(trial, new CallOptions(IdempotencyKey: $"{Key}-{trial.Options.Seed}"));
        var again = await trial.Send(Call(trial, tenant) with { IdempotencyKey = $"{Key}-{trial.Options.Seed}" });
        trial.ExpectSuccess(again);
    }

    private static async Task Again(Trial trial)
    {
        var tenant = await Left(trial);
        var again = await trial.Send(Call(trial, tenant));
        trial.Expect(again.IsSuccess || Refusals.Contains(again.Status ?? 0), "2xx, or a refusal with 4xx", Trial.Told(again));
    }

    private static async Task AtOnce(Trial trial)
    {
        var tenant = await trial.NewTenant();
        var options = new CallOptions(IdempotencyKey: $"conformance-uninstall-at-once-{trial.Options.Seed}");
        var repeated = Call(trial, tenant) with { IdempotencyKey = options.IdempotencyKey };
        var first = trial.Customer.Uninstall(tenant.InstallationId, trial.Cancel, options);
        var exchanges = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => trial.Send(repeated)).Append(first));
        trial.Expect(
            exchanges.All(exchange => exchange.IsSuccess || Refusals.Contains(exchange.Status ?? 0)), "2xx or 4xx each time",
            string.Join("; ", exchanges.Select(Trial.Told)));
        trial.Expect(exchanges.Any(exchange => exchange.IsSuccess), "one of them succeeds", string.Join("; ", exchanges.Select(Trial.Told)));
    }

    private static PartnerCall Call(Trial trial, Tenant tenant) => PartnerCalls.DeleteInstallation(
        tenant.InstallationId, new JsonObject { ["cascadeResourceDeletion"] = true }, trial.AdminToken(tenant.InstallationId));

    private static PartnerCall Provision(Trial trial, Tenant tenant) => PartnerCalls.ProvisionResource(
        tenant.InstallationId, trial.ProvisionBody(trial.Offer.Product, trial.Offer.Product.Plan, "too-late"), trial.AdminToken(tenant.InstallationId));

    private static PartnerCall Offer(Trial trial, Tenant tenant) => PartnerCalls.CreateTransfer(
        tenant.InstallationId,
        new JsonObject { ["resourceIds"] = new JsonArray(tenant.ResourceId), ["expiresAt"] = trial.Now.AddHours(1).ToUnixTimeMilliseconds() },
        trial.SystemToken(tenant.InstallationId));

    private static async Task IsRefused(Trial trial, Func<Trial, Tenant, PartnerCall> call)
    {
        var tenant = await Left(trial);
        trial.ExpectRefusal(await trial.Send(call(trial, tenant)), Refusals);
    }

    private static async Task IsNoFault(Trial trial, Func<Trial, Tenant, PartnerCall> call)
    {
        var tenant = await Left(trial);
        var exchange = await trial.Send(call(trial, tenant));
        trial.Expect(exchange.Status is >= 200 and < 500, "2xx or 4xx", Trial.Told(exchange));
    }

    private static async Task InstallsSameAgain(Trial trial)
    {
        var tenant = await Left(trial);
        var again = await trial.Customer.InstallAgain(tenant.InstallationId, trial.Cancel);
        if (!again.IsSuccess)
        {
            trial.ExpectRefusal(again, Refusals);
            return;
        }

        await trial.NewResource(tenant.InstallationId, trial.Offer.Product, trial.Offer.Product.Plan, "whole-again");
    }

    private static async Task Reinstalls(Trial trial)
    {
        var old = await Left(trial);
        var anew = await trial.InstallationOf(old.AccountId);
        var inherited = await trial.Send(PartnerCalls.GetResource(anew, old.ResourceId, trial.SystemToken(anew)));
        trial.ExpectRefusal(inherited, Refusals);
        await trial.NewResource(anew, trial.Offer.Product, trial.Offer.Product.Plan, "anew");
    }
}
