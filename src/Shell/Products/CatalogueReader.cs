using System.Text.Json;
using LanguageExt;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Money;
using Marketplace.Core.Products;
using Marketplace.Core.Usage;

namespace Marketplace.Shell.Products;

/// <summary>The fields of the catalogue's file. What they mean is in Core; what they may be together is in <see cref="CatalogueRules"/>.</summary>
internal static class CatalogueReader
{
    private static readonly Dictionary<string, MetricKind> MetricKinds = new(StringComparer.Ordinal)
    {
        ["total"] = MetricKind.Total,
        ["interval"] = MetricKind.Interval,
        ["rate"] = MetricKind.Rate,
    };

    private static readonly Dictionary<string, Func<CatalogueJson, Aggregation>> Aggregations = new(StringComparer.Ordinal)
    {
        ["last"] = _ => new Aggregation.Last(),
        ["average"] = _ => new Aggregation.Average(),
        ["sum"] = _ => new Aggregation.Sum(),
        ["max"] = _ => new Aggregation.Max(),
        ["percentile"] = json => new Aggregation.Percentile(json.Number("percentile")),
    };

    private static readonly Dictionary<string, PlanType> PlanTypes = new(StringComparer.Ordinal)
    {
        ["subscription"] = PlanType.Subscription,
        ["prepayment"] = PlanType.Prepayment,
    };

    public static (Seq<Product> Products, Option<InstallationBilling> InstallationBilling, BillingPolicy Billing) Read(
        JsonElement root, List<CatalogueError> errors) =>
        CatalogueJson.Root(root, errors, json => (
            ReadSchema(json).Each("products", ReadProduct),
            json.ObjectOrNone("installationBilling", ReadInstallationBilling),
            json.ObjectOrNone("billing", PricingReader.ReadPolicy).IfNone(BillingPolicy.Default)));

    /// <summary>The name of the schema is for the editor in which somebody writes the file.</summary>
    private static CatalogueJson ReadSchema(CatalogueJson json)
    {
        json.TextOrNone("$schema");
        return json;
    }

    /// <summary>A plan of a catalogue by itself, as it was kept when it was offered.</summary>
    public static BillingPlan ReadPlan(JsonElement plan, PlanScope scope, List<CatalogueError> errors) =>
        CatalogueJson.Root(plan, errors, json => ReadPlan(json, scope));

    /// <summary>A metric by itself, as it was kept with a plan.</summary>
    public static Metric ReadMetric(JsonElement metric, List<CatalogueError> errors) => CatalogueJson.Root(metric, errors, ReadMetric);

    private static Product ReadProduct(CatalogueJson json) => new(
        Id: new ProductId(json.Text("id")),
        Name: json.Text("name"),
        Provisioner: json.Text("provisioner"),
        Metadata: json.ObjectOrNone("metadata", MetadataSchemaReader.Read).IfNone(MetadataSchema.Nothing),
        Metrics: json.EachOrNone("metrics", ReadMetric),
        Plans: json.EachOrNone("plans", plan => ReadPlan(plan, PlanScope.Resource)))
    {
        NameLimits = json.ObjectOrNone("resourceName", MetadataSchemaReader.ReadTextLimits),
        Repl = json.ObjectOrNone("repl", ReadRepl).Bind(repl => repl),
        DeploymentActions = json.EachOrNone("deploymentActions", action => new ProductAction(action.Text("slug"), action.Text("name"))),
        Checks = json.EachOrNone("checks", check => new ProductCheck(
            check.Text("slug"), check.Text("name"), check.FlagOr("blocking", otherwise: false),
            check.CountOrNone("timeoutSeconds").Map(seconds => TimeSpan.FromSeconds(seconds)))),
        Experimentation = json.ObjectOrNone(
            "protocols", protocols => protocols.ObjectOrNone("experimentation", ReadExperimentation).Bind(experimentation => experimentation))
            .Bind(experimentation => experimentation),
        IsImportable = json.ObjectOrNone("import", import => import.FlagOr("enabled", otherwise: false)).IfNone(false),
        RetiredPlans = json.TextsOrNone("retiredPlans").IfNone(Seq<string>.Empty),
    };

    /// <summary>The names are those of the storage protocol, in which one that is not enabled is as good as none.</summary>
    private static Option<ProductRepl> ReadRepl(CatalogueJson json)
    {
        var isEnabled = json.FlagOr("enabled", otherwise: false);
        var repl = new ProductRepl(json.FlagOr("supportsReadOnlyMode", otherwise: false), json.TextOrNone("welcomeMessage"));
        return isEnabled ? repl : Option<ProductRepl>.None;
    }

    private static Option<ProductExperimentation> ReadExperimentation(CatalogueJson json)
    {
        var isEnabled = json.FlagOr("enabled", otherwise: true);
        var origin = json.Value(
            "origin", "must be an https address, in which {resource} and {flag} stand for their names",
            value => value.ValueKind == JsonValueKind.String && Uri.TryCreate(value.GetString(), UriKind.Absolute, out var address)
                && address.Scheme == Uri.UriSchemeHttps
                ? value.GetString()!
                : Option<string>.None);
        return isEnabled ? new ProductExperimentation(origin.IfNone(() => json.Text("origin"))) : Option<ProductExperimentation>.None;
    }

    private static InstallationBilling ReadInstallationBilling(CatalogueJson json)
    {
        var (plans, first) = (json.Each("plans", plan => ReadPlan(plan, PlanScope.Installation)), json.Text("defaultPlan"));
        return new(plans, plans.Find(plan => plan.Id.Name == first).Match(plan => plan.Id, () => new PlanId(first)))
        {
            RetiredPlans = json.TextsOrNone("retiredPlans").IfNone(Seq<string>.Empty),
        };
    }

    private static Metric ReadMetric(CatalogueJson json) => new(
        Id: new MetricId(json.Text("id")),
        Name: json.Text("name"),
        Kind: json.OneOf("type", MetricKinds, MetricKind.Total),
        Units: json.Text("units"))
    {
        ChosenAggregation = json.OneOfOrNone("aggregation", Aggregations).Map(read => read(json)),
    };

    /// <summary>A plan's scope is where it stands in the file, so that the two can never contradict each other.</summary>
    private static BillingPlan ReadPlan(CatalogueJson json, PlanScope scope) => new(
        Id: ReadId(json),
        Type: json.OneOf("type", PlanTypes, PlanType.Subscription),
        Name: json.Text("name"),
        Description: json.Text("description"),
        Scope: scope,
        PaymentMethodRequired: json.FlagOr("paymentMethodRequired", otherwise: true),
        Pricing: json.ObjectOrNone("pricing", PricingReader.Read).IfNone(Pricing.Free),
        Display: ReadDisplay(json),
        ResourcesMax: json.CountOrNone("maxResources"),
        Settings: json.Scalars("settings"))
    {
        ChangesAtPeriodEnd = scope == PlanScope.Resource
            ? json.TextsOrNone("changesAtPeriodEnd").IfNone(Seq<string>.Empty).Map(id => new PlanId(id)).Strict()
            : Seq<PlanId>.Empty,
        Balance = json.ObjectOrNone("balance", PricingReader.ReadBalance).IfNone(BalancePolicy.Default),
    };

    private static PlanId ReadId(CatalogueJson json)
    {
        var (name, version) = (json.Text("id"), json.CountOrNone("version").IfNone(1));
        if (name.Contains(PlanId.VersionMark, StringComparison.Ordinal))
            json.Note("id", $"must have no {PlanId.VersionMark}, which stands before a version; the version is a field of its own");
        if (version < 1)
            json.Note("version", "must be at least 1");
        return string.IsNullOrWhiteSpace(name) ? new PlanId(name) : PlanId.Of(name, Math.Max(version, 1));
    }

    private static PlanDisplay ReadDisplay(CatalogueJson json) => new(
        Cost: json.TextOrNone("cost"),
        Details: json.EachOrNone("details", ReadDetail),
        HighlightedDetails: json.EachOrNone("highlightedDetails", ReadDetail),
        PreauthorizationAmount: json.AmountOrNone("preauthorizationAmount"),
        InitialCharge: json.AmountOrNone("initialCharge"),
        MinimumAmount: json.AmountOrNone("minimumAmount"),
        MaximumAmount: json.AmountOrNone("maximumAmount"),
        MaximumAutoPurchasePerPeriod: json.AmountOrNone("maximumAmountAutoPurchasePerPeriod"),
        Disabled: json.FlagOr("disabled", otherwise: false));

    private static PlanDetail ReadDetail(CatalogueJson json) => new(json.Text("label"), json.TextOrNone("value"));
}
