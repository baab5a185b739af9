using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Marketplace.Simulator.Api;
using Marketplace.Simulator.Installations;
using Marketplace.Simulator.State;

namespace Marketplace.Simulator.Dashboard;

/// <summary>The customer's hand over HTTP, for whoever works with curl instead of a browser.</summary>
internal sealed partial class CustomerEndpoints(SimulatorServer vercel, VercelStore store)
{
    private const string Installation = "/customer/installations/{installationId}";
    private const string Resource = Installation + "/resources/{resourceId}";

    private CustomerDashboard Dashboard => vercel.Dashboard;

    public void Map(IEndpointRouteBuilder routes)
    {
        Route(routes, "POST", "/customer/teams", call => Answer(InspectionViews.Of(call.Body.OptionalFlag("personal") == true
            ? Dashboard.CreatePersonalAccount(call.Text("name"), call.Body.OptionalText("root"))
            : Dashboard.CreateTeam(call.Text("name"), call.Body.OptionalText("root")))));
        MapTeams(routes);
        MapDeployments(routes);
        Route(routes, "GET", "/customer/products/{slug}/plans", call => Tell(
            Dashboard.ProductPlans(call.Route("slug"), call.Metadata, call.Cancel)));

        Route(routes, "POST", "/customer/installations", Install);
        Route(routes, "POST", Installation + "/again", call => Tell(Dashboard.InstallAgain(call.InstallationId, call.Cancel)));
        Route(routes, "GET", Installation, call => Tell(Dashboard.GetInstallation(call.InstallationId, call.Cancel)));
        Route(routes, "GET", Installation + "/plans", call => Tell(Dashboard.InstallationPlans(call.InstallationId, call.Cancel)));
        Route(routes, "PATCH", Installation, call => Tell(
            Dashboard.ChangeInstallationPlan(call.InstallationId, call.Text("billingPlanId"), call.Cancel)));
        Route(routes, "DELETE", Installation, call => Dashboard.Installation(call.InstallationId).Kind == InstallationKind.Connectable
            ? Done(() => Dashboard.DisconnectAccount(call.InstallationId))
            : Tell(Dashboard.Uninstall(call.InstallationId, call.Cancel)));
        Route(routes, "POST", Installation + "/scopes", call => Tell(
            Dashboard.ConfirmScopes(
            call.InstallationId, call.Texts("scopes") ?? throw new ArgumentException("scopes: is missing", nameof(call)), call.Cancel)));
        Route(routes, "POST", Installation + "/permissions", call => Done(
            () => Dashboard.SelectProjects(call.InstallationId, call.Texts("projects"))));
        Route(routes, "POST", Installation + "/transfer", call => Done(
            () => Dashboard.TransferInstallation(call.InstallationId, call.Text("to"))));

        Route(routes, "POST", Installation + "/resources", call => Tell(Dashboard.Provision(
            call.InstallationId, call.Text("productId"), call.Text("name"), call.Text("billingPlanId"), call.Metadata ?? [], call.Cancel,
            externalId: call.Body.OptionalText("externalId"), withConfig: call.Body.OptionalFlag("config") ?? false)));
        Route(routes, "GET", Resource, call => Tell(Dashboard.GetResource(call.InstallationId, call.ResourceId, call.Cancel)));
        Route(routes, "GET", Resource + "/plans", call => Tell(
            Dashboard.ResourcePlans(call.InstallationId, call.ResourceId, call.Metadata, call.Cancel)));
        Route(routes, "PATCH", Resource, call => Tell(Dashboard.UpdateResource(
            call.InstallationId, call.ResourceId, JsonNode.Parse(call.Body.GetRawText())!.AsObject(), call.Cancel)));
        Route(routes, "POST", Resource + "/rotate", call => Tell(Dashboard.Rotate(
            call.InstallationId, call.ResourceId, call.OptionalNumber("delayHours"), call.Cancel)));
        Route(routes, "POST", Resource + "/repl", call => Tell(Dashboard.RunReplCommand(
            call.InstallationId, call.ResourceId, call.Text("input"), call.Body.OptionalFlag("readOnly"), call.Cancel)));
        Route(routes, "GET", Resource + "/experimentation", call => Answer(InspectionViews.OfExperimentation(
            Dashboard.Resource(call.InstallationId, call.ResourceId))));
        Route(routes, "POST", Resource + "/config", call => Tell(Dashboard.OpenConfig(call.InstallationId, call.ResourceId, call.Cancel)));
        Route(routes, "DELETE", Resource + "/config", call => Done(() => Dashboard.CloseConfig(call.InstallationId, call.ResourceId)));
        Route(routes, "DELETE", Resource, call => Dashboard.Installation(call.InstallationId).Find(call.ResourceId) is { IsLinked: true }
            ? Done(() => Dashboard.RemoveLinked(call.InstallationId, call.ResourceId))
            : Tell(Dashboard.DeleteResource(call.InstallationId, call.ResourceId, call.Cancel)));
        Route(routes, "POST", Installation + "/import", call => Open(
            Dashboard.Import(call.InstallationId, call.Body.OptionalText("product_id"))));

        Route(routes, "POST", Resource + "/transfer", Transfer);

        Route(routes, "POST", Resource + "/connections", Connect);
        Route(routes, "DELETE", Resource + "/connections/{projectId}", call => Done(
            () => Dashboard.Disconnect(call.InstallationId, call.ResourceId, call.Route("projectId"))));
        Route(routes, "POST", Resource + "/purchases", call => Purchase(call, call.ResourceId));
        Route(routes, "POST", Installation + "/purchases", call => Purchase(call, resourceId: null));
        Route(routes, "POST", Resource + "/threshold", call => SetThreshold(call, call.ResourceId));
        Route(routes, "POST", Installation + "/threshold", call => SetThreshold(call, resourceId: null));
        Route(routes, "POST", Installation + "/card", Card);
        Route(routes, "POST", Installation + "/invoices/{invoiceId}/pay", call => Answer(
            InspectionViews.Of(Dashboard.PayInvoice(call.InstallationId, call.Route("invoiceId")))));
        Route(routes, "POST", Installation + "/sso", SignOn);
        Route(routes, "POST", Installation + "/open", call => Open(
            Dashboard.OpenLink(call.InstallationId, call.Text("href"), call.Body.OptionalText("as"), call.Body.OptionalText("resource_id"))));
        Route(routes, "POST", Installation + "/notification/open", call => Open(
            Dashboard.OpenNotification(call.InstallationId, resourceId: null, call.Body.OptionalText("as"))));
        Route(routes, "POST", Resource + "/notification/open", call => Open(
            Dashboard.OpenNotification(call.InstallationId, call.ResourceId, call.Body.OptionalText("as"))));
        MapWebhooks(routes);
        MapInspection(routes);
    }

    private void MapInspection(IEndpointRouteBuilder routes)
    {
        Route(routes, "GET", "/customer/teams", _ => Answer(InspectionViews.List(store.Current.Teams.Values, InspectionViews.Of)));
        Route(routes, "GET", "/customer/installations", _ => Answer(
            InspectionViews.List(store.Current.Installations.Values, InspectionViews.Of)));
        Route(routes, "GET", Installation + "/billing", call => Answer(
            InspectionViews.List(Dashboard.Installation(call.InstallationId).Billing.Receipts, receipt => Wire.Write(receipt)!)));
        Route(routes, "GET", Installation + "/invoices", call => Answer(
            InspectionViews.List(Dashboard.Installation(call.InstallationId).Invoices, InspectionViews.Of)));
        Route(routes, "GET", Installation + "/balances", call => Answer(
            InspectionViews.List(Dashboard.Installation(call.InstallationId).Balances?.Balances ?? [], balance => Wire.Write(balance))));
        Route(routes, "GET", Installation + "/thresholds", call => Answer(
            InspectionViews.List(Dashboard.Installation(call.InstallationId).Thresholds, threshold => Wire.Write(threshold))));
        Route(routes, "GET", "/customer/webhooks", _ => Answer(InspectionViews.List(store.Current.Webhooks, InspectionViews.Of)));
        Route(routes, "GET", "/customer/findings", _ => Answer(
            InspectionViews.List(store.Current.Findings, finding => Wire.Write(finding)!)));
        Route(routes, "GET", "/customer/calls", _ => Answer(
            InspectionViews.List(vercel.Calls, call => call.ToJson())));
        Route(routes, "GET", "/customer/exchanges", _ => Answer(
            InspectionViews.List(vercel.Exchanges, exchange => exchange.WithoutAnswer())));
    }

    private async Task<ApiAnswer> Install(CustomerCall call)
    {
        var (installationId, exchange) = await Dashboard.Install(AccountId(call), call.Cancel);
        return new(
            exchange.IsSuccess ? StatusCodes.Status200OK : StatusCodes.Status502BadGateway,
            new JsonObject { ["installationId"] = installationId, ["exchange"] = exchange.ToJson() });
    }

    private async Task<ApiAnswer> Transfer(CustomerCall call)
    {
        var exchanges = await Dashboard.Transfer(call.InstallationId, call.Text("to"), [call.ResourceId], call.Cancel);
        return new(
            exchanges[^1].IsSuccess ? StatusCodes.Status200OK : StatusCodes.Status502BadGateway,
            new JsonArray([.. exchanges.Select(exchange => exchange.ToJson())]));
    }

    private Task<ApiAnswer> Connect(CustomerCall call)
    {
        var taken = Dashboard.Connect(
            call.InstallationId, call.ResourceId, call.Text("projectId"), call.Body.OptionalText("prefix"), call.Texts("targets"),
            call.Body.OptionalFlag("sensitive") ?? false);
        return Task.FromResult(taken.IsEmpty
            ? ApiAnswer.Ok(new JsonObject { ["connected"] = true })
            : ApiAnswer.Conflict($"The project has these variables already; choose a prefix: {string.Join(", ", taken)}"));
    }

    /// <summary>Every field but <c>as</c> goes along to the provider.</summary>
    private Task<ApiAnswer> SignOn(CustomerCall call) => Open(Dashboard.SignOn(
        call.InstallationId, call.Body.OptionalText("as"),
        call.Body.EnumerateObject()
            .Where(field => field.Name != "as")
            .Select(field => (field.Name, field.Value.ValueKind == JsonValueKind.True ? "true" : call.Text(field.Name)))));

    /// <summary>What a browser is to open.</summary>
    private static Task<ApiAnswer> Open(Uri address) => Answer(new JsonObject { ["url"] = address.AbsoluteUri });

    private Task<ApiAnswer> Card(CustomerCall call)
    {
        if (call.Body.OptionalFlag("works") is not { } works)
        {
            return Task.FromResult(ApiAnswer.BadRequest("works: must be true or false"));
        }

        if (works)
        {
            Dashboard.CardWorks(call.InstallationId);
        }
        else
        {
            Dashboard.CardFails(call.InstallationId);
        }

        return Answer(new JsonObject { ["works"] = works });
    }

    /// <summary>The amount is a decimal string of dollars, as in a plan.</summary>
    private async Task<ApiAnswer> Purchase(CustomerCall call, string? resourceId)
    {
        if (!decimal.TryParse(call.Text("amount"), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var amount))
        {
            return ApiAnswer.BadRequest("amount: must be a decimal string such as \"25.00\"");
        }

        var (invoice, exchange) = await Dashboard.Purchase(call.InstallationId, resourceId, amount, call.Cancel);
        return new(
            exchange is null or { IsSuccess: true } ? StatusCodes.Status200OK : StatusCodes.Status502BadGateway,
            new JsonObject { ["invoice"] = InspectionViews.Of(invoice), ["exchange"] = exchange?.ToJson() });
    }

    /// <summary>In whole cents, as Vercel's own record has them.</summary>
    private Task<ApiAnswer> SetThreshold(CustomerCall call, string? resourceId) => Answer(Wire.Write(Dashboard.SetThreshold(
        call.InstallationId, resourceId, Cents(call, "minimumAmountInCents"), Cents(call, "purchaseAmountInCents"),
        call.Body.TryGetProperty("maximumAmountPerPeriodInCents", out _) ? Cents(call, "maximumAmountPerPeriodInCents") : null))!);

    private static decimal Cents(CustomerCall call, string name) =>
        call.OptionalNumber(name) is { } number && double.IsInteger(number)
            ? (decimal)number
            : throw new ArgumentException($"{name}: must be a whole number of cents", name);

    /// <summary>The team that is asked for, else the first one; it is made when there is none.</summary>
    private string AccountId(CustomerCall call) =>
        call.Body.OptionalText("accountId")
        ?? store.Current.Teams.Values.FirstOrDefault()?.AccountId
        ?? Dashboard.CreateTeam("First Customer").AccountId;

    /// <summary>An exchange that failed is still an answer: it says what the provider did.</summary>
    private static async Task<ApiAnswer> Tell(Task<Exchange> exchange)
    {
        var done = await exchange;
        return new(done.IsSuccess ? StatusCodes.Status200OK : StatusCodes.Status502BadGateway, done.ToJson());
    }

    private static Task<ApiAnswer> Done(Action act)
    {
        act();
        return Task.FromResult(ApiAnswer.NoContent);
    }

    private static Task<ApiAnswer> Answer(JsonNode json) => Task.FromResult(ApiAnswer.Ok(json));

    private void Route(IEndpointRouteBuilder routes, string method, string path, Func<CustomerCall, Task<ApiAnswer>> handle) =>
        routes.MapMethods(path, [method], (RequestDelegate)(async http =>
        {
            var (body, refusal) = await JsonBody.Read(http.Request, http.RequestAborted);
            var answer = refusal ?? await Try(handle, new CustomerCall(http, body));
            await store.Persist(http.RequestAborted);
            await answer.ToResult().ExecuteAsync(http);
        }));

    private static async Task<ApiAnswer> Try(Func<CustomerCall, Task<ApiAnswer>> handle, CustomerCall call)
    {
        try
        {
            return await handle(call);
        }
        catch (KeyNotFoundException unknown)
        {
            return ApiAnswer.NotFound(unknown.Message);
        }
        catch (UnauthorizedAccessException barred)
        {
            return ApiAnswer.Forbidden(barred.Message);
        }
        catch (Exception wrong) when (wrong is ArgumentException or JsonException or InvalidOperationException)
        {
            return ApiAnswer.BadRequest(wrong.Message);
        }
    }
}

/// <summary>What is asked of the customer's hand.</summary>
internal sealed record CustomerCall(HttpContext Http, JsonElement Body)
{
    public CancellationToken Cancel => Http.RequestAborted;

    public string InstallationId => Route("installationId");

    public string ResourceId => Route("resourceId");

    /// <summary>Of the body, or of the query as for the Partner API.</summary>
    public JsonObject? Metadata =>
        Body.TryGetProperty("metadata", out var given) ? JsonNode.Parse(given.GetRawText())!.AsObject()
        : Query("metadata") is { } text ? JsonNode.Parse(text)!.AsObject()
        : null;

    public string Route(string name) => (string)Http.Request.RouteValues[name]!;

    public string? Query(string name) => Http.Request.Query.TryGetValue(name, out var value) ? value.ToString() : null;

    public string Text(string name) =>
        Body.OptionalText(name) ?? throw new ArgumentException($"{name}: is missing, or no string", nameof(name));

    /// <summary>None when absent or null.</summary>
    public ImmutableList<string>? Texts(string name) =>
        Body.Optional(name) is { } given ? Wire.Read<ImmutableList<string>>(given) : null;

    public double? OptionalNumber(string name) =>
        Body.TryGetProperty(name, out var value) && value.TryGetDouble(out var number) ? number : null;

    public override string ToString() => $"{Http.Request.Method} {Http.Request.Path}";
}
