using LanguageExt;
using Marketplace.Core.Products;
using Marketplace.Core.Resources;
using Marketplace.Core.Time;
using Marketplace.Core.Usage;
using static LanguageExt.Prelude;

namespace Marketplace.Core.BillingPlans;

/// <summary>
/// Everything about one installation from which its usage and its lines are derived: its resources and, where it is billed as a whole,
/// its own plans. What a resource uses is billed once: by its own plan while it has one, else by the installation's.
/// </summary>
/// <remarks>Made by <see cref="Of"/> or <see cref="PerResource"/> alone, so that every plan is known.</remarks>
public sealed class BilledInstallation
{
    private BilledInstallation(string name, Seq<Metric> metrics, Seq<BilledPlan> plans, Seq<BilledResource> resources) =>
        (Name, Metrics, Plans, Resources) = (name, metrics, plans, resources);

    /// <summary>The team's, as it is printed on the line of its plan.</summary>
    public string Name { get; }

    /// <summary>What any of the products measures.</summary>
    public Seq<Metric> Metrics { get; }

    /// <summary>Of the installation itself, oldest first; empty when each resource is billed by its own.</summary>
    public Seq<BilledPlan> Plans { get; }

    /// <summary>In any order.</summary>
    public Seq<BilledResource> Resources { get; }

    /// <summary>An installation without a plan of its own.</summary>
    public static BilledInstallation PerResource(Seq<BilledResource> resources) =>
        new("", LanguageExt.Seq<Metric>.Empty, LanguageExt.Seq<BilledPlan>.Empty, resources);

    /// <summary>An installation that has nothing but a plan.</summary>
    internal static BilledInstallation On(BilledPlan plan) =>
        new("", LanguageExt.Seq<Metric>.Empty, Seq1(plan), LanguageExt.Seq<BilledResource>.Empty);

    /// <summary>Puts together what the store and the catalogue know. Refused where the catalogue no longer fits the past.</summary>
    /// <param name="plans">Of the installation; none when it is billed per resource.</param>
    public static Either<BilledInstallationRejection, BilledInstallation> Of(
        string name, Catalogue catalogue, Seq<PlanPeriod> plans, Seq<BilledResource> resources)
    {
        var billed = LanguageExt.Seq<BilledPlan>.Empty;
        foreach (var span in plans.OrderBy(span => span.Start))
        {
            if (catalogue.InstallationPlan(span.Plan).Case is not SomeCase<BillingPlan>(var plan))
            {
                return new BilledInstallationRejection.PlanUnknown(span.Plan);
            }

            billed = billed.Add(new BilledPlan(plan, span.Terms.Metadata, span.Span));
        }

        return new BilledInstallation(name, catalogue.Metrics, billed, resources);
    }

    /// <summary>Of a subject, as it is printed on its lines.</summary>
    internal string NameOf(PlanSubject subject) =>
        subject switch
        {
            PlanSubject.Installation => Name,
            PlanSubject.Resource one => Resources.Find(resource => resource.Id == one.Id).Match(resource => resource.Name, () => ""),
            _ => throw new System.Diagnostics.UnreachableException(subject.GetType().Name),
        };

    /// <summary>Everything that has plans of its own: the installation first, then its resources by their ids.</summary>
    internal Seq<PlanSubject> Subjects =>
        Resources.Map(resource => resource.Id.Value)
            .Order(StringComparer.Ordinal)
            .Select(id => PlanSubject.Of(new ResourceId(id)))
            .Prepend(PlanSubject.WholeInstallation)
            .ToSeq()
            .Strict();

    /// <summary>Everything that ever had a plan that is paid before use.</summary>
    public Seq<PlanSubject> PrepaidSubjects =>
        Subjects.Filter(subject => PlansOf(subject).Exists(plan => plan.Plan.Type == PlanType.Prepayment)).Strict();

    /// <summary>Whether any of its plans that are paid before use was active at a time of the range.</summary>
    public bool IsPrepaidIn(TimeRange range) =>
        Subjects.Bind(PlansOf).Exists(plan => plan.Plan.Type == PlanType.Prepayment && plan.Span.Within(range).IsSome);

    /// <summary>The plans by which a subject is billed, oldest first.</summary>
    internal Seq<BilledPlan> PlansOf(PlanSubject subject) =>
        subject switch
        {
            PlanSubject.Installation => Plans,
            PlanSubject.Resource one => Resources.Filter(resource => resource.Id == one.Id).Bind(resource => resource.OwnPlans).Strict(),
            _ => throw new System.Diagnostics.UnreachableException(subject.GetType().Name),
        };
}

/// <summary>Why an installation cannot be billed from the catalogue as it is.</summary>
public abstract record BilledInstallationRejection
{
    private BilledInstallationRejection() { }

    /// <summary>The installation has had a plan that is not sold any more.</summary>
    public sealed record PlanUnknown(PlanId Plan) : BilledInstallationRejection;
}
