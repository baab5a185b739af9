using System.Net;
using System.Text.Json.Nodes;
using Marketplace.Integration.SignOn;
using Marketplace.Integration.Webhooks;
using Marketplace.Simulator.Dashboard;
using Marketplace.Simulator.Tokens;
using static Marketplace.Integration.Imports.ImportPages;

namespace Marketplace.Integration.Imports;

/// <summary>Who may import: an administrator, of whom Vercel itself has said so. Contract §E.10, §E.8.</summary>
[Collection(ImportAcme.Name)]
public sealed class ImportSignOnTests(Acme acme)
{
    [Fact]
    public async Task Whoever_is_not_signed_on_goes_by_Vercel_first_and_comes_back_to_the_import()
    {
        var (installation, state) = (await acme.Install(), NewState());
        using var browser = new PlainBrowser(acme);

        var page = (await browser.Open(acme.ImportFrom(installation, state))).Is(HttpStatusCode.SeeOther);
        Assert.StartsWith($"{Page(installation)}?", page.Location, StringComparison.Ordinal);
        var signOn = (await browser.Open(page.Location!)).Is(HttpStatusCode.SeeOther);
        Assert.StartsWith($"/sso/{installation}?url=", signOn.Location, StringComparison.Ordinal);
        var vercel = (await browser.Open(signOn.Location!)).Is(HttpStatusCode.Found);
        Assert.StartsWith($"{acme.Vercel.BaseUrl}sso/integrations/", vercel.Location, StringComparison.Ordinal);
        Assert.Equal(0, await Begun(installation));

        var landed = await browser.Follow(vercel.Location!);
        Assert.Equal((Page(installation), "Import from Acme Postgres"), (landed.Is(HttpStatusCode.OK).Address.PathAndQuery, landed.Title));
        Assert.Equal(1, await Begun(installation));
        Assert.DoesNotContain(acme.Server.Log.Lines, line => line.Contains(state, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_member_who_is_no_administrator_imports_nothing()
    {
        await using var own = await OwnDatabase.Create("orders");
        var installation = await acme.Install();
        using var admin = new PlainBrowser(acme);
        var list = await SignIn(admin, await admin.Follow(acme.ImportFrom(installation, NewState())), own);
        using var viewer = new PlainBrowser(acme);
        await viewer.SignOn(installation, "USER");
        var token = (await viewer.Open($"/dashboard/{installation}/session")).Form("/sign-out")!.Fields.Single(field => field.Name == "form-token").Value;

        var refused = (await viewer.Follow(acme.ImportFrom(installation, NewState()))).Is(HttpStatusCode.Forbidden);
        Assert.Equal("Only administrators can do this", refused.Title);
        Assert.Contains("who may install integrations", refused.Text, StringComparison.Ordinal);
        (await viewer.Open(Page(installation))).Is(HttpStatusCode.Forbidden);
        foreach (var form in new[] { "sign-in", "pick", "sign-out" })
            (await viewer.Post($"{Page(installation)}/{form}", [("form-token", token)])).Is(HttpStatusCode.Forbidden);
        Assert.Equal(1, await Begun(installation));

        // Nor who was one when the import began.
        await acme.TellOnce(WebhookText.Of(
            "marketplace.member.changed", installation, acme.Now, new JsonObject { ["memberId"] = Team(installation).Admin.UserId, ["role"] = "USER" }));
        (await Pick(admin, list, own.Databases[0], "orders")).Is(HttpStatusCode.Forbidden);
        Assert.Empty(acme.Vercel.State.Installations[installation].Resources);
    }

    [Fact]
    public async Task Who_is_signed_on_at_another_installation_imports_nothing_here()
    {
        await using var own = await OwnDatabase.Create("orders");
        var (here, elsewhere) = (await acme.Install(), await acme.Install());
        using var browser = new PlainBrowser(acme);
        var list = await SignIn(browser, await browser.Follow(acme.ImportFrom(elsewhere, NewState())), own);

        // What the browser has for the one, sent to the other by hand.
        foreach (Cookie cookie in browser.Cookies.GetCookies(new Uri(acme.Server.Http.BaseAddress!, $"{Page(elsewhere)}/pick")))
        {
            var path = cookie.Path.Replace(elsewhere, here, StringComparison.Ordinal);
            if (path != cookie.Path)
                browser.Cookies.Add(new Cookie(cookie.Name, cookie.Value, path, cookie.Domain));
        }

        var page = (await browser.Open((await browser.Open(acme.ImportFrom(here, NewState()))).Location!)).Is(HttpStatusCode.SeeOther);
        Assert.StartsWith($"/sso/{here}?url=", page.Location, StringComparison.Ordinal);
        var form = list.Form("/pick")!;
        (await browser.Post($"{Page(here)}/pick", [.. form.Fields, ("name", "orders")])).Is(HttpStatusCode.Unauthorized);

        // Signed on here as well, it still has no import of this installation.
        await browser.SignOn(here);
        (await browser.Open(Page(here))).Is(HttpStatusCode.Gone);
        Assert.Equal(0, await Begun(here));
        Assert.Empty(acme.Vercel.State.Installations[here].Resources);
    }

    [Fact]
    public async Task Who_signs_on_after_somebody_in_the_same_browser_does_not_go_on_with_the_import()
    {
        await using var own = await OwnDatabase.Create("orders");
        var installation = await acme.Install();
        using var browser = new PlainBrowser(acme);
        await SignIn(browser, await browser.Follow(acme.ImportFrom(installation, NewState())), own);

        await browser.SignOn(installation, acme.Customer.AddMember(Team(installation).AccountId, PersonRole.Admin).UserId);

        (await browser.Open(Page(installation))).Is(HttpStatusCode.Gone);
    }

    private Team Team(string installation) => acme.Vercel.State.Teams[acme.Vercel.State.Installations[installation].AccountId];

    private Task<int> Begun(string installation) => acme.Ask<int>("select count(*) from import_session where installation_id = $1", installation);
}
