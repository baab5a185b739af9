using System.Net;
using LanguageExt;
using Marketplace.Core.Installations;
using Marketplace.Jobs.Vercel;
using Marketplace.Shell.Authentication;
using Marketplace.Shell.SignOn;
using Marketplace.Shell.VercelApi;
using Marketplace.Simulator.Tokens;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Marketplace.Integration.SignOn;

/// <summary>From Vercel to our pages, and from our side to Vercel and back. Source: contract §E.8, §E.9, §D.10.</summary>
[Collection(SharedAcme.Name)]
public sealed class SignOnTests(Acme acme)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("", "")]
    [InlineData("invoice_id=mi_1&support=true&resource_id=res_1", "/invoices/mi_1")]
    [InlineData("support=true&resource_id=res_1&product_id=acme-tools&project_id=prj_1", "/support?product=acme-tools&resource=res_1&project=prj_1")]
    [InlineData("path=support", "/support")]
    [InlineData("resource_id=res_1", "/resources/res_1")]
    [InlineData("resource_id=res_1&project_id=prj_1&check_id=chk_1", "/resources/res_1?project=prj_1&check=chk_1")]
    [InlineData("resource_id=res_1&experimentation_item_id=itm_1&pr=42", "/resources/res_1?item=itm_1&pr=42")]
    [InlineData("resource_id=res_1&path=secrets", "/resources/res_1#secrets")]
    [InlineData("resource_id=res_1&path=usage&project_id=prj_1", "/resources/res_1?project=prj_1#usage")]
    [InlineData("resource_id=res_1&path=billing", "/resources/res_1#plan")]
    [InlineData("resource_id=res_1&path=onboarding", "/resources/res_1")]
    [InlineData("resource_id=a/../../b%3Fc%23d", "/resources/a%2F..%2F..%2Fb%3Fc%23d")]
    [InlineData("path=billing", "/invoices")]
    [InlineData("path=usage", "/usage")]
    [InlineData("path=onboarding", "")]
    [InlineData("path=secrets", "")]
    [InlineData("product_id=acme-tools", "")]
    public async Task Whoever_comes_from_Vercel_lands_where_it_was_said_the_invoice_before_support_before_the_resource(string wants, string page)
    {
        var installation = await acme.Install();
        using var browser = new PlainBrowser(acme);

        var sent = await browser.ComeFromVercel(installation, null, [.. QueryHelpers.ParseQuery(wants).Select(one => (one.Key, one.Value.ToString()))]);

        Assert.Equal((HttpStatusCode.Found, $"/dashboard/{installation}{page}"), (sent.Status, sent.Location));
        var landed = await browser.Open(sent.Location!);
        Assert.NotEqual(HttpStatusCode.Unauthorized, landed.Status);
    }

    [Fact]
    public async Task A_sign_on_from_our_side_goes_to_Vercel_with_a_state_of_ours_and_comes_back_with_all_that_was_asked_for()
    {
        var installation = await acme.Install();
        using var browser = new PlainBrowser(acme);

        var away = await browser.Open($"/sso/{installation}?resource_id=res_1&check_id=chk_1&path=secrets&nonsense=1");
        Assert.StartsWith(
            $"{acme.Vercel.BaseUrl}sso/integrations/{TestServerOptions.Slug}/{installation}?resource_id=res_1&check_id=chk_1&path=secrets&state=",
            away.Location, StringComparison.Ordinal);
        var back = await browser.Open(away.Location!);
        var landed = await browser.Open(back.Location!);

        Assert.Equal($"/dashboard/{installation}/resources/res_1?check=chk_1#secrets", landed.Location);
        Assert.Equal(0, await acme.Ask<long>("select count(*) from sign_on where installation_id = $1", installation));
    }

    [Fact]
    public async Task A_state_of_ours_counts_once_and_the_second_time_no_code_is_exchanged()
    {
        var installation = await acme.Install();
        using var browser = new PlainBrowser(acme);
        var back = (await browser.Open((await browser.Open($"/sso/{installation}")).Location!)).Location!;
        await browser.Open(back);
        var code = QueryHelpers.ParseQuery(acme.Vercel.Dashboard.SignOn(installation).Query)["code"].ToString();

        // With a code that nobody has used yet.
        var again = await browser.Open(QueryHelpers.AddQueryString(
            "/sso/callback", new Dictionary<string, string?> { ["mode"] = "sso", ["code"] = code, ["state"] = State(back) }));

        Assert.Equal("This sign-in did not begin here", again.Is(HttpStatusCode.BadRequest).Title);
        Assert.Equal($"/sso/{installation}", again.Link("Begin again"));
        Assert.DoesNotContain(acme.Vercel.State.SignOnCodes, known => known.Value == code && known.UsedAt is not null);
    }

    [Fact]
    public async Task Of_ten_that_come_back_with_one_state_at_once_one_is_signed_on()
    {
        var installation = await acme.Install();
        using var browser = new PlainBrowser(acme);
        var state = State((await browser.Open($"/sso/{installation}")).Location!);

        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ =>
            browser.Open(acme.Vercel.Dashboard.SignOnAgain(installation, null, [("state", state)]))));

        Assert.Single(answers, answer => answer.Status == HttpStatusCode.Found);
        Assert.All(answers.Where(answer => answer.Status != HttpStatusCode.Found), answer => answer.Is(HttpStatusCode.BadRequest));
        Assert.Equal(1, await acme.Ask<long>("select count(*) from customer_session where installation_id = $1", installation));
    }

    [Fact]
    public async Task A_state_of_ours_counts_in_the_browser_that_left_with_it_alone_which_may_be_on_its_way_twice()
    {
        var installation = await acme.Install();
        using var browser = new PlainBrowser(acme);
        using var other = new PlainBrowser(acme);
        await other.Open($"/sso/{installation}");
        var first = await browser.Open((await browser.Open($"/sso/{installation}?path=usage")).Location!);
        var second = await browser.Open((await browser.Open($"/sso/{installation}?path=billing")).Location!);
        var third = await browser.Open((await browser.Open($"/sso/{installation}")).Location!);

        Assert.Equal($"/dashboard/{installation}/usage", (await browser.Open(first.Location!)).Location);
        Assert.Equal($"/dashboard/{installation}/invoices", (await browser.Open(second.Location!)).Location);
        Assert.Equal("This sign-in did not begin here", (await other.Open(third.Location!)).Is(HttpStatusCode.BadRequest).Title);
        // Whoever had it in hand has spoilt it.
        Assert.Equal(HttpStatusCode.BadRequest, (await browser.Open(third.Location!)).Status);
    }

    [Fact]
    public async Task A_state_of_ours_is_old_after_ten_minutes()
    {
        var installation = await acme.Install();
        using var browser = new PlainBrowser(acme);
        var (intime, late) = (await browser.Open($"/sso/{installation}"), await browser.Open($"/sso/{installation}"));

        acme.Pass(TimeSpan.FromMinutes(10) - TimeSpan.FromMilliseconds(1));
        Assert.Equal($"/dashboard/{installation}", (await browser.Open((await browser.Open(intime.Location!)).Location!)).Location);
        acme.Pass(TimeSpan.FromMilliseconds(1));
        (await browser.Open((await browser.Open(late.Location!)).Location!)).Is(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task A_sign_on_that_began_for_one_installation_does_not_end_at_another()
    {
        var (installation, other) = (await acme.Install(), await acme.Install());
        using var browser = new PlainBrowser(acme);
        var state = State((await browser.Open($"/sso/{installation}")).Location!);

        var back = await browser.Open(acme.Vercel.Dashboard.SignOnAgain(other, null, [("state", state)]));

        Assert.Equal("This is another team's sign-in", back.Is(HttpStatusCode.Forbidden).Title);
        Assert.Equal(0, await acme.Ask<long>("select count(*) from customer_session where installation_id = any ($1)", (object)new[] { installation, other }));
    }

    [Fact]
    public async Task A_code_counts_once_and_for_five_minutes_and_then_there_is_a_link_to_begin_again()
    {
        var installation = await acme.Install();
        using var browser = new PlainBrowser(acme);
        var used = acme.Vercel.Dashboard.SignOn(installation);
        var late = (await browser.Open((await browser.Open($"/sso/{installation}?path=usage")).Location!)).Location!;
        await browser.Open(used);

        var again = await browser.Open(used);
        acme.Pass(TimeSpan.FromMinutes(6));
        var old = await browser.Open(late);

        Assert.Equal("This sign-in link has expired", again.Is(HttpStatusCode.BadRequest).Title);
        Assert.NotNull(again.Link("Go to Vercel"));
        Assert.Equal("This sign-in link has expired", old.Is(HttpStatusCode.BadRequest).Title);
        Assert.Equal($"/dashboard/{installation}/usage", (await browser.Follow(old.Link("Begin again")!)).Address.AbsolutePath);
    }

    [Theory]
    [InlineData("")]
    [InlineData("?mode=sso&state=st_1")]
    [InlineData("?mode=other&code=1&state=st_1")]
    [InlineData("?mode=sso&code=1&code=2&state=st_1")]
    [InlineData("?mode=sso&code=1&state=st_1&state=st_2")]
    public async Task What_is_no_sign_on_is_a_page_that_says_so(string query)
    {
        using var browser = new PlainBrowser(acme);

        Assert.Equal("This link is not complete", (await browser.Open($"/sso/callback{query}")).Is(HttpStatusCode.BadRequest).Title);
    }

    [Fact]
    public async Task Nobody_signs_on_to_an_installation_that_is_not_there()
    {
        using var browser = new PlainBrowser(acme);

        Assert.Equal("Tests is not installed", (await browser.Open("/sso/icfg_nobody")).Is(HttpStatusCode.NotFound).Title);
        Assert.Equal(0, await acme.Ask<long>("select count(*) from sign_on where installation_id = 'icfg_nobody'"));
    }

    [Fact]
    public async Task Vercels_own_state_goes_along_to_the_exchange_and_a_wrong_one_is_refused_there()
    {
        var installation = await acme.Install();
        using var browser = new PlainBrowser(acme);
        var sent = acme.Vercel.Dashboard.SignOn(installation).AbsoluteUri;

        var bent = await browser.Open(sent.Replace($"state={State(sent)}", "state=st_of_somebody_else", StringComparison.Ordinal));

        Assert.Equal("This sign-in link has expired", bent.Is(HttpStatusCode.BadRequest).Title);
        Assert.Equal(HttpStatusCode.Found, (await browser.Open(sent)).Status);
    }

    public static TheoryData<string, string> WrongTokens => new()
    {
        { "of another issuer", nameof(SignOnRefusal.PersonUnproven) },
        { "for another integration", nameof(SignOnRefusal.PersonUnproven) },
        { "that is over", nameof(SignOnRefusal.PersonUnproven) },
        { "for calls", nameof(SignOnRefusal.PersonUnproven) },
        { "of nobody", nameof(SignOnRefusal.PersonUnproven) },
        { "of a stranger's key", nameof(SignOnRefusal.PersonUnproven) },
        { "of an unknown role", nameof(SignOnRefusal.PersonUnproven) },
        { "for an installation that we do not know", nameof(SignOnRefusal.NotInstalled) },
        { "without a type", "" },
        { "as it should be", "" },
    };

    [Theory]
    [MemberData(nameof(WrongTokens))]
    public async Task What_Vercel_says_of_the_person_is_checked_like_every_token(string which, string refusal)
    {
        var installation = await acme.Install();
        var person = acme.Vercel.State.Teams[acme.Vercel.State.Installations[installation].AccountId].Admin;
        var good = acme.Vercel.Tokens.ForUser(person, installation).With("type", "id_token");
        var token = which switch
        {
            "of another issuer" => good.With("iss", "https://elsewhere.example"),
            "for another integration" => good.With("aud", "oac_other"),
            "that is over" => good.LivingFrom(acme.Now.AddHours(-2), acme.Now.AddHours(-1)),
            "for calls" => good.With("type", "access_token"),
            "of nobody" => good.With("user_id", ""),
            "of a stranger's key" => good with { Signature = new TokenSignature.ByKey(SigningKey.Generate(), "stranger") },
            "of an unknown role" => good.With("user_role", "admin"),
            "for an installation that we do not know" => acme.Vercel.Tokens.ForUser(person, "icfg_nobody").With("type", "id_token"),
            "without a type" => good.Without("type"),
            _ => good,
        };

        var outcome = await SignOns(new VercelAnswer<SignOnTokens>.Accepted(
            new SignOnTokens(acme.Vercel.Tokens.Sign(token), default, default, default))).Complete("code", null, null, Cancel);

        Assert.Equal(refusal, outcome.Match(_ => "", why => why.GetType().Name));
        Assert.Equal(
            refusal.Length == 0 ? 1 : 0, await acme.Ask<long>("select count(*) from customer_session where installation_id = $1", installation));
    }

    [Fact]
    public async Task What_Vercel_answers_to_the_code_decides_what_the_person_is_told()
    {
        Assert.IsType<SignOnRefusal.CodeOver>(await Refusal(new VercelAnswer<SignOnTokens>.Refused(400, "invalid_grant")));
        Assert.IsType<SignOnRefusal.Barred>(await Refusal(new VercelAnswer<SignOnTokens>.Refused(403, "no member")));
        Assert.IsType<SignOnRefusal.VercelSilent>(await Refusal(new VercelAnswer<SignOnTokens>.Unknown("no answer", null)));
        Assert.IsType<SignOnRefusal.VercelSilent>(await Refusal(new VercelAnswer<SignOnTokens>.NotFound("404")));
    }

    [Fact]
    public async Task An_installation_that_is_over_has_no_pages_any_more()
    {
        var installation = await acme.Install();
        var person = acme.Vercel.State.Teams[acme.Vercel.State.Installations[installation].AccountId].Admin;
        var token = acme.Vercel.Tokens.Sign(acme.Vercel.Tokens.ForUser(person, installation).With("type", "id_token"));
        using var browser = new PlainBrowser(acme);
        (await browser.SignOn(installation)).Is(HttpStatusCode.OK);
        await acme.Customer.Uninstall(installation, Cancel);

        var outcome = await SignOns(new VercelAnswer<SignOnTokens>.Accepted(new SignOnTokens(token, default, default, default))).Complete("code", null, null, Cancel);

        Assert.Equal(nameof(SignOnRefusal.Uninstalled), outcome.Match(_ => "", why => why.GetType().Name));
        (await browser.Open($"/dashboard/{installation}")).Is(HttpStatusCode.Unauthorized);
        (await browser.Open($"/sso/{installation}")).Is(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Neither_code_nor_token_nor_cookie_is_logged_or_stored()
    {
        var installation = await acme.Install();
        using var browser = new PlainBrowser(acme);
        var sent = acme.Vercel.Dashboard.SignOn(installation);
        var code = QueryHelpers.ParseQuery(sent.Query)["code"].ToString();
        var landed = await browser.Open((await browser.Open(sent)).Location!);
        landed.Is(HttpStatusCode.OK);
        await browser.Open(sent);
        var cookie = browser.Cookies.GetCookies(landed.Address).Single().Value;

        Assert.DoesNotContain(acme.Server.Log.Lines, line =>
            line.Contains(code, StringComparison.Ordinal) || line.Contains(cookie, StringComparison.Ordinal) || line.Contains("eyJ", StringComparison.Ordinal));
        Assert.DoesNotContain(code, landed.Html, StringComparison.Ordinal);
        Assert.DoesNotContain(cookie, landed.Html, StringComparison.Ordinal);
        Assert.Equal(0, await acme.Ask<long>(
            "select count(*) from customer_session where installation_id = $1 and (session_hash = $2 or octet_length(session_hash) <> 32)",
            installation, System.Buffers.Text.Base64Url.DecodeFromChars(cookie)));
        Assert.Equal(
            ["session.Began"],
            await acme.AskAll<string>("select kind from domain_event where installation_id = $1 and actor like 'user:%' and kind like 'session.%'", installation));
    }

    private async Task<SignOnRefusal> Refusal(VercelAnswer<SignOnTokens> answer) =>
        (await SignOns(answer).Complete("code", "st_1", null, Cancel)).Match(_ => throw new InvalidOperationException("signed on"), why => why);

    /// <summary>The server's own, but for Vercel's word.</summary>
    private SignOns SignOns(VercelAnswer<SignOnTokens> answer) => new(
        acme.Server.Services.GetRequiredService<NpgsqlDataSource>(), new Answering(answer), acme.Server.Services.GetRequiredService<TokenVerifier>(),
        acme.Server.Services.GetRequiredService<TimeProvider>(), NullLogger<SignOns>.Instance);

    private static string State(string address) => QueryHelpers.ParseQuery(new Uri(address).Query)["state"].ToString();

    private sealed class Answering(VercelAnswer<SignOnTokens> answer) : IVercelSignOn
    {
        public Task<VercelAnswer<SignOnTokens>> Exchange(string code, Option<string> state, Option<Uri> redirect, CancellationToken cancel) =>
            Task.FromResult(answer);

        public Task<VercelAnswer<SignOnTokens>> Refresh(string refreshToken, CancellationToken cancel) => throw new NotSupportedException();

        public Task<VercelAnswer<ConnectedAccount>> ExchangeConnection(string code, Uri redirect, CancellationToken cancel) =>
            throw new NotSupportedException();
    }
}
