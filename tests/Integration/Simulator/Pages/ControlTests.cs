using System.Text.Json.Nodes;
using Marketplace.Integration.Conformance;
using Marketplace.Integration.Dashboard;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Marketplace.Integration.Simulator.Pages;

/// <summary>Every control of contract C.5 in the form of a product, as a person fills it in, and what the provider gets of it.</summary>
public sealed class ControlTests(Chromium chromium) : IClassFixture<Chromium>, IAsyncLifetime
{
    private const string Settings = """
        {
          "products": [{ "id": "forms", "name": "Forms", "protocols": ["storage"], "metadataSchema": { "type": "object", "properties": {
            "owner": { "ui:control": "input", "type": "string", "ui:label": "Owner", "ui:placeholder": "Ada", "minLength": 2, "maxLength": 8, "pattern": "^[A-Z][a-z-]+$", "description": "Who answers for it." },
            "size": { "ui:control": "input", "type": "number", "ui:label": "Size", "minimum": 1, "maximum": 64, "default": 4 },
            "backups": { "ui:control": "toggle", "type": "boolean", "ui:label": "Backups", "default": true },
            "nodes": { "ui:control": "slider", "type": "array", "ui:label": "Nodes", "items": { "type": "number", "minimum": 1, "maximum": 9, "default": 3 } },
            "tier": { "ui:control": "select", "type": "string", "ui:label": "Tier", "ui:placeholder": "Pick one", "ui:options": [{ "label": "Gold", "value": "gold" }, "tin", { "label": "Old", "value": "old", "hidden": true }] },
            "engine": { "ui:control": "radio-button", "type": "string", "ui:label": "Engine", "ui:options": [{ "label": "Row", "value": "row" }, { "label": "Column", "value": "column" }], "default": "row" },
            "features": { "ui:control": "multi-select", "type": "array", "ui:label": "Features", "items": { "type": "string" }, "ui:options": [{ "label": "Search", "value": "search" }, { "label": "Vectors", "value": "vectors" }] },
            "region": { "ui:control": "vercel-region", "type": "string", "ui:label": "Region", "ui:read-only": "update" },
            "replicas": { "ui:control": "multi-vercel-region", "type": "array", "ui:label": "Replicas", "items": { "type": "string", "enum": ["iad1", "fra1"] } },
            "host": { "ui:control": "domain", "type": "string", "ui:label": "Host" },
            "repo": { "ui:control": "git-namespace", "type": "string", "ui:label": "Repository" },
            "secretly": { "ui:control": "input", "type": "string", "ui:hidden": "create", "default": "set" },
            "fixed": { "ui:control": "input", "type": "string", "ui:label": "Fixed", "ui:read-only": true, "default": "as it is" },
            "later": { "ui:control": "input", "type": "string", "ui:label": "Later", "ui:disabled": "create" }
          }, "required": ["owner", "region", "tier"] } }]
        }
        """;

    private Scene scene = null!;

    public async ValueTask InitializeAsync()
    {
        scene = await Scene.Set(change: options => options.With(Market.Read(Settings)));
        scene.Provider.Bend = answer =>
        {
            var asked = JsonNode.Parse(scene.Provider.Requests.Last(request => request.Method == "POST").Body)!;
            (answer["productId"], answer["metadata"]) = (asked["productId"]!.DeepClone(), asked["metadata"]!.DeepClone());
        };
        scene.Provider.Plans = metadata => new JsonArray(
            new JsonObject
            {
                ["id"] = "pro", ["type"] = "subscription", ["name"] = "Pro", ["description"] = "For work.",
                ["cost"] = $"${(decimal?)JsonNode.Parse(metadata)!["size"]}/month", ["initialCharge"] = "5.00", ["preauthorizationAmount"] = 10.53,
                ["highlightedDetails"] = new JsonArray(new JsonObject { ["label"] = "Storage", ["value"] = "1 GB" }),
                ["details"] = new JsonArray(new JsonObject { ["label"] = "Support", ["value"] = "Mail" }),
            },
            new JsonObject
            {
                ["id"] = "old", ["type"] = "subscription", ["name"] = "Old", ["description"] = "Not sold.", ["disabled"] = true, ["paymentMethodRequired"] = false,
            },
            new JsonObject
            {
                ["id"] = "prepaid", ["type"] = "prepayment", ["name"] = "Prepaid", ["description"] = "As you go.", ["minimumAmount"] = "5", ["maximumAmount"] = "50.5",
            });
    }

    public ValueTask DisposeAsync() => scene.DisposeAsync();

    private string Form => $"{scene.Vercel.BaseUrl}installations/{scene.InstallationId}/new?product=forms";

    private JsonNode Sent => JsonNode.Parse(scene.Provider.Requests.Last(request => request.Method is "POST" or "PATCH").Body)!;

    [Fact]
    public async Task A_person_fills_in_every_control_and_the_provider_gets_what_each_says()
    {
        var page = await chromium.NewPage();
        await page.GotoAsync(Form);
        await Expect(page.GetByLabel("Owner")).ToHaveAttributeAsync("placeholder", "Ada");
        await Expect(page.GetByLabel("Size")).ToHaveValueAsync("4");
        await Expect(page.GetByLabel("Backups")).ToBeCheckedAsync();
        await Expect(page.GetByLabel("Nodes")).ToHaveValueAsync("3");
        await Expect(page.GetByLabel("Row")).ToBeCheckedAsync();
        await Expect(page.GetByLabel("Fixed")).Not.ToBeEditableAsync();
        await Expect(page.GetByLabel("Later")).Not.ToBeEditableAsync();
        await Expect(page.GetByText("secretly")).ToHaveCountAsync(0);
        await Expect(page.GetByLabel("Tier").Locator("option")).ToHaveTextAsync(["Pick one", "Gold", "tin"]);
        await Expect(page.GetByText("Who answers for it.")).ToBeVisibleAsync();

        await page.GetByLabel("Name").FillAsync("full");
        await page.GetByLabel("Owner").FillAsync("Ada-li");
        await page.GetByLabel("Size").FillAsync("8.5");
        await page.GetByLabel("Backups").UncheckAsync();
        await page.GetByLabel("Nodes").FocusAsync();
        await page.Keyboard.PressAsync("ArrowRight");
        await page.GetByLabel("Tier").SelectOptionAsync("Gold");
        await page.GetByLabel("Column").CheckAsync();
        await page.GetByLabel("Search").CheckAsync();
        await page.GetByLabel("Vectors").CheckAsync();
        await page.GetByLabel("Region").SelectOptionAsync("fra1");
        await page.GetByLabel("Frankfurt (fra1)").CheckAsync();
        await page.GetByLabel("Host").FillAsync("shop.example");
        await page.GetByLabel("Repository").FillAsync("acme/shop");
        await Expect(page.Locator("#plans")).ToContainTextAsync("$8.5/month");
        await Chromium.Keep(page, "simulator-controls");
        await page.ClickAsync("button:has-text('Create Forms')");

        await Expect(page.Locator("#told")).ToContainTextAsync("full is made.");
        Assert.Equal("full", (string?)Sent["name"]);
        Assert.True(
            JsonNode.DeepEquals(Sent["metadata"], JsonNode.Parse("""
                {
                  "owner": "Ada-li", "size": 8.5, "backups": false, "nodes": [4], "tier": "gold", "engine": "column", "features": ["search", "vectors"],
                  "region": "fra1", "replicas": ["fra1"], "host": "shop.example", "repo": "acme/shop", "secretly": "set", "fixed": "as it is"
                }
                """)),
            Sent["metadata"]!.ToJsonString());
        Assert.Empty(scene.Vercel.State.Findings);
    }

    [Fact]
    public async Task Plans_are_shown_as_Vercel_shows_them_and_asked_for_again_by_a_button_without_script()
    {
        var page = await chromium.NewPage(new() { JavaScriptEnabled = false });
        await page.GotoAsync(Form);
        await Expect(page.Locator(".plan").First).ToContainTextAsync("$4/month");
        await Expect(page.Locator(".plan").First.Locator(".marked")).ToContainTextAsync("Storage1 GB");
        await Expect(page.Locator(".plan").First).ToContainTextAsync("Support");
        await Expect(page.Locator(".plan").First).ToContainTextAsync("Needs a payment method$5.00 is charged at sign-up");
        await Expect(page.Locator(".plan").First).ToContainTextAsync("The card is probed with $10.53");
        await Expect(page.Locator(".plan").Nth(1)).ToContainTextAsync("No payment method needed");
        await Expect(page.GetByLabel("Old")).ToBeDisabledAsync();
        await Expect(page.Locator(".plan").Nth(2)).ToContainTextAsync("Purchases of $5.00 to $50.50");

        await page.GetByLabel("Size").FillAsync("16");
        await page.GetByLabel("Backups").UncheckAsync();
        await page.GetByLabel("Prepaid").CheckAsync();
        await page.ClickAsync("text=Ask again with these values");

        await Expect(page.Locator(".plan").First).ToContainTextAsync("$16/month");
        await Expect(page.GetByLabel("Backups")).Not.ToBeCheckedAsync();
        await Expect(page.GetByLabel("Prepaid")).ToBeCheckedAsync();
        await Expect(page.Locator(".error")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task What_is_wrong_stands_beside_its_control_whether_the_schema_says_so_or_the_provider()
    {
        var page = await chromium.NewPage();
        await page.GotoAsync(Form);
        // The browser would not send it: a person may have another one.
        await page.EvaluateAsync("document.querySelector('main form').noValidate = true");
        await page.GetByLabel("Name").FillAsync("not a name");
        await page.GetByLabel("Owner").FillAsync("A");
        await page.GetByLabel("Size").FillAsync("65");
        await page.GetByLabel("Host").FillAsync("https://shop.example");
        await page.ClickAsync("button:has-text('Create Forms')");

        await Expect(page.Locator("#name-error")).ToHaveTextAsync("1 to 128 letters, digits, hyphens and underscores.");
        await Expect(page.GetByLabel("Owner")).ToHaveAttributeAsync("aria-invalid", "true");
        await Expect(page.GetByLabel("Owner")).ToHaveAccessibleDescriptionAsync("Must have at least 2 characters. Who answers for it.");
        await Expect(page.GetByLabel("Size")).ToHaveAccessibleDescriptionAsync("Must not be more than 64.");
        await Expect(page.GetByLabel("Region")).ToHaveAccessibleDescriptionAsync("Is required.");
        await Expect(page.GetByLabel("Host")).ToHaveAttributeAsync("aria-invalid", "true");
        await Expect(page.GetByLabel("Host")).ToHaveValueAsync("https://shop.example");
        await Chromium.Keep(page, "simulator-controls-wrong");
        Assert.DoesNotContain(scene.Provider.Requests, request => request.Body.Contains("not a name", StringComparison.Ordinal));

        scene.Provider.Refusal = JsonNode.Parse("""
            {"error": {"code": "validation_error", "message": "bad", "user": {"message": "Choose another owner."},
              "fields": [{"key": "owner", "message": "Nobody knows her."}, {"key": "elsewhere", "message": "Is missing."}]}}
            """)!.AsObject();
        await page.GetByLabel("Name").FillAsync("named");
        await page.GetByLabel("Owner").FillAsync("Eve");
        await page.GetByLabel("Size").FillAsync("8");
        await page.GetByLabel("Host").FillAsync("shop.example");
        await page.GetByLabel("Tier").SelectOptionAsync("tin");
        await page.GetByLabel("Region").SelectOptionAsync("iad1");
        await page.ClickAsync("button:has-text('Create Forms')");

        await Expect(page.Locator("#told")).ToContainTextAsync("The provider refused: Choose another owner.");
        await Expect(page.GetByLabel("Owner")).ToHaveAccessibleDescriptionAsync("Nobody knows her. Who answers for it.");
        await Expect(page.Locator("[aria-label='What is wrong']")).ToContainTextAsync("elsewhere: Is missing.");
        await Expect(page.GetByLabel("Tier")).ToHaveValueAsync("tin");
        await Expect(page.GetByLabel("Size")).ToHaveAccessibleDescriptionAsync("");
    }

    [Fact]
    public async Task An_update_sends_all_of_the_metadata_and_what_is_locked_stays_as_it_is()
    {
        var provisioned = await scene.Vercel.Dashboard.Provision(
            scene.InstallationId, "forms", "kept", "pro",
            JsonNode.Parse("""{"owner": "Ada", "region": "fra1", "tier": "old", "own": [1], "features": ["search"]}""")!.AsObject(), TestContext.Current.CancellationToken);
        var id = provisioned.Json!.Value.GetProperty("id").GetString();
        var page = await chromium.NewPage();
        await page.GotoAsync($"{scene.Vercel.BaseUrl}installations/{scene.InstallationId}/resources/{id}/settings");
        await Expect(page.GetByLabel("Region")).ToBeDisabledAsync();
        await Expect(page.GetByLabel("secretly")).ToBeEditableAsync();
        await Expect(page.GetByLabel("Later")).ToBeEditableAsync();
        await Expect(page.GetByLabel("Tier").Locator("option:checked")).ToHaveTextAsync("Old");

        await page.GetByLabel("Owner").FillAsync("Bob");
        await page.GetByLabel("Search").UncheckAsync();
        await page.ClickAsync("text=Save the configuration");
        await Expect(page.Locator("#told")).ToContainTextAsync("The configuration is changed.");

        Assert.True(
            JsonNode.DeepEquals(Sent["metadata"], JsonNode.Parse("""{"owner": "Bob", "region": "fra1", "tier": "old", "own": [1], "backups": false, "nodes": [1]}""")),
            Sent["metadata"]!.ToJsonString());
    }
}
