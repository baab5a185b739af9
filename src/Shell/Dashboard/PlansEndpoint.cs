using LanguageExt;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Money;
using Marketplace.Core.Products;
using Marketplace.Core.Resources;
using Marketplace.Shell.BillingPlans;
using Marketplace.Shell.Dashboard.Pages;
using Marketplace.Shell.Invoices;
using Marketplace.Shell.Persistence;
using Marketplace.Shell.Products;
using Marketplace.Shell.Resources;

namespace Marketplace.Shell.Dashboard;

/// <summary>
/// GET /dashboard/{installationId}/resources/{resourceId}/plans: the plans that Vercel offers too, each with what the use of this period would
/// have cost on it.
/// </summary>
internal static class PlansEndpoint
{
    public static readonly RequestDelegate Route = DashboardEndpoint.Page(Handle);

    private static async Task<IResult> Handle(
        Visitor visitor, string resourceId, Brand brand, Messages messages, PeriodStore periods, CatalogueInForce inForce, CancellationToken cancel)
    {
        var (id, catalogue) = (new ResourceId(resourceId), inForce.Now);
        Loaded<PlanCounts>? counts = null;
        Loaded<bool>? isUnpaid = null;
        var reading = await periods.Read(
            visitor.Id, loads => (counts, isUnpaid) = (ResourceRows.CountByPlan(loads, visitor.Id), InvoiceRows.AnyUnpaid(loads, visitor.Id)), cancel);
        if (reading.Find(id) is not { } resource || catalogue.Product(resource.Facts.Product).Case is not SomeCase<Product>(var product))
            return messages.NoSuch("Resource", DashboardPaths.Home(visitor.Id), "All resources");

        var current = resource.Facts.Plan || reading.Installation.OwnPlan;
        var now = current.Bind(plan => Preview(reading, resource, product, plan));
        var isAllOfIt = now == CostSoFar(reading, resource);
        return PageResult.Of<PlansPage>(new Frame(brand, visitor.Member), new PlansView(
            resource.Facts.Name, DashboardPaths.Resource(visitor.Id, resourceId), Shown.Period(reading.Period), MomentView.Of(reading.AsOf),
            [
                .. PlanEndpoints.OfferedTo(resource, reading.Installation.OwnPlan, product, catalogue, resource.Facts.Metadata, counts!.Value, isUnpaid!.Value)
                    .Select(offer => View(offer, offer.Plan.Id == current, isAllOfIt, Preview(reading, resource, product, offer.Plan.Id), now)),
            ],
            brand.Vercel));
    }

    /// <summary>None for a plan that covers more than this resource, and where nobody can say what anything costs.</summary>
    private static Option<Usd> Preview(PeriodReading reading, Resource resource, Product product, PlanId plan) =>
        from billed in Prelude.Optional(reading.Billed?.Resources.Find(one => one.Id == resource.Facts.Id)).Bind(found => found)
        from known in product.Plan(plan)
        select PlanPreview.Of(billed, known, resource.Facts.Metadata, reading.Period, reading.AsOf);

    /// <summary>What it really comes to: another plan or a discount that has ended since may have a part in it.</summary>
    private static Option<Usd> CostSoFar(PeriodReading reading, Resource resource)
    {
        var subject = PlanSubject.Of(resource.Facts.Id);
        return from billed in Prelude.Optional(reading.Billed)
               from charged in Prelude.Optional(reading.TotalOf(subject))
               select charged + Usd.Sum(BillingLines.Burnt(reading.Period, reading.AsOf, billed)
                   .Filter(line => line.Subject == subject)
                   .Map(line => line.Total));
    }

    /// <param name="isAllOfIt">Whether the current plan alone makes up what this period comes to.</param>
    private static PlanChoiceView View(PlanOffer offer, bool isCurrent, bool isAllOfIt, Option<Usd> soFar, Option<Usd> now)
    {
        var card = BillingPlanWire.Of(offer with { Hindrance = Option<PlanHindrance>.None });
        return new PlanChoiceView(
            card.Name, card.Description, card.Cost,
            [.. (card.HighlightedDetails ?? []).Concat(card.Details ?? []).Select(detail => new Fact(detail.Label, detail.Value ?? "Included"))],
            isCurrent, isCurrent && isAllOfIt, offer.Plan.Type == PlanType.Prepayment, soFar.Map(Shown.Money).MatchUnsafe<string?>(text => text, () => null),
            (from here in soFar from there in now where !isCurrent select Shown.Difference(here - there)).MatchUnsafe<string?>(text => text, () => null),
            offer.Hindrance.Map(PlanProblem.Reason).MatchUnsafe<string?>(text => text, () => null));
    }
}
