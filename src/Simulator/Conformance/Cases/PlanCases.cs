using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Marketplace.Simulator.Dashboard;
using Marketplace.Simulator.IntegrationConsole;

namespace Marketplace.Simulator.Conformance.Cases;

/// <summary>What a customer may choose from. Source: contract §B.3, §C.1.</summary>
internal static class PlanCases
{
    /// <summary>The dashboard asks again at each change of a form.</summary>
    private static readonly TimeSpan Quick = TimeSpan.FromSeconds(1);

    private static readonly Source OfProduct = Source.Partner("List Billing Plans for Product");
    private static readonly Source OfResource = Source.Partner("List Billing Plans for Resource");
    private static readonly Source OfInstallation = Source.Partner("List Billing Plans for Installation");

    public static readonly ImmutableArray<ConformanceCase> All =
    [
        new("plans/of-every-product", "Each product has plans, with ids of their own.", OfProduct, Level.Required, OfEveryProduct),
        new("plans/before-installation", "The plans of a product are told before anybody has installed.", OfProduct, Level.Required, BeforeInstallation),
        new("plans/by-metadata", "The plans of a product are told for the values of its form.", OfProduct, Level.Required, ByMetadata),
        new("plans/follow-the-form", "Something that a customer can choose in the form of a product changes what its plans cost.", OfProduct,
            Level.Informational, FollowTheForm),
        new("plans/by-empty-metadata", "The plans of a product are told while its form is empty, or the metadata is refused.", OfProduct, Level.Required,
            trial => ExpectPlansOrRefusal(trial, "?metadata=%7B%7D")),
        new("plans/by-no-json", "Metadata that is no JSON is no failure of the server.", OfProduct, Level.Required,
            trial => ExpectPlansOrRefusal(trial, "?metadata=region%3Diad1")),
        new("plans/by-no-object", "Metadata that is a list is no failure of the server.", OfProduct, Level.Required,
            trial => ExpectPlansOrRefusal(trial, "?metadata=%5B1%5D")),
        new("plans/of-unknown-product", "A product that is not sold has no plans.", OfProduct, Level.Recommended, OfUnknownProduct),
        new("plans/scope-is-said", "A plan says whether it is one of a resource or of an installation.", OfProduct, Level.Recommended, ScopeIsSaid),
        new("plans/payment-is-said", "A subscription says whether it needs a payment method.", OfProduct, Level.Informational, PaymentIsSaid),
        new("plans/purchases-have-bounds", "A prepayment plan says what the least purchase is, and no most that is less.", OfProduct, Level.Recommended, PurchasesHaveBounds)
        {
            Needs = Need.PrepaymentPlan,
        },
        new("plans/disabled-is-refused", "A plan that is told as disabled cannot be chosen.", OfProduct, Level.Required, DisabledIsRefused),
        new("plans/quick", "Plans are told within a second.", OfProduct, Level.Recommended, AreQuick),
        new("plans/of-resource", "The plans of a resource are told.", OfResource, Level.Required, OfOneResource) { Of = PartnerOperation.ListResourcePlans },
        new("plans/of-resource-by-metadata", "The plans of a resource are told for the values of its form.", OfResource, Level.Required, OfResourceByMetadata)
        {
            Of = PartnerOperation.ListResourcePlans,
        },
        new("plans/of-resource-has-current", "The plan of a resource is among those that it may have.", OfResource, Level.Recommended, OfResourceHasCurrent)
        {
            Of = PartnerOperation.ListResourcePlans,
        },
        new("plans/of-resource-quick", "The plans of a resource are told within a second.", OfResource, Level.Recommended, OfResourceIsQuick)
        {
            Of = PartnerOperation.ListResourcePlans,
        },
        new("plans/of-unknown-resource", "A resource that nobody made has no plans.", OfResource, Level.Required, OfUnknownResource)
        {
            Of = PartnerOperation.ListResourcePlans,
        },
        new("plans/of-resource-of-another-installation", "A resource of another installation has no plans.", OfResource, Level.Required, OfStranger)
        {
            Of = PartnerOperation.ListResourcePlans,
        },
        new("plans/are-the-same-everywhere", "A plan has the same type wherever it is told.", OfResource, Level.Recommended, AreTheSameEverywhere)
        {
            Of = PartnerOperation.ListResourcePlans,
        },
        new("plans/of-installation", "The plans of an installation are told.", OfInstallation, Level.Required, OfOneInstallation)
        {
            Of = PartnerOperation.ListInstallationPlans,
        },
        new("plans/of-unknown-installation", "An installation that nobody made has no plans.", OfInstallation, Level.Recommended, OfUnknownInstallation)
        {
            Of = PartnerOperation.ListInstallationPlans,
        },
    ];

    private static async Task OfEveryProduct(Trial trial)
    {
        foreach (var product in trial.Offer.Products)
        {
            var ids = (await Told(trial, product)).Select(plan => plan.OptionalText("id")).ToList();
            trial.Expect(ids.Count > 0, "plans", "none");
            trial.Expect(ids.Distinct().Count() == ids.Count, "each plan of a product has an id of its own", "one id comes twice");
        }
    }

    private static async Task BeforeInstallation(Trial trial) =>
        trial.ExpectSuccess(await trial.Customer.ProductPlans(trial.Offer.Product.Id, metadata: null, trial.Cancel));

    private static async Task ByMetadata(Trial trial)
    {
        foreach (var product in trial.Offer.Products)
        {
            trial.ExpectSuccess(await trial.Customer.ProductPlans(
                product.Id, product.Metadata, trial.Cancel, (await trial.SharedTenant()).InstallationId));
        }
    }

    private static async Task FollowTheForm(Trial trial)
    {
        var forms = trial.Offer.Products.SelectMany(product => Choices(product).Select(form => (Product: product, Form: form))).ToList();
        if (forms.Count == 0)
        {
            throw trial.NotObserved("No product has anything to choose in its form.");
        }

        foreach (var (product, form) in forms)
        {
            var exchange = await trial.Customer.ProductPlans(product.Id, form, trial.Cancel, (await trial.SharedTenant()).InstallationId);
            var (usual, chosen) = (await Told(trial, product), Plans(trial, exchange));
            if (usual.Count != chosen.Count || usual.Zip(chosen).Any(pair => !JsonElement.DeepEquals(pair.First, pair.Second)))
            {
                return;
            }
        }

        throw trial.Breach("plans that depend on a choice", "the same plans for every choice");
    }

    /// <summary>The form as it is, with one option of one field at a time.</summary>
    private static IEnumerable<JsonObject> Choices(OfferedProduct product) =>
        from field in product.Console.Metadata.Fields
        from option in Options(field.Control)
        select new JsonObject(product.Metadata.Select(pair => KeyValuePair.Create(pair.Key, pair.Value?.DeepClone()))) { [field.Key] = option.Value };

    private static ImmutableArray<MetadataOption> Options(MetadataControl control) => control switch
    {
        MetadataControl.Select choice => choice.Options,
        MetadataControl.RadioButton choice => choice.Options,
        _ => [],
    };

    private static async Task ExpectPlansOrRefusal(Trial trial, string query)
    {
        var call = PartnerCalls.ProductPlans(
            trial.Offer.Product.Id, metadata: null, trial.SystemToken((await trial.SharedTenant()).InstallationId));
        var exchange = await trial.Send(call with { Path = call.Path + query });
        if (exchange.IsSuccess)
        {
            trial.ExpectSuccess(exchange);
        }
        else
        {
            trial.ExpectTurnedDown(exchange);
        }
    }

    private static async Task OfUnknownProduct(Trial trial) => trial.ExpectTurnedDown(
        await trial.Customer.ProductPlans("no-such-product", metadata: null, trial.Cancel, (await trial.SharedTenant()).InstallationId));

    private static async Task ScopeIsSaid(Trial trial) => trial.Expect(
        (await ToldOfAll(trial)).TrueForAll(plan => plan.OptionalText("scope") is not null), "each plan has a scope", "one has none");

    private static async Task PaymentIsSaid(Trial trial) => trial.Expect(
        (await ToldOfAll(trial)).TrueForAll(plan => plan.OptionalText("type") == "prepayment" || plan.OptionalFlag("paymentMethodRequired") is not null),
        "each subscription has paymentMethodRequired", "one has not");

    private static async Task PurchasesHaveBounds(Trial trial)
    {
        foreach (var plan in (await ToldOfAll(trial)).Where(plan => plan.OptionalText("type") == "prepayment"))
        {
            trial.Expect(Amount(plan, "minimumAmount") is > 0, "minimumAmount is more than nothing", plan.OptionalText("minimumAmount") ?? "absent");
            trial.Expect(
                Amount(plan, "maximumAmount") is not { } most || most >= Amount(plan, "minimumAmount"), "maximumAmount is not below minimumAmount",
                plan.OptionalText("maximumAmount") ?? "absent");
        }
    }

    private static async Task DisabledIsRefused(Trial trial)
    {
        foreach (var product in trial.Offer.Products)
        {
            if ((await Told(trial, product)).Find(plan => plan.OptionalFlag("disabled") == true) is { ValueKind: JsonValueKind.Object } disabled)
            {
                var provisioned = await trial.Customer.Provision(
                    await trial.NewInstallation(), product.Id, "disabled", disabled.OptionalText("id")!, product.Metadata, trial.Cancel);
                trial.ExpectTurnedDown(provisioned);
                return;
            }
        }

        throw trial.NotObserved("No plan is told as disabled.");
    }

    private static async Task AreQuick(Trial trial)
    {
        foreach (var product in trial.Offer.Products)
        {
            ExpectQuick(trial, await trial.Customer.ProductPlans(
                product.Id, product.Metadata, trial.Cancel, (await trial.SharedTenant()).InstallationId));
        }
    }

    private static async Task OfOneResource(Trial trial) => await ToldOf(trial, await trial.SharedTenant());

    private static async Task OfResourceByMetadata(Trial trial)
    {
        var tenant = await trial.SharedTenant();
        trial.ExpectSuccess(await trial.Customer.ResourcePlans(
            tenant.InstallationId, tenant.ResourceId, trial.Offer.Product.Metadata, trial.Cancel));
    }

    private static async Task OfResourceHasCurrent(Trial trial)
    {
        var tenant = await trial.SharedTenant();
        var ids = (await ToldOf(trial, tenant)).ConvertAll(plan => plan.OptionalText("id"));
        trial.Expect(ids.Contains(tenant.PlanId), $"{tenant.PlanId} among them", string.Join(", ", ids));
    }

    private static async Task OfResourceIsQuick(Trial trial)
    {
        var tenant = await trial.SharedTenant();
        ExpectQuick(trial, await trial.Customer.ResourcePlans(
            tenant.InstallationId, tenant.ResourceId, trial.Offer.Product.Metadata, trial.Cancel));
    }

    private static async Task OfUnknownResource(Trial trial)
    {
        var tenant = await trial.SharedTenant();
        trial.ExpectTurnedDown(
            await trial.Customer.ResourcePlans(tenant.InstallationId, "no-such-resource", metadata: null, trial.Cancel));
    }

    private static async Task OfStranger(Trial trial)
    {
        var (tenant, stranger) = (await trial.SharedTenant(), await trial.SharedStranger());
        trial.ExpectTurnedDown(
            await trial.Customer.ResourcePlans(tenant.InstallationId, stranger.ResourceId, metadata: null, trial.Cancel));
    }

    private static async Task AreTheSameEverywhere(Trial trial)
    {
        var ofProduct = await Told(trial, trial.Offer.Product);
        foreach (var plan in await ToldOf(trial, await trial.SharedTenant()))
        {
            var id = plan.OptionalText("id");
            var same = ofProduct.Find(other => other.OptionalText("id") == id);
            trial.Expect(
                same.ValueKind == JsonValueKind.Undefined || same.OptionalText("type") == plan.OptionalText("type"), $"one type of {id}", "two");
        }
    }

    private static async Task OfOneInstallation(Trial trial) =>
        trial.ExpectSuccess(await trial.Customer.InstallationPlans((await trial.SharedTenant()).InstallationId, trial.Cancel));

    private static async Task OfUnknownInstallation(Trial trial)
    {
        var team = trial.NewTeam();
        var nobodys = $"icfg_{team.AccountId}";
        trial.ExpectTurnedDown(
            await trial.Send(PartnerCalls.InstallationPlans(nobodys, trial.Tokens.ForSystem(team.AccountId, nobodys))));
    }

    private static void ExpectQuick(Trial trial, Exchange exchange)
    {
        trial.ExpectSuccess(exchange);
        trial.Expect(exchange.Elapsed < Quick, "an answer within a second", $"one after {exchange.Elapsed.TotalSeconds:0.0} s");
    }

    private static async Task<ImmutableList<JsonElement>> ToldOfAll(Trial trial)
    {
        var all = ImmutableList.CreateBuilder<JsonElement>();
        foreach (var product in trial.Offer.Products)
        {
            all.AddRange(await Told(trial, product));
        }

        return all.ToImmutable();
    }

    private static async Task<ImmutableList<JsonElement>> Told(Trial trial, OfferedProduct product) =>
        Plans(trial, await trial.Customer.ProductPlans(product.Id, product.Metadata, trial.Cancel, (await trial.SharedTenant()).InstallationId));

    private static async Task<ImmutableList<JsonElement>> ToldOf(Trial trial, Tenant tenant) =>
        Plans(trial, await trial.Customer.ResourcePlans(tenant.InstallationId, tenant.ResourceId, metadata: null, trial.Cancel));

    private static ImmutableList<JsonElement> Plans(Trial trial, Exchange exchange)
    {
        trial.ExpectSuccess(exchange);
        return [.. exchange.Json!.Value.GetProperty("plans").EnumerateArray()];
    }

    private static decimal? Amount(JsonElement plan, string name) =>
        plan.OptionalText(name) is { } text ? decimal.Parse(text, CultureInfo.InvariantCulture) : null;
}
