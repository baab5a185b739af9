namespace Marketplace.Integration.Balances;

/// <summary>Dated stories of prepaid credit, from the purchase to the last cent, with the arithmetic beside them. Contract §B.4, §D.9, §E.12.</summary>
[Collection(SharedPrepaidAcme.Name)]
public sealed class PrepaidStories(PrepaidAcme prepaid)
{
    private Acme Acme => prepaid.Acme;

    [Fact]
    public async Task Credit_is_bought_burnt_by_the_hour_runs_low_stops_the_resource_at_zero_and_brings_it_back()
    {
        var tool = await prepaid.Tool("stops-at-zero", "stops");
        await prepaid.Buy(tool, 10.00m);
        Assert.Equal(10.00m, prepaid.AtVercel(tool));

        // 300 jobs at 0.01 are 3.00: 10.00 - 3.00 = 7.00, which is not below 5.00.
        await prepaid.Hour(tool, 300);
        Assert.Equal((7.00m, 7.00m), (await prepaid.Balance(tool), prepaid.AtVercel(tool)));
        Assert.Equal(("ready", null), prepaid.Shown(tool));

        // 550 jobs are 5.50, of which 3.00 are burnt: 7.00 - 2.50 = 4.50 is below 5.00.
        await prepaid.Hour(tool, 550);
        Assert.Equal(4.50m, prepaid.AtVercel(tool));
        Assert.Equal(("ready", "Balance is low"), prepaid.Shown(tool));

        // 1,100 jobs are 11.00, of which 5.50 are burnt: 4.50 - 5.50 = -1.00. Nobody could know before the hour was over.
        await prepaid.Hour(tool, 1100);
        Assert.Equal(-1.00m, prepaid.AtVercel(tool));
        Assert.Equal(("suspended", "Suspended"), prepaid.Shown(tool));
        Assert.False(Acme.Workshop.Opens(tool.Secret()));

        // Nothing more is used, and nothing more is burnt.
        await prepaid.Hour(tool, 1100);
        Assert.Equal(-1.00m, prepaid.AtVercel(tool));

        // 10.00 pay the 1.00 that was missing, and 9.00 are left: at once, and not only at the next hour.
        await prepaid.Buy(tool, 10.00m);
        Assert.Equal(9.00m, await prepaid.Balance(tool));
        Assert.Equal(("resumed", null), prepaid.Shown(tool));
        Assert.True(Acme.Workshop.Opens(tool.Secret()));

        await prepaid.Hour(tool, 1150);
        Assert.Equal(8.50m, prepaid.AtVercel(tool));
        Assert.Equal(
            ["purchase 10.00 10.00", "-3.00 7.00", "-2.50 4.50", "-5.50 -1.00", "purchase 10.00 9.00", "-0.50 8.50"],
            (await prepaid.Ledger(tool)).Select(entry => entry.StartsWith("burn", StringComparison.Ordinal) ? entry[11..] : entry));
        Assert.Empty(Acme.Vercel.State.Findings);
    }
}
