using System.Text.Json.Nodes;

namespace Marketplace.Integration.Simulator;

/// <summary>A body that the contract does not allow is refused, with the path of the field and the reason.</summary>
public sealed class StrictnessTests(SharedScene shared) : IClassFixture<SharedScene>
{
    private const string Plan = """{"id": "pro", "type": "subscription", "name": "Pro"}""";

    [Theory]
    [InlineData("PATCH", "", """{"state": "ready"}""", "state: is not a known field")]
    [InlineData("PATCH", "", """{"status": "working"}""", "status: must be one of")]
    [InlineData("PATCH", "", """{"billingPlan": {"id": "pro", "type": "invoice", "name": "Pro"}}""", "billingPlan.type: must be one of")]
    [InlineData("PATCH", "", """{"notification": {"level": "warning", "title": "Look"}}""", "notification.level: must be one of")]
    [InlineData("PATCH", "", """{"notification": {"level": "warn", "title": "Look", "href": "ftp://x"}}""", "notification.href: must match")]
    [InlineData("PATCH", "", """{"externalId": null}""", "externalId: must be a string, not null")]
    [InlineData("PATCH", "", """[]""", "the body: must be an object, not an array")]
    [InlineData("POST", "/events", """{"event": {"type": "resource.updated"}}""", "event.resourceId: is missing")]
    [InlineData("POST", "/events", """{"event": {"type": "resource.changed", "resourceId": "res_1"}}""", "event.type: must be one of")]
    [InlineData("PUT", "/resources/res_1/secrets", """{"secrets": [{"name": "A"}]}""", "secrets[0].value: is missing")]
    [InlineData("PUT", "/resources/res_1/secrets", """{"secrets": [], "partial": "yes"}""", "partial: must be true or false, not a string")]
    [InlineData("PUT", "/resources/res_1/secrets", """{"secrets": [{"name": "A", "value": "1", "note": "x"}]}""", "secrets[0].note: is not a known field")]
    [InlineData("PATCH", "/resources/res_1", """{"productId": "other"}""", "productId: is not a known field")]
    [InlineData("PATCH", "/resources/res_1", """{"secrets": {"partial": true}}""", "secrets.secrets: is missing")]
    [InlineData("PUT", "/resources/res_2", """{"productId": "p", "name": "n"}""", "status: is missing")]
    [InlineData("POST", "/billing/balance", """{"timestamp": "2027-01-21", "balances": []}""", "timestamp: must be an ISO 8601 date and time")]
    [InlineData("POST", "/billing/balance", """{"timestamp": "2027-01-21T09:00:00Z", "balances": [{"currencyValueInCents": "5"}]}""", "balances[0].currencyValueInCents: must be a number, not a string")]
    [InlineData("POST", "/billing/invoices/x/actions", """{"action": "cancel", "reason": "r", "total": "1.00"}""", "action: must be one of refund")]
    [InlineData("POST", "/billing/invoices/x/actions", """{"action": "refund", "reason": "r", "total": "-1.00"}""", "total: must match")]
    [InlineData("POST", "/credentials/rotate", """{}""", "client_secret: is missing")]
    public async Task A_wrong_body_is_refused_with_its_path(string method, string path, string body, string expected)
    {
        var scene = shared.Scene;

        var (status, answer) = await scene.Call(new HttpMethod(method), path, JsonNode.Parse(body));

        Assert.Equal(400, status);
        Assert.Equal("bad_request", (string?)answer!["error"]!["code"]);
        Assert.Contains(expected, (string?)answer["error"]!["message"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("eod")]
    [InlineData("timestamp")]
    [InlineData("period")]
    [InlineData("billing")]
    [InlineData("usage")]
    public async Task Billing_data_needs_each_of_its_fields(string field)
    {
        var scene = shared.Scene;
        var body = Bodies.Billing(Scene.Start);
        body.Remove(field);

        var (status, answer) = await scene.Call(HttpMethod.Post, "/billing", body);

        Assert.Equal(400, status);
        Assert.Contains($"{field}: is missing", (string?)answer!["error"]!["message"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("price", "1e3")]
    [InlineData("price", "-1")]
    [InlineData("total", "1,000.00")]
    [InlineData("total", ".5")]
    public async Task An_amount_is_digits_and_a_point(string field, string amount)
    {
        var scene = shared.Scene;
        var body = Bodies.Billing(Scene.Start);
        body["billing"]![0]![field] = amount;

        var (status, answer) = await scene.Call(HttpMethod.Post, "/billing", body);

        Assert.Equal(400, status);
        Assert.Contains($"billing[0].{field}: must match", (string?)answer!["error"]!["message"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_plan_and_metadata_may_hold_anything_and_null_clears_a_notification()
    {
        await using var scene = await Scene.Set();
        var plan = JsonNode.Parse(Plan)!;
        plan["quota"] = 5;

        var (status, _) = await scene.Call(HttpMethod.Patch, $"/resources/{scene.ResourceId}", new JsonObject
        {
            ["billingPlan"] = plan,
            ["metadata"] = new JsonObject { ["anything"] = new JsonArray(1, 2) },
            ["notification"] = new JsonObject { ["level"] = "warn", ["title"] = "Nearly full" },
        });
        Assert.Equal(200, status);
        Assert.NotNull(scene.Installation.Resources[scene.ResourceId].Notification);

        (status, _) = await scene.Call(HttpMethod.Patch, $"/resources/{scene.ResourceId}", new JsonObject { ["notification"] = null });
        Assert.Equal(200, status);
        Assert.Null(scene.Installation.Resources[scene.ResourceId].Notification);
    }

    [Fact]
    public async Task Billing_data_comes_as_a_list_or_with_discounts()
    {
        await using var scene = await Scene.Set();
        var body = Bodies.Billing(Scene.Start, scene.ResourceId);
        body["billing"] = new JsonObject { ["items"] = body["billing"]!.DeepClone(), ["discounts"] = new JsonArray() };

        Assert.Equal(201, (await scene.Call(HttpMethod.Post, "/billing", body)).Status);
        Assert.Equal(2.00m, Assert.Single(scene.Installation.Billing.Receipts).Total);
    }
}
