using System.Buffers.Text;
using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Marketplace.Integration.Simulator.Pages;

/// <summary>What holds of every page of the simulator, seen without a browser: who may act, and what a page gives away.</summary>
public sealed class FrameTests : IAsyncLifetime
{
    private Scene scene = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string Own => scene.Vercel.BaseUrl.GetLeftPart(UriPartial.Authority);

    public async ValueTask InitializeAsync() => scene = await Scene.Set();

    public ValueTask DisposeAsync() => scene.DisposeAsync();

    [Theory]
    [InlineData(null, null, HttpStatusCode.Forbidden)]
    [InlineData("https://evil.example", null, HttpStatusCode.Forbidden)]
    [InlineData("null", null, HttpStatusCode.Forbidden)]
    [InlineData(null, "cross-site", HttpStatusCode.Forbidden)]
    [InlineData(null, "same-site", HttpStatusCode.Forbidden)]
    [InlineData("https://evil.example", "same-origin", HttpStatusCode.Forbidden)]
    [InlineData("own", null, HttpStatusCode.SeeOther)]
    [InlineData("own", "same-origin", HttpStatusCode.SeeOther)]
    [InlineData(null, "same-origin", HttpStatusCode.SeeOther)]
    public async Task A_form_is_taken_from_our_own_pages_only(string? origin, string? site, HttpStatusCode expected)
    {
        using var answer = await Send("/teams", new() { ["name"] = "Red Fox" }, origin == "own" ? Own : origin, site);

        Assert.Equal(expected, answer.StatusCode);
        Assert.Equal(expected == HttpStatusCode.SeeOther, scene.Vercel.State.Teams.Values.Any(team => team.Name == "Red Fox"));
    }

    [Fact]
    public async Task A_name_that_somebody_else_lets_point_here_shows_nothing_and_does_nothing()
    {
        using var page = new HttpRequestMessage(HttpMethod.Get, $"/installations/{scene.InstallationId}/resources/{scene.ResourceId}?reveal=*");
        page.Headers.Host = $"evil.example:{scene.Vercel.BaseUrl.Port}";
        using var shown = await scene.Http.SendAsync(page, Cancel);
        Assert.Equal(HttpStatusCode.Forbidden, shown.StatusCode);
        Assert.DoesNotContain("postgresql://one", await shown.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);

        using var form = new HttpRequestMessage(HttpMethod.Post, "/teams") { Content = new FormUrlEncodedContent([new("name", "Red Fox")]) };
        form.Headers.Host = page.Headers.Host;
        form.Headers.Add("Origin", $"http://{page.Headers.Host}");
        using var done = await scene.Http.SendAsync(form, Cancel);
        Assert.Equal(HttpStatusCode.Forbidden, done.StatusCode);
        Assert.Single(scene.Vercel.State.Teams);
    }

    [Theory]
    [InlineData("https://evil.example", null, HttpStatusCode.Forbidden)]
    [InlineData(null, "cross-site", HttpStatusCode.Forbidden)]
    [InlineData(null, null, HttpStatusCode.OK)]
    [InlineData("own", "same-origin", HttpStatusCode.OK)]
    public async Task The_control_API_is_open_to_whoever_is_no_browser_and_to_our_pages(string? origin, string? site, HttpStatusCode expected)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/customer/installations/{scene.InstallationId}/again");
        Say(request, origin == "own" ? Own : origin, site);

        using var answer = await scene.Http.SendAsync(request, Cancel);

        Assert.Equal(expected, answer.StatusCode);
    }

    [Fact]
    public async Task A_page_asks_nothing_of_anybody_else_and_lets_nobody_put_anything_into_it()
    {
        using var answer = await scene.Http.GetAsync(new Uri("/", UriKind.Relative), Cancel);
        var page = await answer.Content.ReadAsStringAsync(Cancel);

        var policy = Assert.Single(answer.Headers.GetValues("Content-Security-Policy"));
        Assert.Contains("default-src 'none'; style-src 'self'; script-src 'self'", policy, StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
        Assert.False(answer.Headers.Contains("Set-Cookie"));
        var links = Regex.Matches(page, "(?:src|href)=\"(?<link>[^\"]*)\"", RegexOptions.None, TimeSpan.FromSeconds(1)).Select(match => match.Groups["link"].Value);
        Assert.All(links, link => Assert.Matches(new Regex("^[/#]", RegexOptions.None, TimeSpan.FromSeconds(1)), link));
        Assert.DoesNotContain("style=", page, StringComparison.Ordinal);
        foreach (var asset in links.Where(link => link.StartsWith("/assets/", StringComparison.Ordinal)))
        {
            using var file = await scene.Http.GetAsync(new Uri(asset, UriKind.Relative), Cancel);
            Assert.Equal(HttpStatusCode.OK, file.StatusCode);
            Assert.Contains("immutable", file.Headers.CacheControl!.ToString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task What_an_action_did_is_told_on_the_next_page_with_its_exchange_and_without_a_secret()
    {
        using var done = await Send(
            $"/installations/{scene.InstallationId}/new",
            new() { ["product"] = "acme-postgres", ["name"] = "second", ["billingPlanId"] = "pro", ["json"] = """{"region":"iad1"}""" }, Own);
        Assert.Equal(HttpStatusCode.SeeOther, done.StatusCode);

        var page = WebUtility.HtmlDecode(await scene.Http.GetStringAsync(done.Headers.Location, Cancel));

        Assert.Contains("second is made.", page, StringComparison.Ordinal);
        Assert.Contains($"POST</span> /v1/installations/{scene.InstallationId}/resources", page, StringComparison.Ordinal);
        Assert.Contains("\"value\": \"••••••••\"", page, StringComparison.Ordinal);
        Assert.DoesNotContain("postgresql://one", page, StringComparison.Ordinal);
        Assert.DoesNotContain("second is made.", await scene.Http.GetStringAsync(new Uri(done.Headers.Location!.OriginalString.Split('?')[0], UriKind.Relative), Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_that_leaves_the_contract_is_told_as_a_finding_and_counted_on_every_page()
    {
        scene.Provider.Bend = answer => answer.Remove("status");
        using var done = await Send(
            $"/installations/{scene.InstallationId}/new",
            new() { ["product"] = "acme-postgres", ["name"] = "second", ["billingPlanId"] = "pro", ["json"] = "{}" }, Own);

        Assert.Equal(HttpStatusCode.UnprocessableEntity, done.StatusCode);
        var page = WebUtility.HtmlDecode(await done.Content.ReadAsStringAsync(Cancel));
        Assert.Contains("not as the contract says", page, StringComparison.Ordinal);
        Assert.Contains("status", Regex.Match(page, "class=\"found\"[^§]*?</ul>", RegexOptions.None, TimeSpan.FromSeconds(1)).Value, StringComparison.Ordinal);
        Assert.Contains("1 finding:", WebUtility.HtmlDecode(await scene.Http.GetStringAsync(new Uri("/projects", UriKind.Relative), Cancel)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_cannot_be_done_is_told_on_the_page_where_the_form_was()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/teams/{scene.AccountId}/install") { Content = new FormUrlEncodedContent([new("policy", "eula"), new("policy", "privacy")]) };
        Say(request, Own, site: null);
        request.Headers.Referrer = new Uri(scene.Vercel.BaseUrl, $"/teams/{scene.AccountId}/install?told=7");

        using var refused = await scene.Http.SendAsync(request, Cancel);

        Assert.Equal(HttpStatusCode.SeeOther, refused.StatusCode);
        Assert.StartsWith($"/teams/{scene.AccountId}/install?told=", refused.Headers.Location!.OriginalString, StringComparison.Ordinal);
        Assert.Contains("The team has an installation already", await scene.Http.GetStringAsync(refused.Headers.Location, Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Terms_that_are_not_accepted_install_nothing()
    {
        var team = scene.Vercel.Dashboard.CreateTeam("Red Fox");

        using var answer = await Send($"/teams/{team.AccountId}/install", new() { ["policy"] = "eula" }, Own);

        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        Assert.Contains("accept all of the terms", await answer.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
        Assert.Single(scene.Vercel.State.Installations);
    }

    [Theory]
    [InlineData("/nowhere")]
    [InlineData("/teams/nobody")]
    [InlineData("/installations/icfg_none")]
    [InlineData("/projects/prj_none")]
    [InlineData("/products/none")]
    public async Task What_is_not_there_is_a_page_that_says_so(string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Accept.ParseAdd("text/html");

        using var answer = await scene.Http.SendAsync(request, Cancel);

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Contains("All teams", await answer.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_change_of_plan_that_takes_hold_later_says_when_and_what_is_in_force_until_then()
    {
        scene.Provider.BendUpdate = answer => answer["billingPlan"]!["effectiveDate"] = "2027-02-01T00:00:00Z";

        using var changed = await Send(
            $"/installations/{scene.InstallationId}/resources/{scene.ResourceId}/plan", new() { ["billingPlanId"] = "prepaid" }, Own);
        var page = WebUtility.HtmlDecode(await scene.Http.GetStringAsync(changed.Headers.Location, Cancel));

        Assert.Contains("The plan changes on 1 Feb 2027, 00:00:00.", page, StringComparison.Ordinal);
        Assert.Contains("Now: pro. Changes to prepaid on <time datetime=\"2027-02-01T00:00:00Z\">", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_fault_of_ours_is_a_page_that_says_so_and_nothing_of_what_it_was()
    {
        scene.Vercel.Change(state => state.With(scene.Installation.With(scene.Installation.Resources[scene.ResourceId] with { Secrets = null! })));

        using var answer = await scene.Http.GetAsync(new Uri($"/installations/{scene.InstallationId}/resources/{scene.ResourceId}", UriKind.Relative), Cancel);

        Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
        var page = await answer.Content.ReadAsStringAsync(Cancel);
        Assert.Contains("Something went wrong in the simulator", page, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whoever_sits_before_the_browser_acts_with_their_own_role()
    {
        using var signedIn = await Send($"/teams/{scene.AccountId}/signed-in", new() { ["as"] = "USER" }, Own);

        using var renamed = await Send(
            $"/installations/{scene.InstallationId}/resources/{scene.ResourceId}/rename", new() { ["name"] = "other" }, Own);

        Assert.Equal(HttpStatusCode.SeeOther, renamed.StatusCode);
        using var token = JsonDocument.Parse(Base64Url.DecodeFromChars(scene.Provider.Tokens.Last().Split('.')[1]));
        Assert.Equal("USER", token.RootElement.GetProperty("user_role").GetString());
    }

    private async Task<HttpResponseMessage> Send(string path, Dictionary<string, string> fields, string? origin, string? site = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new FormUrlEncodedContent(fields) };
        Say(request, origin, site);
        return await scene.Http.SendAsync(request, Cancel);
    }

    private static void Say(HttpRequestMessage request, string? origin, string? site)
    {
        if (origin is not null)
        {
            request.Headers.Add("Origin", origin);
        }

        if (site is not null)
        {
            request.Headers.Add("Sec-Fetch-Site", site);
        }
    }
}
