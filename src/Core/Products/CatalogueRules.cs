using LanguageExt;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Usage;

namespace Marketplace.Core.Products;

/// <summary>What a catalogue must keep, so that nothing that it sells surprises Vercel or an invoice later.</summary>
public static class CatalogueRules
{
    private const int CheckNameCharactersMax = 100;

    /// <summary>Every rule that is broken, in the order of the file; empty when the catalogue is good.</summary>
    /// <remarks>Source: contract §B.1 for the first plan of an installation, §C.1 for what each type of plan may say.</remarks>
    public static Seq<CatalogueError> Check(
        Seq<Product> products, Option<InstallationBilling> installationBilling, BillingPolicy billing) =>
        Broken(products, installationBilling, billing).ToSeq().Strict();

    private static IEnumerable<CatalogueError> Broken(
        Seq<Product> products, Option<InstallationBilling> installationBilling, BillingPolicy policy)
    {
        var installationPlans = installationBilling.Match(billing => billing.Plans, () => Seq<BillingPlan>.Empty);
        var metrics = products.Bind(product => product.Metrics);
        return
        [
            .. When(products.IsEmpty, "products", "must have at least one product"),
            .. Repeated(products, "products", "id", product => product.Id.Value),
            .. Each(products, "products", (product, path) => ProductErrors(product, path, installationPlans)),
            .. installationBilling.Match(billing => InstallationErrors(billing, metrics), () => []),
            .. BillingPolicyRules.Check(policy, "billing"),
        ];
    }

    private static IEnumerable<CatalogueError> ProductErrors(Product product, string path, Seq<BillingPlan> installationPlans) =>
    [
        .. Blank(product.Id.Value, $"{path}.id"),
        .. Blank(product.Name, $"{path}.name"),
        .. Blank(product.Provisioner, $"{path}.provisioner"),
        .. product.NameLimits.Match(limits => MetadataSchemaRules.TextErrors(limits, $"{path}.resourceName"), () => []),
        .. product.Repl.Bind(repl => repl.WelcomeMessage).Match(welcome => Blank(welcome, $"{path}.repl.welcomeMessage"), () => []),
        .. Repeated(product.DeploymentActions, $"{path}.deploymentActions", "slug", action => action.Slug),
        .. Each(product.DeploymentActions, $"{path}.deploymentActions", ActionErrors),
        .. Repeated(product.Checks, $"{path}.checks", "slug", check => check.Slug),
        .. Each(product.Checks, $"{path}.checks", CheckErrors),
        .. MetadataSchemaRules.Check(product.Metadata, $"{path}.metadata"),
        .. Repeated(product.Metrics, $"{path}.metrics", "id", metric => metric.Id.Value),
        .. Each(product.Metrics, $"{path}.metrics", MetricErrors),
        .. When(product.Plans.IsEmpty && product.RetiredPlans.IsEmpty && installationPlans.IsEmpty, $"{path}.plans", "must have at least one plan"),
        .. Repeated(product.Plans, $"{path}.plans", "id", plan => plan.Id.Name),
        .. RetiredErrors(product.RetiredPlans, product.Plans, $"{path}.retiredPlans"),
        .. Each(product.Plans, $"{path}.plans", (plan, at) => BillingPlanRules.Check(plan, at, PlanScope.Resource, product.Metrics, product.Metadata)),
        .. Each(product.Plans, $"{path}.plans", (plan, at) => Each(plan.ChangesAtPeriodEnd, $"{at}.changesAtPeriodEnd", (other, place) =>
            When(other.IsVersionOf(plan.Id) || !product.Plans.Exists(one => one.Id.IsVersionOf(other)), place, $"{other} is not another plan of the product"))),
        .. Each(product.Plans, $"{path}.plans", (plan, at) =>
            When(installationPlans.Exists(other => other.Id.IsVersionOf(plan.Id)), $"{at}.id",
                 $"{plan.Id} is a plan of installationBilling too, and one id must mean one plan")),
    ];

    /// <summary>It is part of a path at Vercel.</summary>
    private static IEnumerable<CatalogueError> ActionErrors(ProductAction action, string path) =>
    [
        .. SlugErrors(action.Slug, $"{path}.slug"),
        .. Blank(action.Name, $"{path}.name"),
    ];

    private static IEnumerable<CatalogueError> CheckErrors(ProductCheck check, string path) =>
    [
        .. SlugErrors(check.Slug, $"{path}.slug"),
        .. Blank(check.Name, $"{path}.name"),
        .. When(check.Name.Length > CheckNameCharactersMax, $"{path}.name", $"must have at most {CheckNameCharactersMax} characters"),
        .. When(check.Timeout.Exists(timeout => timeout < TimeSpan.FromSeconds(1)), $"{path}.timeoutSeconds", "must be at least 1"),
    ];

    private static IEnumerable<CatalogueError> SlugErrors(string slug, string path) =>
        When(
            slug.Length == 0 || !slug.All(letter => char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter) || letter == '-'),
            path, "must be of lower-case letters, digits and hyphens");

    private static IEnumerable<CatalogueError> MetricErrors(Metric metric, string path) =>
    [
        .. Blank(metric.Id.Value, $"{path}.id"),
        .. Blank(metric.Name, $"{path}.name"),
        .. Blank(metric.Units, $"{path}.units"),
        .. When(!metric.Aggregation.Suits(metric.Kind), $"{path}.aggregation", "does not suit the type: amounts of an interval add up, and nothing else does"),
        .. When(metric.Aggregation is Aggregation.Percentile { Rank: <= 0m or > 100m }, $"{path}.percentile", "must be above 0 and at most 100"),
    ];

    private static IEnumerable<CatalogueError> InstallationErrors(InstallationBilling billing, Seq<Metric> metrics) =>
    [
        .. When(billing.Plans.IsEmpty, "installationBilling.plans", "must have at least one plan"),
        .. Repeated(billing.Plans, "installationBilling.plans", "id", plan => plan.Id.Name),
        .. RetiredErrors(billing.RetiredPlans, billing.Plans, "installationBilling.retiredPlans"),
        .. Each(billing.Plans, "installationBilling.plans",
                (plan, path) => BillingPlanRules.Check(plan, path, PlanScope.Installation, metrics, MetadataSchema.Nothing)),
        .. Each(billing.Plans, "installationBilling.plans", (plan, path) => Each(
                plan.Pricing.Metered, $"{path}.pricing.metered", (price, at) => SummableErrors(price, at, metrics))),
        .. DefaultPlanErrors(billing, "installationBilling.defaultPlan"),
    ];

    /// <summary>One price stands for what all products measure together, so that they have to measure the same.</summary>
    private static IEnumerable<CatalogueError> SummableErrors(MeteredPrice price, string path, Seq<Metric> metrics) =>
        When(metrics.Filter(metric => metric.Id == price.Metric).Map(metric => (metric.Kind, metric.Units, metric.Aggregation)).Distinct().Count > 1,
             $"{path}.metric", $"{price.Metric} has another type, aggregation or other units in another product, and one price cannot stand for both");

    /// <summary>Nobody has agreed to pay when an installation is made, so its first plan is free.</summary>
    private static IEnumerable<CatalogueError> DefaultPlanErrors(InstallationBilling billing, string path) =>
        billing.Plans.Find(plan => plan.Id == billing.DefaultPlan).Match<IEnumerable<CatalogueError>>(
            Some: plan =>
            [
                .. When(plan.PaymentMethodRequired, path, $"{plan.Id} needs a payment method, and the default must be completely free"),
                .. When(plan.Display.Disabled, path, $"{plan.Id} is disabled"),
            ],
            None: () => [new(path, $"{billing.DefaultPlan} is not one of installationBilling.plans")]);

    /// <summary>What is sold is not retired. A name that no plan ever had harms nobody.</summary>
    private static IEnumerable<CatalogueError> RetiredErrors(Seq<string> retired, Seq<BillingPlan> plans, string path) =>
        Each(retired, path, (name, at) =>
        [
            .. Blank(name, at),
            .. When(plans.Exists(plan => plan.Id.Name == name), at, $"{name} is one of the plans that are sold"),
        ]);

    internal static IEnumerable<CatalogueError> Each<T>(
        Seq<T> items, string path, Func<T, string, IEnumerable<CatalogueError>> check) =>
        items.SelectMany((item, at) => check(item, $"{path}[{at}]"));

    /// <summary>One error at each item whose key an earlier item has already.</summary>
    internal static IEnumerable<CatalogueError> Repeated<T>(Seq<T> items, string path, string field, Func<T, string> keyOf) =>
        items.Select((item, at) => (Key: keyOf(item), At: at))
            .GroupBy(item => item.Key, StringComparer.Ordinal)
            .SelectMany(same => same.Skip(1))
            .OrderBy(item => item.At)
            .Select(item => new CatalogueError($"{path}[{item.At}].{field}", $"{item.Key} is there already"));

    internal static IEnumerable<CatalogueError> Blank(string text, string path) =>
        When(string.IsNullOrWhiteSpace(text), path, "must not be blank");

    internal static IEnumerable<CatalogueError> When(bool broken, string path, string reason) =>
        broken ? [new CatalogueError(path, reason)] : [];
}
