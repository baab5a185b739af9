using LanguageExt;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Installations;
using Marketplace.Core.Products;
using Marketplace.Core.Resources;
using Marketplace.Shell.Dashboard.Pages;
using Marketplace.Shell.Products;

namespace Marketplace.Shell.Dashboard;

/// <summary>GET /dashboard/{installationId}: what the team has, and what it comes to.</summary>
internal static class HomeEndpoint
{
    public static readonly RequestDelegate Route = DashboardEndpoint.Page(Handle);

    private static async Task<IResult> Handle(
        Visitor visitor, Brand brand, PeriodStore periods, Catalogue catalogue, NoticeViews notices, CancellationToken cancel)
    {
        var reading = await periods.Read(visitor.Id, beside: null, cancel);
        return PageResult.Of<HomePage>(new Frame(brand, visitor.Member), new HomeView(
            notices.Of(reading.Installation), [.. reading.Living.Select(Card)], Shown.Period(reading.Period),
            reading.Charges is { } charges ? Shown.Money(charges.Total) : null,
            reading.Installation.OwnPlan.Bind(catalogue.InstallationPlan).Exists(plan => plan.Type == PlanType.Prepayment)
                ? Shown.Money(reading.CreditOf(Option<ResourceId>.None)) : null,
            DashboardPaths.Balance(visitor.Id, resource: null),
            reading.Installation is Installation.Uninstalling));

        ResourceCard Card(Resource resource) => new(
            DashboardPaths.Resource(visitor.Id, resource.Id.Value), resource.Facts.Name,
            catalogue.Product(resource.Facts.Product).Match(product => product.Name, () => resource.Facts.Product.Value),
            Shown.Status(resource), PlanViews.NameOf(catalogue, reading.Installation, resource), notices.Of(resource), Amount(resource));

        // What is covered by one plan for all has no amount of its own.
        AmountView? Amount(Resource resource) =>
            resource.Facts.Plan.Bind(plan => catalogue.PlanOf(resource, plan)).Case switch
            {
                SomeCase<BillingPlan>({ Type: PlanType.Prepayment }) => new AmountView(Shown.Money(reading.CreditOf(resource.Id)), "credit left"),
                SomeCase<BillingPlan>({ Type: PlanType.Subscription }) when reading.TotalOf(PlanSubject.Of(resource.Id)) is { } total =>
                    new AmountView(Shown.Money(total), "so far this period"),
                _ => null,
            };
    }
}
