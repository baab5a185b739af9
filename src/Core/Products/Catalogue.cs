using LanguageExt;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Usage;

namespace Marketplace.Core.Products;

/// <summary>Everything that is sold. A catalogue that exists keeps every rule of <see cref="CatalogueRules"/>.</summary>
/// <remarks>A resource's plan comes from its product or, where it is on, from installation-level billing: no id is in both.</remarks>
public sealed record Catalogue
{
    private Catalogue(Seq<Product> products, Option<InstallationBilling> installationBilling, BillingPolicy billing)
    {
        Products = products;
        InstallationBilling = installationBilling;
        Billing = billing;
    }

    public Seq<Product> Products { get; }

    /// <summary>Present when installations may be billed as a whole. Source: contract §B.0, §B.1.</summary>
    public Option<InstallationBilling> InstallationBilling { get; }

    /// <summary>What any of the products measures.</summary>
    public Seq<Metric> Metrics => Products.Bind(product => product.Metrics).Distinct().Strict();

    /// <summary>How everything that is sold is billed.</summary>
    public BillingPolicy Billing { get; }

    /// <summary>The plan that a new installation begins with; none when each resource is billed by its own.</summary>
    public Option<PlanId> DefaultInstallationPlan => InstallationBilling.Map(billing => billing.DefaultPlan);

    /// <summary>The catalogue of these parts, or everything that is wrong with them.</summary>
    public static Validation<CatalogueError, Catalogue> Of(
        Seq<Product> products, Option<InstallationBilling> installationBilling, BillingPolicy billing)
    {
        var errors = CatalogueRules.Check(products, installationBilling, billing);
        return errors.IsEmpty
            ? Validation<CatalogueError, Catalogue>.Success(new Catalogue(products, installationBilling, billing))
            : Validation<CatalogueError, Catalogue>.Fail(errors);
    }

    /// <summary>The same under the policy that holds where none is laid down.</summary>
    public static Validation<CatalogueError, Catalogue> Of(Seq<Product> products, Option<InstallationBilling> installationBilling) =>
        Of(products, installationBilling, BillingPolicy.Default);

    public Option<Product> Product(ProductId id) => Products.Find(product => product.Id == id);

    /// <summary>A plan that a resource of the product can have by itself; not one of installation-level billing.</summary>
    public Option<BillingPlan> ResourcePlan(ProductId product, PlanId plan) =>
        Product(product).Bind(found => found.Plan(plan));

    /// <summary>Whether it matters how many resources of an installation have the plan. Without an id, the plan of the installation is meant.</summary>
    public bool IsLimited(Option<PlanId> plan)
    {
        return plan.Match(
            id => Products.Exists(product => product.Plan(id).Exists(HasLimit)) || InstallationPlan(id).Exists(HasLimit),
            () => InstallationBilling.Exists(billing => (billing.Plans + billing.Superseded).Exists(HasLimit)));

        static bool HasLimit(BillingPlan one) => one.ResourcesMax.IsSome;
    }

    /// <summary>Whether it matters if the installation pays. Without an id there is nothing to choose.</summary>
    public bool NeedsPaymentMethod(Option<PlanId> plan) =>
        plan.Exists(id => (Products.Bind(product => product.Plan(id).ToSeq()) + InstallationPlan(id).ToSeq()).Exists(one => one.NeedsPaymentMethod));

    /// <summary>Whether a plan of that id, of whatever product, is invoiced as soon as somebody takes it up.</summary>
    public bool BillsAtOnce(PlanId plan) =>
        Products.Exists(product => product.Plan(plan).Exists(one => one.Pricing.BillsAtOnce))
        || InstallationPlan(plan).Exists(one => one.Pricing.BillsAtOnce);

    /// <summary>A plan that covers an installation with all its resources.</summary>
    public Option<BillingPlan> InstallationPlan(PlanId plan) =>
        InstallationBilling.Bind(billing => billing.Plan(plan));

    /// <summary>Everything that it sells, each plan with what it measures.</summary>
    public Seq<OfferedPlan> Offered =>
        Products
            .SelectMany(product => product.Plans.Map(plan => OfferedPlan.Of(product.Id, plan, product.Metrics)))
            .Concat(InstallationBilling.Match(billing => billing.Plans, () => Seq<BillingPlan>.Empty)
                .Map(plan => OfferedPlan.Of(Option<ProductId>.None, plan, Metrics)))
            .ToSeq()
            .Strict();

    /// <summary>
    /// The same with everything that was ever offered, by whomever: what a plan means, its first offer says, and what is not sold here may be
    /// sold elsewhere.
    /// </summary>
    public Catalogue Knowing(Seq<OfferedPlan> offered)
    {
        var mine = Offered;
        var otherwise = mine.SelectMany(plan => offered.Filter(known => known.IsSameAs(plan) && known.Terms != plan.Terms)).ToSeq().Strict();
        return new Catalogue(
                Products.Map(product => product with { Plans = Meant(product.Id, product.Plans) }).Strict(),
                InstallationBilling.Map(billing => billing with { Plans = Meant(Option<ProductId>.None, billing.Plans) }), Billing)
            .With(offered.Filter(known => !mine.Exists(known.IsSameAs)).Strict());

        Seq<BillingPlan> Meant(Option<ProductId> product, Seq<BillingPlan> plans) => plans
            .Map(plan => otherwise.Find(known => known.Product == product && known.Plan.Id == plan.Id).Match(known => known.Plan, () => plan))
            .Strict();
    }

    /// <summary>The same with what is not sold any more, for those who have it.</summary>
    public Catalogue With(Seq<OfferedPlan> superseded)
    {
        return new(
            Products.Map(product => product with { Superseded = Of(product.Id) }).Strict(),
            InstallationBilling.Map(billing => billing with { Superseded = Of(Option<ProductId>.None) }), Billing);

        // To whoever chooses anew it is a plan like any other that is not sold at the moment.
        Seq<BillingPlan> Of(Option<ProductId> product) => superseded
            .Filter(plan => plan.Product == product)
            .Map(plan => plan.Plan with { Display = plan.Plan.Display with { Disabled = true } })
            .Strict();
    }
}

/// <summary>The plans that cover a whole installation.</summary>
/// <param name="DefaultPlan">What a new installation begins with, before anyone chose: it costs nothing.</param>
public sealed record InstallationBilling(Seq<BillingPlan> Plans, PlanId DefaultPlan)
{
    /// <inheritdoc cref="Product.Superseded"/>
    public Seq<BillingPlan> Superseded { get; init; } = Seq<BillingPlan>.Empty;

    /// <inheritdoc cref="Product.RetiredPlans"/>
    public Seq<string> RetiredPlans { get; init; } = Seq<string>.Empty;

    public Option<BillingPlan> Plan(PlanId id) => Plans.Find(plan => plan.Id == id) || Superseded.Find(plan => plan.Id == id);
}

/// <summary>One thing that is wrong with a catalogue.</summary>
/// <param name="Path">Where, as a JSON path: <c>products[0].plans[1].pricing.base</c>; empty for the whole.</param>
/// <param name="Reason">What is wanted there, to be read after the path and a colon.</param>
public sealed record CatalogueError(string Path, string Reason)
{
    public override string ToString() => Path.Length == 0 ? Reason : $"{Path}: {Reason}";
}
