using LanguageExt;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Money;
using Marketplace.Core.Products;
using Marketplace.Core.Usage;
using Marketplace.Shell.Products;

namespace Marketplace.Integration.Products;

public sealed class CatalogueFileTests
{
    private const string Good = """
        {
          "products": [
            {
              "id": "p",
              "name": "P",
              "provisioner": "postgres",
              "metrics": [ { "id": "storage", "name": "Storage", "type": "total", "units": "MB" } ],
              "plans": [
                { "id": "free", "type": "subscription", "name": "Free", "description": "Free.", "paymentMethodRequired": false },
                {
                  "id": "pro", "type": "subscription", "name": "Pro", "description": "Pro.",
                  "pricing": {
                    "base": "19.00",
                    "metered": [ { "metric": "storage", "unitPrice": "0.00004", "units": "MB-hours" } ]
                  }
                }
              ]
            }
          ]
        }
        """;

    [Fact]
    public void The_example_catalogue_sells_Acme_Postgres_in_three_plans()
    {
        var catalogue = Loaded(CatalogueFile.Load(Repository.File("catalog.json")));

        var product = catalogue.Product(new ProductId("acme-postgres")).Match(found => found, () => throw new InvalidOperationException("not sold"));
        Assert.Equal("postgres", product.Provisioner);
        Assert.Equal(
            new[] { (new MetricId("storage"), MetricKind.Total, "MB"), (new MetricId("transactions"), MetricKind.Interval, "transactions") },
            product.Metrics.Select(metric => (metric.Id, metric.Kind, metric.Units)));
        Assert.Equal(new[] { "free", "pro", "prepaid" }, product.Plans.Select(plan => plan.Id.Value));
        Assert.Equal(Option<PlanId>.None, catalogue.DefaultInstallationPlan);

        var pro = catalogue.ResourcePlan(product.Id, new PlanId("pro")).Match(plan => plan, () => throw new InvalidOperationException("no pro"));
        Assert.Equal(new Usd(19.00m), pro.Pricing.Base);
        Assert.Equal(new MeteredPrice(new MetricId("storage"), new Usd(0.00004m), "MB-hours", included: 0m), Assert.Single(pro.Pricing.Metered));
        Assert.Equal("50", pro.Settings["connectionLimit"]);
    }

    [Theory]
    [InlineData("""{ "enabled": true, "supportsReadOnlyMode": true, "welcomeMessage": "Hi." }""", true, true, "Hi.")]
    [InlineData("""{ "enabled": true }""", true, false, null)]
    [InlineData("""{ "enabled": false, "supportsReadOnlyMode": true }""", false, false, null)]
    [InlineData("""{ "supportsReadOnlyMode": true }""", false, false, null)]
    [InlineData("null", false, false, null)]
    public void A_product_declares_its_console_with_the_names_of_the_storage_protocol(string json, bool has, bool readOnly, string? welcome)
    {
        var product = Loaded(CatalogueFile.Parse(Good.Replace(
            "\"provisioner\": \"postgres\",", $"\"provisioner\": \"postgres\", \"repl\": {json},", StringComparison.Ordinal))).Products[0];

        Assert.Equal(has ? new ProductRepl(readOnly, Prelude.Optional(welcome)!) : Option<ProductRepl>.None, product.Repl);
    }

    [Fact]
    public void A_price_keeps_every_decimal_that_is_written()
    {
        var exact = Loaded(CatalogueFile.Parse(Good.Replace("0.00004", "0.0000000000000000000000000004", StringComparison.Ordinal)));

        Assert.Equal(new QuantityPrice.PerUnit(new Usd(0.0000000000000000000000000004m)), exact.Products[0].Plans[1].Pricing.Metered[0].Price);
    }

    [Theory]
    [InlineData("\"base\": \"19.00\"", "\"base\": 19.00",
        "products[0].plans[1].pricing.base: must be a decimal string such as \"19.00\"")]
    [InlineData("\"base\": \"19.00\"", "\"base\": \"-19.00\"",
        "products[0].plans[1].pricing.base: must be a decimal string such as \"19.00\"")]
    [InlineData("\"base\": \"19.00\"", "\"base\": \"19.\"",
        "products[0].plans[1].pricing.base: must be a decimal string such as \"19.00\"")]
    [InlineData("\"base\": \"19.00\"", "\"base\": \"19.00000000000000000000000000000\"",
        "products[0].plans[1].pricing.base: has more digits than can be kept exactly (28)")]
    [InlineData("\"base\": \"19.00\"", "\"bass\": \"19.00\"",
        "products[0].plans[1].pricing.bass: is not a field here; the fields are base, metered, perUnit, perValue, billed, oneTime, minimum, discounts")]
    [InlineData("\"name\": \"P\",", "",
        "products[0].name: is missing: must be text")]
    [InlineData("\"name\": \"P\"", "\"name\": \"P\", \"name\": \"Q\"",
        "products[0].name: is there twice")]
    [InlineData("\"name\": \"P\"", "\"name\": \" \"",
        "products[0].name: must not be blank")]
    [InlineData("\"name\": \"P\"", "\"name\": \"P\", \"repl\": { \"enabled\": \"yes\" }",
        "products[0].repl.enabled: must be true or false")]
    [InlineData("\"name\": \"P\"", "\"name\": \"P\", \"repl\": { \"enabled\": true, \"welcomeMessage\": \" \" }",
        "products[0].repl.welcomeMessage: must not be blank")]
    [InlineData("\"name\": \"P\"", "\"name\": \"P\", \"repl\": { \"enabled\": true, \"readOnly\": true }",
        "products[0].repl.readOnly: is not a field here; the fields are enabled, supportsReadOnlyMode, welcomeMessage")]
    [InlineData("\"total\"", "\"sum\"",
        "products[0].metrics[0].type: must be one of total, interval, rate")]
    [InlineData("\"id\": \"pro\"", "\"id\": \"free\"",
        "products[0].plans[1].id: free is there already")]
    [InlineData("\"metric\": \"storage\"", "\"metric\": \"storrage\"",
        "products[0].plans[1].pricing.metered[0].metric: storrage is not a metric of the product")]
    [InlineData("\"description\": \"Pro.\",", "\"description\": \"Pro.\", \"paymentMethodRequired\": false,",
        "products[0].plans[1].paymentMethodRequired: must be true on a plan that costs something")]
    [InlineData("\"id\": \"pro\", \"type\": \"subscription\"", "\"id\": \"pro\", \"type\": \"prepayment\"",
        "products[0].plans[1].pricing.base: must be absent: prepayment is paid by purchase, not by period")]
    [InlineData("\"description\": \"Pro.\",", "\"description\": \"Pro.\", \"minimumAmount\": \"10.00\",",
        "products[0].plans[1].minimumAmount: is for prepayment plans only")]
    [InlineData("\"paymentMethodRequired\": false", "\"paymentMethodRequired\": \"no\"",
        "products[0].plans[0].paymentMethodRequired: must be true or false")]
    public void A_mistake_is_named_with_its_place_and_what_is_wanted(string right, string wrong, string message)
    {
        Assert.Contains(right, Good, StringComparison.Ordinal);

        var errors = Errors(CatalogueFile.Parse(Good.Replace(right, wrong, StringComparison.Ordinal)));

        Assert.Equal([message], errors);
    }

    [Theory]
    [InlineData("""[{ "property": "disk", "unitPrice": "0.15", "units": "GB" }]""", "[]", "")]
    [InlineData("[]", """[{ "property": "size", "prices": { "large": "40.00" } }]""", "")]
    [InlineData("""[{ "property": "disc", "unitPrice": "0.15", "units": "GB" }]""", "[]", "perUnit[0].property: disc is not a property of the product's metadata")]
    [InlineData("""[{ "property": "size", "unitPrice": "0.15", "units": "GB" }]""", "[]", "perUnit[0].property: size is neither a slider nor a number")]
    [InlineData("""[{ "property": "users", "unitPrice": "0.15", "units": "users" }]""", "[]",
        "perUnit[0].property: users needs a maximum, at most 1000000000, so that nobody chooses what cannot be priced")]
    [InlineData("""[{ "property": "disk", "unitPrice": "0.15", "units": "" }]""", "[]", "perUnit[0].units: must not be blank")]
    [InlineData("""[{ "property": "disk", "units": "GB" }]""", "[]", "perUnit[0].unitPrice: is missing: must be a decimal string such as \"19.00\"")]
    [InlineData("[]", """[{ "property": "size", "prices": { "huge": "40.00" } }]""", "perValue[0].prices.huge: is nothing that size can be")]
    [InlineData("[]", """[{ "property": "size" }]""", "perValue[0].prices: is missing: must be an object of decimal strings")]
    [InlineData("[]", """[{ "property": "size", "prices": { "large": 40 } }]""", "perValue[0].prices.large: must be a decimal string such as \"19.00\"")]
    [InlineData("""[{ "property": "disk", "unitPrice": "0.15", "units": "GB" }]""", """[{ "property": "disk", "prices": {} }]""",
        "perValue[0].property: disk is there already")]
    public void A_price_of_a_choice_fits_the_form(string perUnit, string perValue, string message)
    {
        const string form = """
            "metadata": { "type": "object", "properties": {
              "disk": { "type": "array", "ui:control": "slider", "items": { "type": "number", "maximum": 100 } },
              "users": { "type": "number", "ui:control": "input" },
              "size": { "type": "string", "ui:control": "select", "ui:options": ["small", "large"] } } }, "provisioner"
            """;
        var json = Good
            .Replace("\"provisioner\"", form, StringComparison.Ordinal)
            .Replace("\"base\": \"19.00\"", $"\"base\": \"19.00\", \"perUnit\": {perUnit}, \"perValue\": {perValue}", StringComparison.Ordinal);

        Assert.Equal(
            message.Length == 0 ? [] : [$"products[0].plans[1].pricing.{message}"],
            CatalogueFile.Parse(json).Match(_ => [], errors => errors.Map(error => error.ToString()).ToArray()));
    }

    [Theory]
    [InlineData("""[{ "metric": "storage", "units": "MB-hours" }]""", "", "metered[0]: must have exactly one of unitPrice, package, tiers")]
    [InlineData("""[{ "metric": "storage", "units": "MB-hours", "unitPrice": "1.00", "package": { "size": "10", "price": "1.00" } }]""", "",
        "metered[0].package: is one too many: there must be exactly one of unitPrice, package, tiers")]
    [InlineData("""[{ "metric": "storage", "units": "MB-hours", "package": { "size": "0", "price": 1 } }]""", "",
        "metered[0].package.price: must be a decimal string such as \"19.00\"", "metered[0].package.size: must be more than zero")]
    [InlineData("""[{ "metric": "storage", "units": "MB-hours", "tiers": { "mode": "stepped", "steps": [{ "unitPrice": "1.00" }] } }]""", "",
        "metered[0].tiers.mode: must be one of graduated, volume")]
    [InlineData("""[{ "metric": "storage", "units": "MB-hours", "tiers": { "mode": "volume", "steps": [] } }]""", "",
        "metered[0].tiers.steps: must have at least one step")]
    [InlineData(
        """
        [{ "metric": "storage", "units": "MB-hours", "tiers": { "mode": "graduated", "steps": [
          { "upTo": "10", "unitPrice": "1.00" }, { "upTo": "10", "unitPrice": "1.00" }, { "unitPrice": "1.00" }, { "upTo": "90", "unitPrice": "1.00" }] } }]
        """, "",
        "metered[0].tiers.steps[1].upTo: must be more than that of the step before",
        "metered[0].tiers.steps[2].upTo: is missing: only the last step has no end",
        "metered[0].tiers.steps[3].upTo: must be absent: the last step takes whatever is left")]
    [InlineData("[]", """
        , "oneTime": "0.001", "minimum": "19.00", "discounts": [
          { "name": "a", "percent": 101 }, { "name": "a", "amount": "1.00", "periods": 0 }, { "name": "b" }]
        """,
        "discounts[2]: must have exactly one of percent, amount", "oneTime: must be in whole cents",
        "minimum: must be more than the base, which is always paid", "discounts[0].percent: must be above 0 and at most 100",
        "discounts[1].periods: must be at least 1", "discounts[1].name: a is there already")]
    [InlineData("[]", """, "billed": "later" """, "billed: must be one of arrears, advance")]
    public void Every_wrong_field_of_a_price_is_named_with_its_path(string metered, string around, params string[] messages)
    {
        const string priced = """[ { "metric": "storage", "unitPrice": "0.00004", "units": "MB-hours" } ]""";
        Assert.Contains(priced, Good, StringComparison.Ordinal);

        var errors = Errors(CatalogueFile.Parse(Good.Replace(priced, metered + around, StringComparison.Ordinal)));

        Assert.Equal(messages.Select(message => $"products[0].plans[1].pricing.{message}"), errors);
    }

    [Theory]
    [InlineData("19.00", """, "billed": "advance" """, null)]
    [InlineData("24.50", """, "billed": "advance", "oneTime": "5.50" """, null)]
    // Half of the base, and all of the one-time charge: 9.50 + 5.50.
    [InlineData("15.00", """, "billed": "advance", "oneTime": "5.50", "discounts": [{ "name": "Welcome", "percent": 50, "periods": 1 }] """, null)]
    [InlineData("5.50", """, "oneTime": "5.50" """, null)]
    [InlineData("19.00", "", "must be absent: nothing is billed in advance and nothing once")]
    [InlineData("19.00", """, "billed": "advance", "oneTime": "5.50" """, "must be 24.50, which is what is invoiced at sign-up")]
    public void A_stated_charge_at_sign_up_is_what_will_be_invoiced(string stated, string around, string? message)
    {
        var json = Good
            .Replace("\"base\": \"19.00\"", $"\"base\": \"19.00\"{around}", StringComparison.Ordinal)
            .Replace("\"description\": \"Pro.\",", $"\"description\": \"Pro.\", \"initialCharge\": \"{stated}\",", StringComparison.Ordinal);

        Assert.Equal(
            message is null ? [] : [$"products[0].plans[1].initialCharge: {message}"],
            CatalogueFile.Parse(json).Match(_ => [], errors => errors.Map(error => error.ToString()).ToArray()));
    }

    [Theory]
    [InlineData("""{}""")]
    [InlineData("""{ "period": "anniversary", "smallTotals": "waive", "lateUsage": "refuse", "nonPayment": { "degradeAfterDays": 0, "suspendAfterDays": 15 } }""")]
    [InlineData("""{ "period": "weekly" }""", "billing.period: must be one of calendar-month, anniversary")]
    [InlineData("""{ "smallTotals": true }""", "billing.smallTotals: must be one of carry, waive")]
    [InlineData("""{ "nonPayment": { "suspendAfterDays": 14 } }""",
        "billing.nonPayment.suspendAfterDays: must be at least 15: that long Vercel tries to charge")]
    [InlineData("""{ "nonPayment": { "degradeAfterDays": 20, "suspendAfterDays": 16 } }""",
        "billing.nonPayment.suspendAfterDays: must not be less than degradeAfterDays")]
    public void The_billing_policy_is_read_and_checked(string policy, params string[] messages) =>
        Assert.Equal(
            messages,
            CatalogueFile.Parse(Good.Replace("\"products\"", $"\"billing\": {policy}, \"products\"", StringComparison.Ordinal))
                .Match(_ => [], errors => errors.Map(error => error.ToString()).ToArray()));

    [Fact]
    public void A_plan_that_prices_choices_states_no_cost_of_its_own()
    {
        var json = Good.Replace(
            "\"base\": \"19.00\"", "\"base\": \"19.00\", \"perValue\": [{ \"property\": \"size\", \"prices\": {} }]", StringComparison.Ordinal)
            .Replace("\"description\": \"Pro.\",", "\"description\": \"Pro.\", \"cost\": \"$19.00\",", StringComparison.Ordinal);

        Assert.Contains("products[0].plans[1].cost: must be absent: it follows from what is chosen", Errors(CatalogueFile.Parse(json)));
    }

    [Fact]
    public void All_mistakes_are_named_at_once()
    {
        var bad = Good
            .Replace("\"name\": \"Storage\"", "\"nome\": \"Storage\"", StringComparison.Ordinal)
            .Replace("\"base\": \"19.00\"", "\"base\": null, \"extra\": 1", StringComparison.Ordinal)
            .Replace("\"id\": \"pro\"", "\"id\": \"free\"", StringComparison.Ordinal);

        Assert.Equal(
            [
                "products[0].metrics[0].name: is missing: must be text",
                "products[0].metrics[0].nome: is not a field here; the fields are id, name, type, units, aggregation",
                "products[0].plans[1].pricing.extra: is not a field here; the fields are base, metered, perUnit, perValue, billed, oneTime, minimum, discounts",
                "products[0].plans[1].id: free is there already",
            ],
            Errors(CatalogueFile.Parse(bad)));
    }

    [Fact]
    public void Malformed_JSON_is_named_with_line_and_position()
    {
        var error = Assert.Single(Errors(CatalogueFile.Parse("{\n  \"products\": [,]\n}")));

        Assert.StartsWith("line 2, position 16: is not JSON:", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[]", "must be an object")]
    [InlineData("{}", "products: is missing: must be a list")]
    [InlineData("""{"products": []}""", "products: must have at least one product")]
    public void A_catalogue_of_nothing_is_no_catalogue(string json, string message) =>
        Assert.Equal([message], Errors(CatalogueFile.Parse(json)));

    [Fact]
    public void A_file_that_is_not_there_is_named()
    {
        var error = Assert.Single(Errors(CatalogueFile.Load("no-such-catalogue.json")));

        Assert.StartsWith("no-such-catalogue.json: cannot be read", error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_product_can_ask_more_of_the_names_of_its_resources()
    {
        const string rule = """ "resourceName": { "maxLength": 50, "pattern": "^[a-z]" }, "provisioner" """;
        var product = Loaded(CatalogueFile.Parse(Good.Replace("\"provisioner\"", rule, StringComparison.Ordinal))).Products[0];

        Assert.Equal(Option<TextLimits>.Some(new TextLimits(Option<int>.None, 50, TextPattern.Of("^[a-z]"))), product.NameLimits);
        Assert.Equal(
            ["products[0].resourceName.maxLength: must be at least 1"],
            Errors(CatalogueFile.Parse(Good.Replace("\"provisioner\"", rule.Replace("50", "0", StringComparison.Ordinal), StringComparison.Ordinal))));
    }

    [Fact]
    public void Installations_can_be_billed_as_a_whole_from_a_free_plan()
    {
        const string plans = """
            "installationBilling": {
              "defaultPlan": "team-free",
              "plans": [
                { "id": "team-free", "type": "subscription", "name": "Team", "description": "Free.", "paymentMethodRequired": false },
                { "id": "team-pro", "type": "subscription", "name": "Team", "description": "Paid." }
              ]
            },
            "products"
            """;
        var json = Good.Replace("\"products\"", plans, StringComparison.Ordinal);

        var catalogue = Loaded(CatalogueFile.Parse(json));
        Assert.Equal(Option<PlanId>.Some(new PlanId("team-free")), catalogue.DefaultInstallationPlan);
        Assert.Equal(Option<PlanScope>.Some(PlanScope.Installation), catalogue.InstallationPlan(new PlanId("team-pro")).Map(plan => plan.Scope));

        Assert.Equal(
            ["installationBilling.defaultPlan: team-pro needs a payment method, and the default must be completely free"],
            Errors(CatalogueFile.Parse(json.Replace("\"defaultPlan\": \"team-free\"", "\"defaultPlan\": \"team-pro\"", StringComparison.Ordinal))));
        var priced = Loaded(CatalogueFile.Parse(json.Replace(
            "\"Paid.\" }", "\"Paid.\", \"pricing\": { \"base\": \"99.00\" } }", StringComparison.Ordinal)));
        Assert.Equal(Option<decimal>.Some(99m), priced.InstallationPlan(new PlanId("team-pro")).Map(plan => plan.Pricing.Base.Amount));
        Assert.Equal(
            ["products[0].plans[1].id: team-pro is a plan of installationBilling too, and one id must mean one plan"],
            Errors(CatalogueFile.Parse(json.Replace("\"id\": \"pro\"", "\"id\": \"team-pro\"", StringComparison.Ordinal))));
    }

    private static Catalogue Loaded(Validation<CatalogueError, Catalogue> result) =>
        result.Match(catalogue => catalogue, errors => throw new InvalidOperationException(string.Join('\n', errors)));

    private static string[] Errors(Validation<CatalogueError, Catalogue> result) =>
        result.Match(_ => [], errors => errors.Map(error => error.ToString()).ToArray());
}
