using LanguageExt;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Installations;
using Marketplace.Core.Products;
using Marketplace.Core.Resources;
using Marketplace.Core.Usage;
using Marketplace.Shell.BillingPlans;
using Marketplace.Shell.Products;

namespace Marketplace.Shell.Dashboard;

/// <summary>Plans and use, as Vercel shows them too.</summary>
internal static class PlanViews
{
    /// <summary>Of a resource: its own, or the one that covers it; none where the catalogue has it no more.</summary>
    public static PlanView? Of(Catalogue catalogue, PeriodReading reading, Resource resource)
    {
        // The plan in force, and beside it the one that is still to come.
        var facts = resource.Facts;
        if (catalogue.PlanOf(reading.Installation, resource).Case is not SomeCase<BillingPlan>(var plan)
            || catalogue.Product(facts.Product).Case is not SomeCase<Product>(var product))
        {
            return null;
        }

        var card = BillingPlanWire.Of(PlanOffer.Of(plan, product, facts.Metadata));
        var next = facts.NextPlan.Map(waiting => catalogue.ResourcePlan(facts.Product, waiting.Plan).Match(found => found.Name, () => waiting.Plan.Value)
            + $" from {Shown.Day(waiting.EffectiveAt)} on");
        return new PlanView(
            card.Name, card.Description, card.Cost,
            [.. (card.HighlightedDetails ?? []).Concat(card.Details ?? []).Select(detail => new Fact(detail.Label, detail.Value ?? "Included"))],
            next.MatchUnsafe<string?>(text => text, () => null),
            plan.Type == PlanType.Prepayment ? Shown.Money(reading.CreditOf(facts.Plan.Map(_ => facts.Id))) : null, OfInstallation: facts.Plan.IsNone,
            DashboardPaths.Balance(reading.Installation.Id, facts.Plan.MatchUnsafe<string?>(_ => facts.Id.Value, () => null)),
            DashboardPaths.Plans(reading.Installation.Id, facts.Id.Value));
    }

    public static string? NameOf(Catalogue catalogue, Installation installation, Resource resource) =>
        catalogue.PlanOf(installation, resource).Map(plan => plan.Name).MatchUnsafe<string?>(name => name, () => null);

    /// <summary>What is free of charge in the period; null where it cannot be compared with what is used.</summary>
    public static decimal? IncludedIn(Seq<Allowance> allowances, PlanSubject subject, Metric metric) =>
        metric.Kind == MetricKind.Interval
        && allowances.Filter(one => one.Subject == subject && one.Metric == metric.Id).Strict() is [{ Included: > 0 and var free }] ? free : null;

    /// <summary>Beside what is free of charge, where one plan says so and it is counted in the metric's own units.</summary>
    public static UsageView Of(MetricUsage usage, Seq<Allowance> allowances)
    {
        var included = IncludedIn(allowances, usage.Subject, usage.Metric);
        return new UsageView(
            usage.Metric.Name, Shown.Quantity(usage.PeriodValue), usage.Metric.Units,
            included is { } some ? $"{Shown.Quantity(some >= 100m ? Math.Floor(some) : some)} {usage.Metric.Units} included in this period" : null,
            included is { } whole ? (int)Math.Min(100m, Math.Floor(usage.PeriodValue / whole * 100m)) : null,
            usage.Metric.Kind switch
            {
                MetricKind.Total => "now",
                MetricKind.Interval => "so far",
                MetricKind.Rate => "at most",
                _ => throw new System.Diagnostics.UnreachableException(usage.Metric.Kind.ToString()),
            });
    }

    /// <summary>What something costs so far, without lines that come to nothing.</summary>
    public static ChargesView? Of(BillingCharges? charges, Func<PlanSubject, bool> isMeant)
    {
        if (charges is null)
            return null;

        var lines = charges.Lines.Filter(line => isMeant(line.Subject) && line.Total != Core.Money.Usd.Zero).Strict();
        var discounts = charges.Discounts.Filter(discount => isMeant(discount.Subject) && discount.Amount != Core.Money.Usd.Zero).Strict();
        return new ChargesView(
            [
                .. lines.Select(Of),
                .. discounts.Select(discount => new LineView(discount.Name, discount.Details, "", "", Shown.Money(Core.Money.Usd.Zero - discount.Amount))),
            ],
            Shown.Money(Core.Money.Usd.Sum(lines.Map(line => line.Total)) - Core.Money.Usd.Sum(discounts.Map(discount => discount.Amount))));
    }

    public static LineView Of(BillingLine line) => new(
        line.Name, line.Details, $"{Shown.Quantity(line.Quantity)} {line.Units}", Shown.Price(line.Price), Shown.Money(line.Total));
}
