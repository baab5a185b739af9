using System.Net;
using Marketplace.Integration.SignOn;

namespace Marketplace.Integration.OperatorConsole.Billing;

/// <summary>An hour that is still to be reported has no row in the ledger, and operators see it all the same.</summary>
public sealed class DueHoursTests
{
    private const string Slots = "/ops/billing/slots";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Due_hours_are_listed_behind_the_map_of_everybody_and_of_one_until_they_are_told()
    {
        await using var acme = await Acme.Open(new AcmeOptions { Start = new DateTimeOffset(2027, 1, 31, 20, 10, 0, TimeSpan.Zero) });
        var (one, other) = (await acme.Provision(await acme.Install()), await acme.Provision(await acme.Install()));
        acme.Pass(TimeSpan.FromHours(2));
        using var browser = await Operators.SignInToLook(acme.Server);

        var everybody = await browser.Open((await browser.Open("/ops/billing?days=1")).Link("2 due")!);
        Assert.Contains(one.Installation, everybody.Text, StringComparison.Ordinal);
        Assert.Contains(other.Installation, everybody.Text, StringComparison.Ordinal);
        var behindOne = await browser.Open((await browser.Open($"/ops/billing?days=1&installation={one.Installation}")).Link("1 due")!);
        Assert.Equal(["20:00"], Hours(behindOne));

        // Of one installation, hour by hour, in both directions and with what was told of it.
        Assert.Equal(["21:00", "20:00"], Hours(await browser.Open($"{Slots}?installation={one.Installation}")));
        Assert.Equal(["21:00", "20:00"], Hours(await browser.Open($"{Slots}?installation={one.Installation}&state=due")));
        Assert.Equal(["20:00", "21:00"], Hours(await browser.Open($"{Slots}?installation={one.Installation}&state=due&sort=hour")));
        Assert.Empty(Hours(await browser.Open($"{Slots}?installation={one.Installation}&state=due&until=2027-01-30")));
        Assert.Empty(Hours(await browser.Open($"{Slots}?installation={one.Installation}&state=due&since=2027-02-01")));
        Assert.Empty(Hours(await browser.Open($"{Slots}?installation={one.Installation}&state=confirmed")));
        Assert.Empty(Hours(await browser.Open($"{Slots}?hour=2027-01-31T22&state=due")));

        var hour = await browser.Open($"{Slots}?hour=2027-01-31T20");
        Assert.Contains("Nothing of this hour is in the way", hour.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("is confirmed by Vercel", hour.Text, StringComparison.Ordinal);
        foreach (var refused in new[] { "state=due&since=2027-01-31", "state=confirmed&until=2027-01-31", "hour=2027-01-31T20&since=2027-01-31" })
            (await browser.Open($"{Slots}?{refused}")).Is(HttpStatusCode.BadRequest);

        // What has a row is not due, though it is not told either.
        await acme.Execute(
            """
            insert into usage_slot (installation_id, slot_start, period_start, period_end, state, changed_at, reason)
            values ($1, '2027-01-31T21:00Z', '2027-01-01T00:00Z', '2027-02-01T00:00Z', 'refused', now(), 'of the test')
            """,
            one.Installation);
        Assert.Equal(["20:00"], Hours(await browser.Open($"{Slots}?installation={one.Installation}&state=due")));
        await IsDueOfOther("2027-01-31T21");
        await acme.Execute("delete from usage_slot where installation_id = $1", one.Installation);

        await acme.Work("usage");
        Assert.Empty(Hours(await browser.Open($"{Slots}?installation={one.Installation}&state=due")));
        Assert.Equal(["21:00", "20:00"], Hours(await browser.Open($"{Slots}?installation={one.Installation}")));

        // Who has left has nothing due after that, and the hour of the end at once.
        acme.Pass(TimeSpan.FromMinutes(5));
        acme.Workshop.Count(one.Id, 1);
        await acme.Customer.Uninstall(one.Installation, Cancel);
        acme.Pass(TimeSpan.FromMinutes(1));
        Assert.Equal(["22:00"], Hours(await browser.Open($"{Slots}?installation={one.Installation}&state=due")));
        acme.Pass(TimeSpan.FromMinutes(50));
        Assert.Equal(["22:00"], Hours(await browser.Open($"{Slots}?installation={one.Installation}&state=due")));
        acme.Pass(TimeSpan.FromMinutes(55));
        await IsDueOfOther("2027-01-31T23");

        async Task IsDueOfOther(string told)
        {
            var due = (await browser.Open($"{Slots}?hour={told}&state=due")).Is(HttpStatusCode.OK);
            Assert.Contains(other.Installation, due.Text, StringComparison.Ordinal);
            Assert.DoesNotContain(one.Installation, due.Text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task What_waits_longest_comes_first_and_no_heading_leads_to_another_order()
    {
        await using var acme = await Acme.Open(new AcmeOptions());
        using var browser = await Operators.SignInToLook(acme.Server);
        await acme.Provision(await acme.Install());
        await acme.Execute("update billing_schedule set last_error = 'of the test' where work = 'usage'");

        var waiting = (await browser.Open("/ops/billing/waiting")).Is(HttpStatusCode.OK);
        Assert.Contains("Waits since or until", waiting.Text, StringComparison.Ordinal);
        Assert.Contains("of the test", waiting.Text, StringComparison.Ordinal);
        Assert.Null(waiting.Link("Waits since or until"));
        (await browser.Open("/ops/billing/waiting?sort=-due")).Is(HttpStatusCode.BadRequest);
        (await browser.Open("/ops/billing/waiting?sort=due")).Is(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("/ops/audit?until=9999-12-31")]
    [InlineData("/ops/billing/slots?until=9999-12-31")]
    [InlineData("/ops/billing/slots?hour=9999-12-31T23")]
    [InlineData("/ops/billing/invoices?until=9999-12-31")]
    [InlineData("/ops/billing?until=9999-12-31")]
    [InlineData("/ops/billing?until=0001-01-01&days=31")]
    [InlineData("/ops/billing/revenue?month=9999-12")]
    public async Task A_day_at_either_end_of_the_calendar_is_refused_and_no_fault(string address)
    {
        await using var server = await TestServer.Start(new TestServerOptions(), Cancel);
        using var browser = await Operators.SignInToLook(server);

        (await browser.Open(address)).Is(HttpStatusCode.BadRequest);
    }

    /// <summary>In the order of the rows.</summary>
    private static string[] Hours(PlainPage page) =>
        [.. page.Is(HttpStatusCode.OK).Html.Split("<tr role=\"row\">").Skip(2).Select(row => row[(row.IndexOf(" 2027, ", StringComparison.Ordinal) + 7)..][..5])];
}
