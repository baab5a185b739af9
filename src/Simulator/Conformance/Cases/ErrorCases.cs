using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using Marketplace.Simulator.Dashboard;
using Marketplace.Simulator.Tokens;

namespace Marketplace.Simulator.Conformance.Cases;

/// <summary>What cannot be done, and how that is told. Source: contract §B.0.</summary>
internal static class ErrorCases
{
    private const string Unknown = "conformance_unknown";

    /// <summary>Ids that nobody has, and that programs stumble over.</summary>
    private static readonly ImmutableArray<(string Name, string What, string Id)> OddIds =
    [
        ("long-id", "of four thousand characters", new string('x', 4_000)),
        ("slash-in-id", "with a slash in it", "a/b"),
        ("dots-in-id", "with dots and slashes in it", "../../a"),
        ("nul-in-id", "with the character U+0000 in it", "a\0b"),
        ("quote-in-id", "with quotes in it", "a' or '1'='1\" --"),
        ("any-script-in-id", "of letters of any script", "ïd-漢字-🐳"),
        ("number-as-id", "that is a number", "0"),
    ];

    public static readonly ImmutableArray<ConformanceCase> All =
    [
        .. from operation in CalledOperation.All
           where operation.IsOfInstallation && operation.Operation != PartnerOperation.UpsertInstallation
           select new ConformanceCase(
               $"errors/{operation.Name}/unknown-installation", $"{operation.Title} does nothing for an installation that was never made.", operation.Source,
               Level.Required, trial => UnknownInstallation(trial, operation))
           {
               Of = operation.Operation,
           },
        .. from operation in CalledOperation.All
           where operation.IsOfResource
           select new ConformanceCase(
               $"errors/{operation.Name}/unknown-resource", $"{operation.Title} is refused for a resource that was never made.", operation.Source,
               Level.Required, trial => UnknownResource(trial, operation))
           {
               Of = operation.Operation,
           },
        .. from operation in CalledOperation.All
           where operation.IsOfResource && operation.Operation != PartnerOperation.DeleteResource
           select new ConformanceCase(
               $"errors/{operation.Name}/unknown-resource-is-404", $"{operation.Title} tells by 404 that there is no such resource.", operation.Source,
               Level.Recommended, async trial => trial.ExpectRefusal(await AboutUnknownResource(trial, operation), 404))
           {
               Of = operation.Operation,
           },
        .. from id in OddIds
           select new ConformanceCase(
               $"errors/get-resource/{id.Name}", $"Get Resource is refused, and does not fail, for an id {id.What}.", Source.Errors, Level.Required,
               trial => OddResource(trial, id.Id))
           {
               Of = PartnerOperation.GetResource,
           },
        .. from operation in CalledOperation.All
           select new ConformanceCase(
               $"errors/{operation.Name}/forbidden-body", $"{operation.Title} is refused with 403 and the documented error body when whoever calls may not.",
               Source.Errors, Level.Recommended, trial => TellsForbidden(trial, operation))
           {
               Of = operation.Operation,
           },
        .. from operation in CalledOperation.All
           select new ConformanceCase(
               $"errors/{operation.Name}/keeps-the-token", $"{operation.Title} does not repeat a token that it refuses.", Source.Experience("answers are logged"),
               Level.Required, trial => KeepsTheToken(trial, operation))
           {
               Of = operation.Operation,
           },
        .. from operation in CalledOperation.All
           where operation.Body is not null && operation.Operation != PartnerOperation.DeleteInstallation
           select new ConformanceCase(
               $"errors/{operation.Name}/no-insides", $"{operation.Title} shows nothing of its insides when a body is no JSON.", Source.Experience("errors are shown to strangers"),
               Level.Recommended, trial => ShowsNoInsides(trial, operation))
           {
               Of = operation.Operation,
           },
        Refusal("list-product-plans/unknown-product", "There are no plans of a product that nobody sells.", Source.Partner("List Billing Plans For Product"),
            null, async trial => await trial.Send(PartnerCalls.ProductPlans(
                Unknown, metadata: null, trial.SystemToken((await trial.SharedTenant()).InstallationId)))),
        Refusal("provision-resource/unknown-product", "Nothing is provisioned of a product that nobody sells.", Source.Partner("Provision Resource"), null,
            trial => Provisions(trial, body => body["productId"] = Unknown)),
        Refusal("provision-resource/unknown-plan", "Nothing is provisioned on a plan that nobody sells.", Source.Partner("Provision Resource"), null,
            trial => Provisions(trial, body => body["billingPlanId"] = Unknown)),
        Refusal("update-resource/unknown-plan", "A plan that nobody sells is refused, and the resource stays on its plan.", Source.Partner("Update Resource"),
            PartnerOperation.UpdateResource, async trial =>
            {
                var tenant = await trial.SharedTarget();
                var before = PlanOf(await trial.Read(tenant));
                var exchange = await trial.Send(PartnerCalls.UpdateResource(
                    tenant.InstallationId, tenant.ResourceId, new JsonObject { ["billingPlanId"] = Unknown }, trial.AdminToken(tenant.InstallationId)));
                var after = exchange.IsSuccess ? before : PlanOf(await trial.Read(tenant));
                trial.Expect(after == before, $"the resource stays on {before ?? "no plan of its own"}", after ?? "no plan");
                return exchange;
            }),
        Refusal("update-installation/unknown-plan", "No installation goes to a plan that nobody sells.", Source.Partner("Update Installation"),
            PartnerOperation.UpdateInstallation, async trial =>
            {
                var tenant = await trial.SharedTarget();
                return await trial.Send(PartnerCalls.UpdateInstallation(
                    tenant.InstallationId, new JsonObject { ["billingPlanId"] = Unknown }, trial.AdminToken(tenant.InstallationId)));
            }),
        Refusal("provision-purchase/unknown-invoice", "Nothing is credited for an invoice that Vercel does not know.", Source.Partner("Provision Purchase"),
            PartnerOperation.ProvisionPurchase, async trial =>
            {
                var tenant = await trial.SharedTarget();
                return await trial.Send(PartnerCalls.ProvisionPurchase(
                    tenant.InstallationId, new JsonObject { ["invoiceId"] = "mi_conformanceUnknown" }, trial.AdminToken(tenant.InstallationId)));
            }),
        Refusal("create-transfer/unknown-resource", "Nobody can offer a resource that was never made.", Source.Partner("Create Resources Transfer Request"),
            PartnerOperation.CreateTransfer, async trial =>
            {
                var tenant = await trial.SharedTarget();
                var body = new JsonObject { ["resourceIds"] = new JsonArray(Unknown), ["expiresAt"] = trial.Now.AddHours(24).ToUnixTimeMilliseconds() };
                return await trial.Send(PartnerCalls.CreateTransfer(tenant.InstallationId, body, trial.SystemToken(tenant.InstallationId)));
            }),
        UnknownClaim(PartnerOperation.VerifyTransfer, "A claim that was never made is told by 404 when it is looked at."),
        UnknownClaim(PartnerOperation.AcceptTransfer, "A claim that was never made is told by 404 when it is accepted."),
    ];

    private static ConformanceCase Refusal(string name, string rule, Source source, PartnerOperation? of, Func<Trial, Task<Exchange>> call) =>
        new($"errors/{name}", rule, source, Level.Required, async trial =>
        {
            var exchange = await call(trial);
            if (exchange.IsSuccess)
            {
                trial.ReplaceTarget();
            }

            trial.ExpectRefusal(exchange);
        }) { Of = of };

    private static ConformanceCase UnknownClaim(PartnerOperation operation, string rule)
    {
        var row = CalledOperation.All.Single(row => row.Operation == operation);
        return new($"errors/{row.Name}/unknown-claim", rule, row.Source, Level.Required, async trial =>
            trial.ExpectRefusal(await trial.Send(row.For(trial, await trial.SharedTarget())), 404)) { Of = operation };
    }

    private static async Task UnknownInstallation(Trial trial, CalledOperation operation)
    {
        var tenant = await trial.SharedTenant();
        var nobody = tenant with { InstallationId = "icfg_conformanceUnknown" };
        var token = operation.Token(trial, tenant.InstallationId).With("installation_id", nobody.InstallationId);
        var exchange = await trial.Send(operation.For(trial, nobody, token, operation.Body is { } body ? body(trial, tenant) : null));
        if (operation.Operation is PartnerOperation.DeleteInstallation or PartnerOperation.DeleteResource && exchange.IsSuccess)
        {
            // What is not there is gone.
            return;
        }

        trial.ExpectTurnedDown(exchange);
    }

    private static async Task UnknownResource(Trial trial, CalledOperation operation)
    {
        var exchange = await AboutUnknownResource(trial, operation);
        if (operation.Operation == PartnerOperation.DeleteResource && exchange.IsSuccess)
        {
            return;
        }

        trial.ExpectTurnedDown(exchange);
    }

    private static async Task<Exchange> AboutUnknownResource(Trial trial, CalledOperation operation) =>
        await trial.Send(operation.For(trial, await trial.SharedTenant() with { ResourceId = Unknown }));

    private static async Task OddResource(Trial trial, string id)
    {
        var tenant = await trial.SharedTenant();
        trial.ExpectTurnedDown(await trial.Send(PartnerCalls.GetResource(tenant.InstallationId, id, trial.SystemToken(tenant.InstallationId))));
    }

    private static async Task TellsForbidden(Trial trial, CalledOperation operation)
    {
        var tenant = await trial.SharedTarget();
        var token = operation.Token(trial, tenant.InstallationId).With("aud", "oac_other");
        trial.ExpectRefusal(await BodyGround.Send(trial, operation, operation.For(trial, tenant, token)), 403);
    }

    private static async Task KeepsTheToken(Trial trial, CalledOperation operation)
    {
        var tenant = await trial.SharedTarget();
        var call = operation.For(trial, tenant, operation.Token(trial, tenant.InstallationId).ExpiredAt(trial.Now.AddMinutes(-10)));
        var shown = "";
        var exchange = await BodyGround.Send(trial, operation, call with { Bend = request => shown = request.Headers.Authorization!.Parameter! });
        trial.ExpectTurnedDown(exchange);
        var signature = shown[(shown.LastIndexOf('.') + 1)..];
        trial.Expect(!exchange.Body.Contains(signature, StringComparison.Ordinal), "an answer without the token", "the token is in it");
    }

    /// <summary>What the traces of the common languages look like.</summary>
    private static async Task ShowsNoInsides(Trial trial, CalledOperation operation)
    {
        var tenant = await BodyGround.Of(trial, operation);
        var call = operation.For(trial, tenant) with { Bend = request => request.Content = new StringContent("{\"name\":", new System.Net.Http.Headers.MediaTypeHeaderValue("application/json")) };
        var exchange = await BodyGround.Send(trial, operation, call);
        trial.ExpectTurnedDown(exchange);
        ImmutableArray<string> traces = ["node_modules", "Traceback (most recent", "\n   at ", "\\n   at ", "    at ", "goroutine ", ".java:", ".rb:", "site-packages"];
        trial.Expect(
            !traces.Any(trace => exchange.Body.Contains(trace, StringComparison.Ordinal)), "an answer for those who call", "one with a trace of the program");
    }

    private static async Task<Exchange> Provisions(Trial trial, Action<JsonObject> bend)
    {
        var installationId = await trial.NewInstallation();
        var body = trial.ProvisionBody(trial.Offer.Product, trial.Offer.Product.Plan);
        bend(body);
        var exchange = await trial.Send(PartnerCalls.ProvisionResource(installationId, body, trial.AdminToken(installationId)));
        var listed = exchange.IsSuccess ? null : await trial.Listed(installationId);
        trial.Expect(listed is null or { IsEmpty: true }, "nothing is made", $"{listed?.Count} resources are listed");
        return exchange;
    }

    private static string? PlanOf(JsonElement resource) => resource.Optional("billingPlan")?.OptionalText("id");
}
