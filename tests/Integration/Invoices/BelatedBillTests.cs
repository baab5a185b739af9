using System.Net;
using System.Text.Json.Nodes;
using Marketplace.Core.Time;

namespace Marketplace.Integration.Invoices;

/// <summary>What is owed still when the time for it is over: it is on one bill, and on none twice.</summary>
public sealed class BelatedBillTests
{
    /// <summary>
    /// January: a tool for an hour and a half, base 12.00 × 5400 / 2678400 = 0.024… -> 0.02, and 300 jobs × 0.001 = 0.30: 0.32 is too little, and the
    /// tool is gone. February: another tool, base 12.00.
    /// </summary>
    [Fact]
    public async Task What_was_too_little_is_billed_with_the_next_invoice_though_its_resource_is_gone()
    {
        await using var story = await Acme.Open(new AcmeOptions { Start = At("2027-01-30T10:00:00Z") });
        story.Workshop.Count("short", 0);
        var tool = await story.Provision(await story.Install(), "short");
        await story.Live(At("2027-01-30T11:00:00Z"));
        story.Workshop.Count("short", 300);
        story.Pass(TimeSpan.FromMinutes(30));
        (await story.Delete(tool.Path, story.Admin(tool.Installation), key: Acme.NewKey())).IsEmpty();
        await story.WorkOff();
        await story.Live(At("2027-02-01T00:00:00Z"));
        Assert.Equal(["20270101T000000-1 skipped carried 0.32"], await Invoices(story, tool.Installation));

        await story.Provision(tool.Installation, "next");
        await ToTheInvoice(story);

        Assert.Equal(
            ["20270101T000000-1 skipped carried 0.32", "20270201T000000-1 refused  12.32"], await Invoices(story, tool.Installation));
    }

    /// <summary>
    /// 1,000 jobs on pro, which is left at half past nine on the last evening of January. Nobody can read the meter until February: then it
    /// tells of January, whose invoice is made. 1,000 × 0.001 = 1.00.
    /// </summary>
    [Fact]
    public async Task A_meter_that_could_not_be_read_before_the_period_was_closed_is_billed_with_the_next_once()
    {
        await using var story = await Acme.Open(new AcmeOptions { Start = At("2027-01-31T20:00:00Z") });
        story.Workshop.Count("held-up", 0);
        var tool = await story.Provision(await story.Install(), "held-up");
        await story.Live(At("2027-01-31T21:00:00Z"));
        story.Workshop.Count("held-up", 1_000);
        story.Pass(TimeSpan.FromMinutes(30));
        (await story.Patch(tool.Path, story.Admin(tool.Installation), new JsonObject { ["billingPlanId"] = "team" }, Acme.NewKey())).Is(HttpStatusCode.OK);
        story.Vercel.Clock.MoveTo(At("2027-02-01T00:00:00Z"));
        story.Workshop.Plan("Measure", "held-up", new WorkshopEvent.Fails());
        await story.Work("usage", "invoices");
        Assert.Empty(await Jobs(story, tool.Installation, month: 1));

        await story.WorkOff();
        await ToTheInvoice(story);
        Assert.Equal(["correction 1.00"], await Jobs(story, tool.Installation, month: 2));
        await ToTheInvoice(story);
        Assert.Empty(await Jobs(story, tool.Installation, month: 3));
    }

    /// <summary>Long enough after the month that no report is waited for.</summary>
    private static async Task ToTheInvoice(Acme story)
    {
        story.Vercel.Clock.MoveTo(BillingPeriod.MonthOf(story.Now).End.AddHours(26));
        await story.WorkOff();
    }

    /// <summary>Name without the installation, state, what becomes of too little, and total.</summary>
    private static Task<IReadOnlyList<string>> Invoices(Acme story, string installation) => story.AskAll<string>(
        """
        select substr(external_id, length(installation_id) + 2) || ' ' || state || ' ' || coalesce(rest, '') || ' ' || total
        from invoice where installation_id = $1 order by billing_period_start, external_id
        """,
        installation);

    private static Task<IReadOnlyList<string>> Jobs(Acme story, string installation, int month) => story.AskAll<string>(
        """
        select l.kind || ' ' || l.total from invoice_line l join invoice i using (installation_id, external_id)
        where l.installation_id = $1 and l.name like '%Jobs%' and extract(month from i.billing_period_start) = $2 order by l.kind, l.total
        """,
        installation, month);

    private static DateTimeOffset At(string moment) => DateTimeOffset.Parse(moment);
}
