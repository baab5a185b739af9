using System.Diagnostics;
using LanguageExt;
using static LanguageExt.Prelude;

namespace Marketplace.Core.Products;

/// <summary>A catalogue beside every plan that was offered before: what is new in it, what stays for those who have it, and what it takes away.</summary>
/// <param name="New">Offered for the first time.</param>
/// <param name="Superseded">Not sold any more, on purpose: there is another version, or it is retired.</param>
/// <param name="Edits">What nobody may suffer from who has the plan.</param>
public sealed record CatalogueHistory(Seq<OfferedPlan> New, Seq<OfferedPlan> Superseded, Seq<PlanEdit> Edits)
{
    /// <param name="before">Every plan that was ever offered, each version once.</param>
    public static CatalogueHistory Of(Catalogue catalogue, Seq<OfferedPlan> before)
    {
        var now = catalogue.Offered;
        var gone = before.Filter(was => !now.Exists(was.IsSameAs)).Strict();
        var (staying, lost) = (gone.Filter(was => Stays(catalogue, was)).Strict(), gone.Filter(was => !Stays(catalogue, was)).Strict());
        return new(
            now.Filter(plan => !before.Exists(plan.IsSameAs)).Strict(),
            staying.Filter(was => Remeasured(catalogue, was).IsEmpty).Strict(),
            now.SelectMany(plan => before.Filter(plan.IsSameAs).Map<PlanEdit>(was => new PlanEdit.Changed(was, plan, Changes(was, plan))))
                .Where(edit => edit is PlanEdit.Changed { Changes.IsEmpty: false })
                .Concat(staying.Filter(was => !Remeasured(catalogue, was).IsEmpty)
                    .Map<PlanEdit>(was => new PlanEdit.MeasuredOtherwise(was, Remeasured(catalogue, was))))
                .Concat(lost.Map<PlanEdit>(was => new PlanEdit.Removed(was)))
                .ToSeq()
                .Strict());
    }

    /// <summary>Where the same plan is sold in another version, or is named among the retired.</summary>
    private static bool Stays(Catalogue catalogue, OfferedPlan was) =>
        was.Product.Match(
            id => catalogue.Product(id).Exists(product =>
                product.RetiredPlans.Exists(name => name == was.Plan.Id.Name) || product.Plans.Exists(plan => plan.Id.IsVersionOf(was.Plan.Id))),
            () => catalogue.InstallationBilling.Exists(billing =>
                billing.RetiredPlans.Exists(name => name == was.Plan.Id.Name) || billing.Plans.Exists(plan => plan.Id.IsVersionOf(was.Plan.Id))));

    /// <summary>What is promised otherwise by the metrics as they are now.</summary>
    private static Seq<TermChange> Remeasured(Catalogue catalogue, OfferedPlan was) =>
        Changes(was, OfferedPlan.Of(was.Product, was.Plan, MetricsOf(catalogue, was.Product)));

    private static Seq<Usage.Metric> MetricsOf(Catalogue catalogue, Option<ProductId> product) =>
        product.Match(id => catalogue.Product(id).Match(known => known.Metrics, () => Seq<Usage.Metric>()), () => catalogue.Metrics);

    private static Seq<TermChange> Changes(OfferedPlan was, OfferedPlan now) => TermChange.Between(was.Terms, now.Terms);
}

/// <summary>What a catalogue does to a plan that was offered before, and must not do to whoever has it.</summary>
public abstract record PlanEdit
{
    private PlanEdit() { }

    /// <summary>Other terms under the same id and version.</summary>
    public sealed record Changed(OfferedPlan Was, OfferedPlan Is, Seq<TermChange> Changes) : PlanEdit;

    /// <summary>An earlier version, or a retired plan, prices what is measured in another way now, or not at all.</summary>
    public sealed record MeasuredOtherwise(OfferedPlan Was, Seq<TermChange> Changes) : PlanEdit;

    /// <summary>Gone from the catalogue, without another version and without a word.</summary>
    public sealed record Removed(OfferedPlan Was) : PlanEdit;

    /// <summary>As it was offered.</summary>
    public OfferedPlan Before => this switch
    {
        Changed changed => changed.Was,
        MeasuredOtherwise measured => measured.Was,
        Removed removed => removed.Was,
        _ => throw new UnreachableException(GetType().Name),
    };
}
