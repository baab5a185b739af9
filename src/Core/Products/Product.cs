using LanguageExt;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Usage;

namespace Marketplace.Core.Products;

/// <summary>A product of the catalogue: what is measured, what it can be sold for, and who makes it.</summary>
/// <param name="Provisioner">The name of the provisioner that makes its resources.</param>
public sealed record Product(
    ProductId Id,
    string Name,
    string Provisioner,
    MetadataSchema Metadata,
    Seq<Metric> Metrics,
    Seq<BillingPlan> Plans)
{
    /// <summary>What the product asks of a resource's name beyond the contract. Source: contract §C.2.</summary>
    public Option<TextLimits> NameLimits { get; init; }

    /// <summary>Present when customers may run commands on a resource from Vercel's dashboard. Source: contract §B.2, §C.6.</summary>
    public Option<ProductRepl> Repl { get; init; }

    /// <summary>Present when a resource has flags or experiments that Vercel is told of. Source: contract §C.6, §D.11.</summary>
    public Option<ProductExperimentation> Experimentation { get; init; }

    /// <summary>Whether customers may link what they have with the provider already. Source: contract §E.10.</summary>
    public bool IsImportable { get; init; }

    /// <summary>What its resources do for deployments that wait for it. Source: contract §E.15.</summary>
    public Seq<ProductAction> DeploymentActions { get; init; } = Seq<ProductAction>.Empty;

    /// <summary>How its resources are checked for each deployment of a connected project. Source: contract §D.13.</summary>
    public Seq<ProductCheck> Checks { get; init; } = Seq<ProductCheck>.Empty;

    /// <summary>What is sold to nobody any more, and stays for those who have it: earlier versions of its plans, and retired ones.</summary>
    public Seq<BillingPlan> Superseded { get; init; } = Seq<BillingPlan>.Empty;

    /// <summary>The plans that are retired, by their names: those who have one keep it.</summary>
    public Seq<string> RetiredPlans { get; init; } = Seq<string>.Empty;

    /// <summary>One that somebody can have, whether it is still sold or not.</summary>
    public Option<BillingPlan> Plan(PlanId id) => Plans.Find(plan => plan.Id == id) || Superseded.Find(plan => plan.Id == id);
}

/// <summary>The experimentation protocol of a product. Source: contract §C.6, §D.11.</summary>
/// <param name="Origin">An https address where a flag is changed, in which {resource} and {flag} stand for their names.</param>
public sealed record ProductExperimentation(string Origin)
{
    public string OriginOf(Resources.ResourceId resource, string flag) => Origin
        .Replace("{resource}", System.Uri.EscapeDataString(resource.Value), System.StringComparison.Ordinal)
        .Replace("{flag}", System.Uri.EscapeDataString(flag), System.StringComparison.Ordinal);
}

/// <summary>The console of a product's resources, as its storage protocol declares it. Source: contract §B.2, §C.6.</summary>
/// <param name="SupportsReadOnlyMode">A command can be run by somebody who cannot change anything.</param>
/// <param name="WelcomeMessage">What a console says before the first command.</param>
public sealed record ProductRepl(bool SupportsReadOnlyMode, Option<string> WelcomeMessage);

/// <summary>An action that deployments can wait for, as Vercel's console declares it too. Source: contract §E.15.</summary>
/// <param name="Slug">Lower-case letters, digits and hyphens.</param>
public sealed record ProductAction(string Slug, string Name);

/// <summary>A check of a resource that each deployment of a connected project runs. Source: contract §D.13, v2.</summary>
/// <param name="Slug">By which it is known here; lower-case letters, digits and hyphens.</param>
/// <param name="Name">As customers see it; at most 100 characters.</param>
/// <param name="IsBlocking">Whether a deployment is not promoted before it has succeeded.</param>
/// <param name="Timeout">How long Vercel waits for a run; five minutes where it is not said.</param>
public sealed record ProductCheck(string Slug, string Name, bool IsBlocking, Option<TimeSpan> Timeout);
