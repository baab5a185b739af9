using Marketplace.Simulator.Conformance;
using Marketplace.Simulator.Installations;

namespace Marketplace.Integration.Conformance;

/// <summary>A month that installations live through, on a provider that keeps the contract.</summary>
public sealed class VirtualMonthTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_deed_of_a_month_is_done_and_what_is_observed_goes_on_until_all_is_settled()
    {
        var month = await Live(installations: 7, seed: 1);

        Assert.True(month.IsSettled);
        Assert.Equal(month.BeganAt.AddMonths(1), month.EndedAt);
        Assert.All(month.Installations, one => Assert.All(one.Deeds, deed => Assert.True(deed.IsDone, $"{one}: {deed}")));
        Assert.Equal(
            Enum.GetValues<MonthDeedKind>().Order(), month.Installations.SelectMany(one => one.Deeds).Select(deed => deed.Kind).Distinct().Order());
        // From the hour after it was installed to the end, or for a day after it left; whoever gave everything away has nothing more to report.
        Assert.All(month.Installations.Where(one => one.Deed(MonthDeedKind.Transfer) is null), one => Assert.InRange(
            Hours(one) - (int)((one.Installation.DeletionRequestedAt ?? month.SettledAt) - one.Installation.InstalledAt).TotalHours, -1, 25));
        Assert.Contains(month.Installations, one => one.InvoiceCalls.Exists(call => call.IsDisturbed));
        Assert.Contains(month.Installations, one => one.Webhooks.Exists(webhook => webhook.Attempts.Count(attempt => attempt.IsAccepted) == 2));
        Assert.Contains(month.Installations, one => one.Webhooks.Exists(webhook => webhook.IsLate));
        Assert.Contains(month.Installations, one => one.Installation.Stage == InstallationStage.Finalized);
        Assert.Contains(month.Installations, one => one.Webhooks.Exists(webhook => webhook.Type == "marketplace.invoice.notpaid"));
    }

    [Fact]
    public async Task The_same_seed_gives_the_same_month_and_another_one_another()
    {
        var (first, again, other) = (await Live(installations: 3, seed: 1), await Live(installations: 3, seed: 1), await Live(installations: 3, seed: 2));

        Assert.Equal(Seen(first), Seen(again));
        Assert.Empty(Seen(first).Intersect(Seen(other)));
    }

    private static int Hours(MonthOfInstallation one) => one.Reports.Select(report => report.ReceivedAt).Distinct().Count();

    /// <summary>All that has an id of Vercel's or a time.</summary>
    private static List<string> Seen(MonthRecord month) =>
    [
        .. month.Installations.SelectMany(one => one.Deeds.Select(deed => $"{one.Id} {deed} {string.Join(" ", deed.Exchanges.Select(call => call.IdempotencyKey))}")),
        .. month.Installations.SelectMany(one => one.Webhooks.Select(webhook => $"{webhook.Id} {webhook.Type} {string.Join(" ", webhook.Attempts.Select(attempt => attempt.At))}")),
        .. month.Installations.SelectMany(one => one.Invoices.Select(invoice => $"{invoice.Id} {invoice.Number} {invoice.Total} {invoice.PaidAt}")),
        .. month.Installations.SelectMany(one => one.InvoiceCalls.Select(call => $"{one.Id} {call}")),
        .. month.Installations.Select(one => $"{one.Id} {string.Join(" ", one.Reports.Select(report => $"{report.ReceivedAt:MMddHH} {report.Total}"))}"),
    ];

    private static async Task<MonthRecord> Live(int installations, long seed)
    {
        await using var market = await Market.Open(seed: seed);
        var (offer, problem) = await new Survey(market.Vercel, new ConformanceOptions { Products = [Market.Product] }, Cancel).Look();
        Assert.Null(problem);
        return await new VirtualMonth(market.Vercel, offer!, installations, seed).Live(Cancel);
    }
}
