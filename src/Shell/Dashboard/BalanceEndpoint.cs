using System.Globalization;
using LanguageExt;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Money;
using Marketplace.Core.Resources;
using Marketplace.Core.Time;
using Marketplace.Shell.Balances;
using Marketplace.Shell.Charts;
using Marketplace.Shell.Dashboard.Pages;
using Marketplace.Shell.Persistence;
using Marketplace.Shell.Products;
using Marketplace.Shell.Resources;
using Npgsql;

namespace Marketplace.Shell.Dashboard;

/// <summary>
/// GET /dashboard/{installationId}[/resources/{resourceId}]/balance: what was paid ahead, how it goes down, and where more is bought. Vercel
/// takes the money, so that a purchase begins on its pages. Source: contract §B.4, §D.9.
/// </summary>
internal static class BalanceEndpoint
{
    public static readonly RequestDelegate OfResource = DashboardEndpoint.Page(
        (Visitor visitor, string resourceId, BalancePages pages, CancellationToken cancel) => pages.Of(visitor, new ResourceId(resourceId), cancel));

    public static readonly RequestDelegate OfInstallation = DashboardEndpoint.Page(
        (Visitor visitor, BalancePages pages, CancellationToken cancel) => pages.Of(visitor, Option<ResourceId>.None, cancel));
}

/// <summary>The page of one balance, in one round trip.</summary>
internal sealed class BalancePages(NpgsqlDataSource database, CatalogueInForce catalogue, Messages messages, Brand brand, TimeProvider clock)
{
    private const int DaysShown = 30;

    public async Task<PageResult> Of(Visitor visitor, Option<ResourceId> balance, CancellationToken cancel)
    {
        var (loads, now) = (new Loads(), clock.GetUtcNow());
        var today = UsageDay.Of(now);
        var id = balance.MatchUnsafe<string?>(one => one.Value, () => null);
        var found = balance.Match(one => ResourceRows.Load(loads, visitor.Id, one), () => new Loaded<Resource?> { Value = null });
        var amounts = BalanceRows.Amounts(loads, visitor.Id);
        var days = BalanceDayRows.Load(loads, visitor.Id, id, today.Start.AddDays(1 - DaysShown));
        await loads.Read(database, cancel);
        if (balance.IsSome && found.Value is null or Resource.Uninstalled)
            return messages.NoSuch("Resource", DashboardPaths.Home(visitor.Id), "All resources");

        var left = amounts.Value.Find(one => one.Balance == balance).Map(one => one.Amount);
        var plan = found.Value is { } resource
            ? resource.Facts.Plan.Bind(own => catalogue.Now.PlanOf(resource, own))
            : visitor.Installation.OwnPlan.Bind(catalogue.Now.InstallationPlan);
        if (left.IsNone && !plan.Exists(known => known.Type == PlanType.Prepayment))
            return messages.NoSuch("Balance", DashboardPaths.Home(visitor.Id), "All resources");

        var amount = left.IfNone(Usd.Zero);
        return PageResult.Of<BalancePage>(new Frame(brand, visitor.Member), new BalanceView(
            found.Value is { } shown ? $"Balance of {shown.Facts.Name}" : "Balance",
            id is null ? DashboardPaths.Home(visitor.Id) : DashboardPaths.Resource(visitor.Id, id), found.Value?.Facts.Name ?? "All resources",
            Shown.Money(amount), amount <= Usd.Zero || plan.Bind(known => known.Balance.LowAt).Exists(low => amount <= low),
            BalancePace.Say(days.Value, amount, now), History(days.Value, amount, today), [.. Entries(days.Value)], brand.Vercel));
    }

    /// <summary>From the first day that is known: before it, nobody says what there was.</summary>
    private static ChartView History(Seq<BalanceDay> known, Usd left, UsageDay today)
    {
        var (names, values) = (new List<string>(), new List<decimal>());
        var after = left;
        for (var day = known.IsEmpty ? today : known.Head.Day; day.Start <= today.Start; day = UsageDay.Of(day.End))
        {
            after = known.Find(one => one.Day == day).Match(one => one.After, () => after);
            names.Add(day.Start.ToString("d MMM", CultureInfo.InvariantCulture));
            values.Add(Math.Max(0m, after.Amount));
        }

        return new ChartView("Credit left at the end of each day", names, [new("Credit", ChartTone.Accent, values)], value => Shown.Money(new Usd(value)));
    }

    private static IEnumerable<BalanceEntryView> Entries(Seq<BalanceDay> known) =>
        from day in known.Reverse()
        from part in ((string What, Usd Amount)[])[("Used", day.Burnt), ("Adjusted by us", day.Adjusted), ("Bought on Vercel", day.Bought)]
        where part.Amount != Usd.Zero
        select new BalanceEntryView(Shown.Day(day.Day.Start), part.What, Shown.Difference(part.Amount), Shown.Money(day.After));
}
