using System.Net;
using System.Text.Json.Nodes;
using Marketplace.Integration.SignOn;
using Marketplace.Shell.OperatorConsole.SignIn;
using Marketplace.Simulator.Tokens;

namespace Marketplace.Integration.OperatorConsole;

/// <summary>Operators who come from an issuer. Source: OpenID Connect Core 1.0, §3.1.</summary>
public sealed class OperatorOidcTests(ConsoleScene scene) : IClassFixture<ConsoleScene>, IAsyncLifetime
{
    private OperatorIssuer issuer = null!;
    private TestServer server = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        issuer = await OperatorIssuer.Start(scene.Clock, Cancel);
        server = await TestServer.Start(scene.OnSameDatabase(issuer.Settings()), Cancel);
    }

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        await issuer.DisposeAsync();
    }

    [Fact]
    public async Task Who_comes_from_the_issuer_with_a_role_gets_it_and_the_page_that_was_asked_for()
    {
        using var browser = new PlainBrowser(server);
        var signIn = await browser.Open((await browser.Open("/ops/audit?q=kim")).Location!);
        Assert.Null(signIn.Form("/ops/sign-in"));

        var page = await browser.Follow(signIn.Link("Sign in with Acme ID")!);

        Assert.Equal("/ops/audit", page.Is(HttpStatusCode.OK).Address.AbsolutePath);
        Assert.Contains("By the issuer, as operator.", page.Text, StringComparison.Ordinal);
        Assert.Contains("kim@acme.example", (await browser.Open("/ops/session")).Text, StringComparison.Ordinal);
        Assert.DoesNotContain(server.Log.Lines, line => line.Contains(OperatorIssuer.ClientSecret, StringComparison.Ordinal) || line.Contains("id_token=", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("""{ "roles": ["viewer"] }""", "Viewer")]
    [InlineData("""{ "roles": ["viewer", "operator"] }""", "Operator")]
    [InlineData("""{ "roles": "viewer" }""", "Viewer")]
    public async Task The_role_follows_the_claim(string claims, string role)
    {
        issuer.Bend = token => Put(token, claims);
        using var browser = new PlainBrowser(server);

        await browser.Follow("/ops/sign-in/oidc");

        Assert.Contains($"Role {role} ", (await browser.Open("/ops/session")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Roles_may_lie_within_another_claim()
    {
        var settings = issuer.Settings();
        settings["Operators:Oidc:RoleClaim"] = "realm_access.roles";
        settings["Operators:Oidc:OperatorRole"] = "marketplace-admins";
        await using var other = await TestServer.Start(scene.OnSameDatabase(settings), Cancel);
        issuer.Bend = token => Put(token, """{ "roles": [], "realm_access": { "roles": ["staff", "marketplace-admins"] } }""");
        using var browser = new PlainBrowser(other);

        await browser.Follow("/ops/sign-in/oidc");

        Assert.Contains("Role Operator ", (await browser.Open("/ops/session")).Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{ "roles": ["marketing"] }""")]
    [InlineData("""{ "roles": { "operator": true } }""")]
    [InlineData("""{ "roles": null }""")]
    public async Task Who_has_no_role_is_told_so_and_gets_nowhere(string claims)
    {
        issuer.Bend = token => Put(token, claims);
        using var browser = new PlainBrowser(server);

        var page = (await browser.Follow("/ops/sign-in/oidc")).Is(HttpStatusCode.Forbidden);

        Assert.Equal("You have no role here", page.Title);
        Assert.Contains("kim@acme.example", page.Text, StringComparison.Ordinal);
        (await browser.Open("/ops")).Is(HttpStatusCode.SeeOther);
    }

    [Theory]
    [InlineData("another issuer", """{ "iss": "https://evil.example" }""")]
    [InlineData("another client", """{ "aud": "somebody-else" }""")]
    [InlineData("several clients, issued to another", """{ "aud": ["operator-console", "somebody-else"], "azp": "somebody-else" }""")]
    [InlineData("another nonce", """{ "nonce": "another" }""")]
    [InlineData("no nonce", """{ "nonce": null }""")]
    [InlineData("over", """{ "nbf": 1000000000, "exp": 1000000300 }""")]
    [InlineData("not yet", """{ "nbf": 4000000000, "exp": 4000000300 }""")]
    [InlineData("without an end", """{ "exp": null }""")]
    [InlineData("nobody", """{ "sub": null }""")]
    [InlineData("an address that is not verified", """{ "email_verified": false }""")]
    [InlineData("the same as a text", """{ "email_verified": "false" }""")]
    public async Task A_token_that_does_not_hold_signs_nobody_in(string what, string claims)
    {
        issuer.Bend = token => Put(token, claims);
        await IsRefused(what);
    }

    [Fact]
    public async Task An_address_that_is_not_verified_matters_only_where_it_is_the_name()
    {
        var settings = issuer.Settings();
        settings["Operators:Oidc:NameClaim"] = "preferred_username";
        await using var other = await TestServer.Start(scene.OnSameDatabase(settings), Cancel);
        issuer.Bend = token => Put(token, """{ "email_verified": false, "preferred_username": "kim" }""");
        using var browser = new PlainBrowser(other);

        await browser.Follow("/ops/sign-in/oidc");

        (await browser.Open("/ops")).Is(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_person_is_who_the_issuer_says_by_the_subject_whatever_the_name()
    {
        var settings = issuer.Settings();
        settings["Operators:Bootstrap:BesideOidc"] = "true";
        // Somebody else than the person whom the issuer calls so.
        settings["Operators:Bootstrap:Name"] = "person-2";
        await using var both = await TestServer.Start(scene.OnSameDatabase(settings), Cancel);
        using var kim = new PlainBrowser(both);
        await kim.Follow("/ops/sign-in/oidc");
        using var renamed = new PlainBrowser(both);
        issuer.Bend = token => Put(token, """{ "email": "kim.new@acme.example" }""");
        await renamed.Follow("/ops/sign-in/oidc");
        using var other = new PlainBrowser(both);
        issuer.Bend = token => Put(token, """{ "sub": "person-2" }""");
        await other.Follow("/ops/sign-in/oidc");
        using var bootstrap = new PlainBrowser(both);
        (await Operators.Try(bootstrap, "person-2", Operators.Password)).Is(HttpStatusCode.SeeOther);
        foreach (var browser in new[] { kim, renamed, other, bootstrap })
            (await browser.Open("/ops/session")).Is(HttpStatusCode.OK);

        await kim.Submit(await kim.Open("/ops/session"), "/sign-out-everywhere");

        (await kim.Open("/ops/session")).Is(HttpStatusCode.SeeOther);
        (await renamed.Open("/ops/session")).Is(HttpStatusCode.SeeOther);
        (await other.Open("/ops/session")).Is(HttpStatusCode.OK);
        (await bootstrap.Open("/ops/session")).Is(HttpStatusCode.OK);
        var audit = await bootstrap.Open("/ops/audit?q=person-2");
        Assert.Contains($"person-2 at {issuer.Authority}", audit.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("person-1", audit.Text, StringComparison.Ordinal);

        await other.Submit(await other.Open("/ops/session"), "/sign-out-everywhere");

        (await other.Open("/ops/session")).Is(HttpStatusCode.SeeOther);
        (await bootstrap.Open("/ops/session")).Is(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_token_that_the_issuer_has_not_signed_signs_nobody_in()
    {
        using var forger = SigningKey.Generate();
        issuer.Forger = forger;
        await IsRefused("forged");
        issuer.Forger = null;
        issuer.Algorithm = "none";
        await IsRefused("unsigned");
    }

    [Fact]
    public async Task A_way_back_that_this_browser_did_not_begin_or_has_gone_already_signs_nobody_in()
    {
        using var mine = new PlainBrowser(server);
        var there = await mine.Open((await mine.Open("/ops/sign-in/oidc")).Is(HttpStatusCode.Found).Location!);

        using var other = new PlainBrowser(server);
        Assert.Equal("You are not signed in", (await other.Open(there.Location!)).Is(HttpStatusCode.Forbidden).Title);
        (await mine.Open(there.Location!)).Is(HttpStatusCode.SeeOther);
        (await mine.Open(there.Location!)).Is(HttpStatusCode.Forbidden);
        (await mine.Open("/ops/sign-in/callback?code=1&state=2")).Is(HttpStatusCode.Forbidden);
        (await other.Open("/ops")).Is(HttpStatusCode.SeeOther);
    }

    [Fact]
    public async Task Ways_back_that_fit_to_nothing_are_written_down_until_they_are_too_many()
    {
        var settings = issuer.Settings();
        settings["Operators:Bootstrap:BesideOidc"] = "true";
        await using var own = await TestServer.Start(scene.Options with { Settings = settings }, Cancel);
        using var browser = new PlainBrowser(own);
        for (var attempt = 0; attempt < SignInAttempts.RefusedFromOneMax + 5; attempt++)
            (await browser.Open("/ops/sign-in/callback?code=1&state=2")).Is(HttpStatusCode.Forbidden);

        await using var command = own.Store().CreateCommand("select told from operator_action where outcome = 'refused' order by number desc");
        await using var reader = await command.ExecuteReaderAsync(Cancel);
        Assert.True(await reader.ReadAsync(Cancel));
        Assert.Contains("not written down", reader.GetString(0), StringComparison.Ordinal);
        var written = 1;
        while (await reader.ReadAsync(Cancel))
            written++;
        Assert.Equal(SignInAttempts.RefusedFromOneMax + 1, written);

        // They keep nobody out whom the issuer knows, nor who has the password: whatever page somebody has open may ask for them.
        using var bootstrap = new PlainBrowser(own);
        (await Operators.Try(bootstrap, Operators.Name, Operators.Password)).Is(HttpStatusCode.SeeOther);
        await browser.Follow("/ops/sign-in/oidc");
        (await browser.Open("/ops")).Is(HttpStatusCode.OK);

        scene.Clock.Advance(SignInAttempts.Window);
        using var later = new PlainBrowser(own);
        (await later.Open("/ops/sign-in/callback?code=1&state=2")).Is(HttpStatusCode.Forbidden);
        await using var again = own.Store().CreateCommand("select count(*) from operator_action where outcome = 'refused'");
        Assert.Equal(SignInAttempts.RefusedFromOneMax + 2L, await again.ExecuteScalarAsync(Cancel));
    }

    [Fact]
    public async Task Who_does_not_agree_at_the_issuer_is_not_signed_in()
    {
        issuer.Denies = "access_denied";
        await IsRefused("denied");
    }

    [Fact]
    public async Task The_bootstrap_operator_is_off_beside_an_issuer_unless_somebody_left_it_on()
    {
        using var browser = new PlainBrowser(server);
        var form = await browser.Open("/ops/sign-in");
        (await browser.Post("/ops/sign-in", [("name", Operators.Name), ("password", Operators.Password)])).Is(HttpStatusCode.Unauthorized);
        Assert.DoesNotContain("Password", form.Text, StringComparison.Ordinal);

        var settings = issuer.Settings();
        settings["Operators:Bootstrap:BesideOidc"] = "true";
        await using var both = await TestServer.Start(scene.OnSameDatabase(settings), Cancel);
        using var signedIn = await Operators.SignIn(both);
        (await signedIn.Open("/ops")).Is(HttpStatusCode.OK);
    }

    [Fact]
    public async Task An_issuer_that_names_itself_otherwise_or_does_not_answer_is_a_page_that_says_so()
    {
        var settings = issuer.Settings();
        settings["Operators:Oidc:Authority"] = issuer.Authority.Replace("127.0.0.1", "localhost", StringComparison.Ordinal);
        await using var other = await TestServer.Start(scene.OnSameDatabase(settings), Cancel);
        using var browser = new PlainBrowser(other);

        Assert.Equal("The sign-in cannot be reached", (await browser.Open("/ops/sign-in/oidc")).Is(HttpStatusCode.BadGateway).Title);
    }

    private async Task IsRefused(string what)
    {
        using var browser = new PlainBrowser(server);
        var page = await browser.Follow("/ops/sign-in/oidc");
        Assert.True(page is { Status: HttpStatusCode.Forbidden, Title: "You are not signed in" }, $"{what}: {page}");
        (await browser.Open("/ops")).Is(HttpStatusCode.SeeOther);
    }

    private static void Put(JsonObject token, string claims)
    {
        foreach (var (name, value) in JsonNode.Parse(claims)!.AsObject())
        {
            if (value is null)
                token.Remove(name);
            else
                token[name] = value.DeepClone();
        }
    }
}
