using System.Net;
using System.Text.Json.Nodes;
using Marketplace.Integration.Webhooks;

namespace Marketplace.Integration.SignOn;

/// <summary>How long somebody is signed on, where, and as whom.</summary>
[Collection(SharedAcme.Name)]
public sealed class SessionTests(Acme acme)
{
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(1);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Without_a_session_there_is_a_page_that_leads_through_Vercel_back_to_where_one_was()
    {
        var installation = await acme.Install();
        using var browser = new PlainBrowser(acme);

        var first = await browser.Open($"/dashboard/{installation}/invoices?after=x");

        Assert.Equal("Please sign in", first.Is(HttpStatusCode.Unauthorized).Title);
        var landed = await browser.Follow(first.Link("Sign in with Vercel")!);
        Assert.Equal($"/dashboard/{installation}/invoices?after=x", landed.Is(HttpStatusCode.OK).Address.PathAndQuery);
    }

    [Fact]
    public async Task A_session_ends_two_hours_after_its_last_use()
    {
        var installation = await acme.Install();
        using var browser = new PlainBrowser(acme);
        await browser.SignOn(installation);

        acme.Pass(TimeSpan.FromHours(2) - Moment);
        (await browser.Open($"/dashboard/{installation}")).Is(HttpStatusCode.OK);
        acme.Pass(TimeSpan.FromHours(2) - Moment);
        (await browser.Open($"/dashboard/{installation}")).Is(HttpStatusCode.OK);
        acme.Pass(TimeSpan.FromHours(2));
        (await browser.Open($"/dashboard/{installation}")).Is(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_session_ends_after_twelve_hours_however_busy()
    {
        var installation = await acme.Install();
        using var browser = new PlainBrowser(acme);
        await browser.SignOn(installation);

        for (var hour = 1; hour < 12; hour++)
        {
            acme.Pass(TimeSpan.FromHours(1));
            (await browser.Open($"/dashboard/{installation}")).Is(HttpStatusCode.OK);
        }

        acme.Pass(TimeSpan.FromHours(1) - Moment);
        (await browser.Open($"/dashboard/{installation}")).Is(HttpStatusCode.OK);
        acme.Pass(Moment);
        (await browser.Open($"/dashboard/{installation}")).Is(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task The_sweep_forgets_what_is_over_and_nothing_else()
    {
        var installation = await acme.Install();
        using var browser = new PlainBrowser(acme);
        await browser.SignOn(installation);
        await browser.Open($"/sso/{installation}");
        acme.Pass(TimeSpan.FromMinutes(9));
        await acme.Work("session-sweep");
        Assert.Equal((1, 1), await Kept(installation));

        acme.Pass(TimeSpan.FromMinutes(1));
        await acme.Work("session-sweep");
        Assert.Equal((1, 0), await Kept(installation));

        acme.Pass(TimeSpan.FromHours(2));
        await acme.Work("session-sweep");
        Assert.Equal((0, 0), await Kept(installation));
    }

    [Fact]
    public async Task One_browser_is_signed_on_to_several_installations_and_one_session_opens_no_other()
    {
        var (first, second) = (await acme.Install(), await acme.Install());
        using var browser = new PlainBrowser(acme);
        using var other = new PlainBrowser(acme);
        var landed = await browser.SignOn(first);
        await browser.SignOn(second);
        (await browser.Open($"/dashboard/{first}")).Is(HttpStatusCode.OK);
        (await browser.Open($"/dashboard/{second}")).Is(HttpStatusCode.OK);

        // The cookie of the first, carried to the second by hand.
        var cookie = browser.Cookies.GetCookies(landed.Address).Single();
        other.Cookies.Add(new Cookie(cookie.Name, cookie.Value, "/", cookie.Domain));
        (await other.Open($"/dashboard/{first}")).Is(HttpStatusCode.OK);
        (await other.Open($"/dashboard/{second}")).Is(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Signing_out_ends_this_browsers_session_alone_and_says_so()
    {
        var installation = await acme.Install();
        using var here = new PlainBrowser(acme);
        using var there = new PlainBrowser(acme);
        await here.SignOn(installation);
        await there.SignOn(installation);
        var kept = here.Cookies.GetCookies(new Uri(acme.Server.Http.BaseAddress!, $"/dashboard/{installation}")).Single();

        var sent = await here.Submit(await here.Open($"/dashboard/{installation}/session"), "/sign-out");
        var bye = await here.Open(sent.Location!);

        Assert.Equal("You are signed out", bye.Is(HttpStatusCode.OK).Title);
        Assert.Empty(here.Cookies.GetCookies(new Uri(acme.Server.Http.BaseAddress!, $"/dashboard/{installation}")));
        (await there.Open($"/dashboard/{installation}")).Is(HttpStatusCode.OK);
        // Whoever has copied the cookie has nothing.
        here.Cookies.Add(new Cookie(kept.Name, kept.Value, kept.Path, kept.Domain));
        (await here.Open($"/dashboard/{installation}")).Is(HttpStatusCode.Unauthorized);
        Assert.Equal($"/dashboard/{installation}", (await here.Follow(bye.Link("Sign in again")!)).Address.AbsolutePath);
    }

    [Fact]
    public async Task Signing_out_everywhere_ends_all_of_the_persons_sessions_and_nobody_elses()
    {
        var installation = await acme.Install();
        using var here = new PlainBrowser(acme);
        using var there = new PlainBrowser(acme);
        using var colleague = new PlainBrowser(acme);
        await here.SignOn(installation, "ADMIN");
        await there.SignOn(installation, "ADMIN");
        await colleague.SignOn(installation, "USER");

        await here.Submit(await here.Open($"/dashboard/{installation}/session"), "/sign-out-everywhere");

        (await here.Open($"/dashboard/{installation}")).Is(HttpStatusCode.Unauthorized);
        (await there.Open($"/dashboard/{installation}")).Is(HttpStatusCode.Unauthorized);
        (await colleague.Open($"/dashboard/{installation}")).Is(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_member_who_is_removed_is_out_with_the_next_request_and_a_role_that_changes_counts_from_it_on()
    {
        var installation = await acme.Install();
        var team = acme.Vercel.State.Teams[acme.Vercel.State.Installations[installation].AccountId];
        using var admin = new PlainBrowser(acme);
        using var viewer = new PlainBrowser(acme);
        await admin.SignOn(installation, "ADMIN");
        await viewer.SignOn(installation, "USER");

        await acme.TellOnce(Changed(installation, team.Viewer.UserId, "NONE"));
        (await viewer.Open($"/dashboard/{installation}")).Is(HttpStatusCode.Unauthorized);
        Assert.Contains("Administrator", (await admin.Open($"/dashboard/{installation}/session")).Text, StringComparison.Ordinal);

        await acme.TellOnce(Changed(installation, team.Admin.UserId, "USER"));
        Assert.DoesNotContain("Administrator", (await admin.Open($"/dashboard/{installation}/session")).Is(HttpStatusCode.OK).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_uninstall_ends_every_session()
    {
        var installation = await acme.Install();
        using var browser = new PlainBrowser(acme);
        await browser.SignOn(installation);

        await acme.Customer.Uninstall(installation, Cancel);

        (await browser.Open($"/dashboard/{installation}")).Is(HttpStatusCode.Unauthorized);
        Assert.Equal((0, 0), await Kept(installation));
    }

    [Theory]
    [InlineData("https://market.example.com", "__Host-marketplace-sign-on", "__Secure-marketplace-session", true)]
    [InlineData("http://127.0.0.1:1", "marketplace-sign-on", "marketplace-session", false)]
    public async Task Cookies_are_out_of_reach_of_scripts_other_sites_and_other_paths(string address, string signOn, string session, bool secure)
    {
        await using var own = await Acme.Open(new AcmeOptions { Settings = new Dictionary<string, string>(StringComparer.Ordinal) { ["PublicUrl"] = address } });
        var installation = await own.Install();
        using var browser = new PlainBrowser(own);

        var begun = await browser.Open($"/sso/{installation}");
        var ended = await browser.ComeFromVercel(installation);

        Assert.Matches(
            $"^{signOn}=[A-Za-z0-9_-]{{43}}; max-age=600; path=/; {(secure ? "secure; " : "")}samesite=lax; httponly$", begun.Headers["Set-Cookie"]);
        Assert.Matches(
            $"^{session}=[A-Za-z0-9_-]{{43}}; path=/dashboard/{installation}; {(secure ? "secure; " : "")}samesite=lax; httponly$", ended.Headers["Set-Cookie"]);
    }

    private async Task<(long Sessions, long SignOns)> Kept(string installation) => (
        await acme.Ask<long>("select count(*) from customer_session where installation_id = $1", installation),
        await acme.Ask<long>("select count(*) from sign_on where installation_id = $1", installation));

    private string Changed(string installation, string member, string role) => WebhookText.Of(
        "marketplace.member.changed", installation, acme.Now, new JsonObject { ["memberId"] = member, ["role"] = role });
}
