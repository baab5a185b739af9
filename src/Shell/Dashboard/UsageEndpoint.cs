using LanguageExt;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Resources;
using Marketplace.Core.Usage;
using Marketplace.Shell.Dashboard.Pages;

namespace Marketplace.Shell.Dashboard;

/// <summary>GET /dashboard/{installationId}/usage: what was used in the period under way, and what it costs so far.</summary>
internal static class UsageEndpoint
{
    public static readonly RequestDelegate Route = DashboardEndpoint.Page(Handle);

    private static async Task<IResult> Handle(
        Visitor visitor, Brand brand, PeriodStore periods, CancellationToken cancel)
    {
        var reading = await periods.Read(visitor.Id, beside: null, cancel);
        var daily = reading.Billed is { } billed ? DailyUsage.Of(billed, reading.Period, reading.AsOf) : Seq<DailyUsage>.Empty;
        return PageResult.Of<UsagePage>(new Frame(brand, visitor.Member), new UsagePageView(
            Shown.Period(reading.Period), MomentView.Of(reading.AsOf),
            [.. reading.Usage.GroupBy(usage => usage.Subject).Select(Group)],
            PlanViews.Of(reading.Charges, _ => true)));

        UsageGroup Group(IGrouping<PlanSubject, MetricUsage> usage) =>
            usage.Key.Single.Case is SomeCase<ResourceId>(var id) && reading.Resources.Find(one => one.Id == id).Case is SomeCase<Resource>(var resource)
                ? new UsageGroup(
                    resource.Facts.Name, resource is Resource.Uninstalled ? null : DashboardPaths.Resource(visitor.Id, id.Value),
                    Views(usage), ChartsOf(usage.Key))
                : new UsageGroup("All resources", null, Views(usage), ChartsOf(usage.Key));

        IReadOnlyList<UsageView> Views(IEnumerable<MetricUsage> usage) => [.. usage.Select(one => PlanViews.Of(one, reading.Allowances))];

        IReadOnlyList<UsageChartView> ChartsOf(PlanSubject subject) =>
            [.. daily.Filter(one => one.Subject == subject).Select(one => UsageCharts.Of(one, reading.Allowances))];
    }
}
