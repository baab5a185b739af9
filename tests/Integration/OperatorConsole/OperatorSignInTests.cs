using System.Net;
using Marketplace.Integration.SignOn;
using Marketplace.Shell.OperatorConsole.SignIn;

namespace Marketplace.Integration.OperatorConsole;

/// <summary>Who gets into the console, and for how long.</summary>
public sealed class OperatorSignInTests(ConsoleScene scene) : IClassFixture<ConsoleScene>
{
    private TestServer Server => scene.Server;

    [Theory]
    [InlineData("/ops")]
    [InlineData("/ops/audit?outcome=refused")]
    [InlineData("/ops/session")]
    public async Task Nobody_sees_a_page_without_signing_in_and_comes_back_to_it_then(string page)
    {
        using var browser = new PlainBrowser(Server);
        var sent = (await browser.Open(page)).Is(HttpStatusCode.SeeOther);
        Assert.Equal($"/ops/sign-in?to={Uri.EscapeDataString(page)}", sent.Location);

        var signIn = (await browser.Open(sent.Location!)).Is(HttpStatusCode.OK);
        Assert.Equal("Sign in", signIn.Title);
        Assert.Contains("frame-ancestors 'none'", signIn.Headers["Content-Security-Policy"], StringComparison.Ordinal);
        var entered = await browser.Submit(signIn, "/ops/sign-in", ("name", Operators.Name), ("password", Operators.Password));

        Assert.Equal(page, entered.Is(HttpStatusCode.SeeOther).Location);
        (await browser.Open(page)).Is(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("https://evil.example")]
    [InlineData("//evil.example")]
    [InlineData("/\\evil.example")]
    [InlineData("/opsy")]
    [InlineData("/dashboard/icfg_1")]
    [InlineData("/ops/sign-in")]
    public async Task A_sign_in_leads_to_pages_of_the_console_alone(string elsewhere)
    {
        using var browser = new PlainBrowser(Server);
        Assert.Equal("/ops", (await Operators.Try(browser, Operators.Name, Operators.Password, elsewhere)).Location);
    }

    [Fact]
    public async Task A_wrong_password_and_a_wrong_name_are_refused_in_the_same_words_and_audited_without_what_was_typed()
    {
        using var browser = new PlainBrowser(Server);
        var wrongPassword = (await Operators.Try(browser, Operators.Name, "wrong password one")).Is(HttpStatusCode.Unauthorized);
        var wrongName = (await Operators.Try(browser, "typed-a-secret-here", Operators.Password)).Is(HttpStatusCode.Unauthorized);

        Assert.Contains("Name or password is wrong.", wrongPassword.Text, StringComparison.Ordinal);
        Assert.Equal(wrongPassword.Text, wrongName.Text);
        (await browser.Open("/ops")).Is(HttpStatusCode.SeeOther);
        using var signedIn = await Operators.SignIn(Server);
        var audit = await signedIn.Open("/ops/audit?outcome=refused");
        Assert.Contains("The password was wrong.", audit.Text, StringComparison.Ordinal);
        Assert.Contains("somebody unknown", audit.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("typed-a-secret-here", audit.Html, StringComparison.Ordinal);
        Assert.DoesNotContain(Server.Log.Lines, line => line.Contains(Operators.Password, StringComparison.Ordinal) || line.Contains("typed-a-secret-here", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Guessing_ends_after_ten_attempts_for_a_quarter_of_an_hour_even_with_the_right_password()
    {
        await using var own = await TestServer.Start(scene.Options, TestContext.Current.CancellationToken);
        using var browser = new PlainBrowser(own);
        for (var attempt = 0; attempt < SignInAttempts.AtOneMax; attempt++)
            (await Operators.Try(browser, Operators.Name, $"wrong password {attempt}")).Is(HttpStatusCode.Unauthorized);

        (await Operators.Try(browser, Operators.Name, Operators.Password)).Is(HttpStatusCode.TooManyRequests);

        scene.Clock.Advance(SignInAttempts.Window);
        (await Operators.Try(browser, Operators.Name, Operators.Password)).Is(HttpStatusCode.SeeOther);

        // The person was who they said: what was tried until then counts no more.
        using var another = new PlainBrowser(own);
        for (var attempt = 0; attempt < SignInAttempts.AtOneMax; attempt++)
            (await Operators.Try(another, Operators.Name, $"wrong password {attempt}")).Is(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task One_address_locks_the_operator_out_nowhere_else_however_often_it_tries_and_fills_no_audit()
    {
        await using var own = await BehindProxy();
        using var browser = new PlainBrowser(own);
        for (var attempt = 0; attempt <= SignInAttempts.OfOneMax; attempt++)
            await From("192.0.2.1", browser, Operators.Name, "wrong password");

        (await From("192.0.2.1", browser, Operators.Name, Operators.Password)).Is(HttpStatusCode.TooManyRequests);
        // The same address, as a socket for both versions spells it.
        (await From("::ffff:192.0.2.1", browser, Operators.Name, Operators.Password)).Is(HttpStatusCode.TooManyRequests);
        (await From("192.0.2.2", browser, Operators.Name, Operators.Password)).Is(HttpStatusCode.SeeOther);

        // Ten wrong passwords, and one that too many have come: by name and address, and by address.
        Assert.Equal(SignInAttempts.AtOneMax + 2, await Refusals(own, "192.0.2.1"));
    }

    [Fact]
    public async Task One_address_tries_thirty_names_and_no_more_and_an_IPv6_network_is_one_address()
    {
        await using var own = await BehindProxy();
        using var browser = new PlainBrowser(own);
        for (var attempt = 0; attempt < SignInAttempts.FromOneMax; attempt++)
            (await From($"2001:db8::{attempt + 1:x}", browser, $"name-{attempt}", "wrong password")).Is(HttpStatusCode.Unauthorized);

        (await From("2001:db8::ffff", browser, Operators.Name, Operators.Password)).Is(HttpStatusCode.TooManyRequests);
        (await From("2001:db8:0:1::1", browser, Operators.Name, Operators.Password)).Is(HttpStatusCode.SeeOther);
    }

    [Fact]
    public async Task One_name_is_tried_two_hundred_times_from_everywhere()
    {
        await using var own = await BehindProxy();
        using var browser = new PlainBrowser(own);
        for (var attempt = 0; attempt < SignInAttempts.OfOneMax; attempt++)
        {
            var address = $"192.0.2.{attempt / SignInAttempts.AtOneMax}";
            (await From(address, browser, Operators.Name, "wrong password")).Is(HttpStatusCode.Unauthorized);
            // One more than an address may counts for that one alone.
            if ((attempt + 1) % SignInAttempts.AtOneMax == 0)
                (await From(address, browser, Operators.Name, "wrong password")).Is(HttpStatusCode.TooManyRequests);
        }

        (await From("198.51.100.1", browser, Operators.Name, Operators.Password)).Is(HttpStatusCode.TooManyRequests);
        scene.Clock.Advance(SignInAttempts.Window);
        (await From("198.51.100.1", browser, Operators.Name, Operators.Password)).Is(HttpStatusCode.SeeOther);
    }

    [Fact]
    public async Task A_sign_in_form_of_another_browser_or_another_site_signs_nobody_in()
    {
        using var mine = new PlainBrowser(Server);
        using var other = new PlainBrowser(Server);
        await other.Open("/ops/sign-in");
        var form = (await mine.Open("/ops/sign-in")).Form("/ops/sign-in")!;
        (string, string)[] fields = [.. form.Fields, ("name", Operators.Name), ("password", Operators.Password)];

        (await other.Post(form.Action, fields)).Is(HttpStatusCode.Forbidden);
        (await mine.Post(form.Action, fields, headers => headers.Add("Sec-Fetch-Site", "cross-site"))).Is(HttpStatusCode.Forbidden);
        (await mine.Post(form.Action, fields)).Is(HttpStatusCode.SeeOther);
    }

    [Fact]
    public async Task A_session_ends_an_hour_after_its_last_use_and_ten_hours_after_the_sign_in()
    {
        using var idle = await Operators.SignIn(Server);
        using var busy = await Operators.SignIn(Server);
        for (var uses = 1; uses < 12; uses++)
        {
            scene.Clock.Advance(TimeSpan.FromMinutes(50));
            (await busy.Open("/ops/audit")).Is(HttpStatusCode.OK);
            if (uses == 2)
                (await idle.Open("/ops/audit")).Is(HttpStatusCode.SeeOther);
        }

        scene.Clock.Advance(TimeSpan.FromMinutes(50));
        (await busy.Open("/ops/audit")).Is(HttpStatusCode.SeeOther);
    }

    [Fact]
    public async Task Signing_out_ends_this_browser_and_everywhere_all_of_the_person()
    {
        using var here = await Operators.SignIn(Server);
        using var there = await Operators.SignIn(Server);
        using var third = await Operators.SignIn(Server);

        Assert.Equal("/ops/signed-out", (await here.Submit(await here.Open("/ops/session"), "/sign-out")).Location);
        (await here.Open("/ops/session")).Is(HttpStatusCode.SeeOther);
        (await there.Open("/ops/session")).Is(HttpStatusCode.OK);

        await there.Submit(await there.Open("/ops/session"), "/sign-out-everywhere");
        (await there.Open("/ops/session")).Is(HttpStatusCode.SeeOther);
        (await third.Open("/ops/session")).Is(HttpStatusCode.SeeOther);
    }

    [Fact]
    public async Task The_cookie_is_for_no_script_and_its_secret_is_not_in_the_database()
    {
        using var browser = new PlainBrowser(Server);
        var entered = await Operators.Try(browser, Operators.Name, Operators.Password);

        var cookie = Assert.Single(entered.Headers["Set-Cookie"].Split('\n'), line => line.StartsWith("marketplace-operator=", StringComparison.Ordinal));
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=lax", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("secure", cookie, StringComparison.OrdinalIgnoreCase);
        var secret = Shell.SignOn.SessionSecret.Read(browser.Cookies.GetCookies(Server.Http.BaseAddress!)["marketplace-operator"]!.Value)!;
        await using var command = Server.Store().CreateCommand("select count(*) from operator_session where session_hash = $1");
        command.Parameters.AddWithValue(secret.Hash);
        Assert.Equal(1L, await command.ExecuteScalarAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Another_password_in_the_configuration_ends_what_began_with_this_one()
    {
        using var browser = await Operators.SignIn(Server);
        await using var changed = await TestServer.Start(
            scene.OnSameDatabase(new() { ["Operators:Bootstrap:PasswordHash"] = Passwords.Hash("another password") }), TestContext.Current.CancellationToken);
        using var there = new PlainBrowser(changed);
        there.Cookies.Add(changed.Http.BaseAddress!, browser.Cookies.GetCookies(Server.Http.BaseAddress!));

        (await there.Open("/ops/session")).Is(HttpStatusCode.SeeOther);
        (await Operators.Try(there, Operators.Name, Operators.Password)).Is(HttpStatusCode.Unauthorized);
        (await Operators.Try(there, Operators.Name, "another password")).Is(HttpStatusCode.SeeOther);
    }

    [Fact]
    public async Task Without_an_operator_the_console_says_what_to_configure_and_lets_nobody_in()
    {
        await using var none = await TestServer.Start(
            scene.OnSameDatabase(new() { ["Operators:Bootstrap:Name"] = "", ["Operators:Bootstrap:PasswordHash"] = "" }), TestContext.Current.CancellationToken);
        using var browser = new PlainBrowser(none);

        foreach (var address in new[] { "/ops", "/ops/sign-in", "/ops/audit" })
        {
            var page = (await browser.Open(address)).Is(HttpStatusCode.ServiceUnavailable);
            Assert.Contains("Operators__Bootstrap__PasswordHash", page.Text, StringComparison.Ordinal);
        }
    }

    /// <summary>A server that believes this machine whom it speaks for.</summary>
    private Task<TestServer> BehindProxy() => TestServer.Start(
        scene.Options with { Settings = new Dictionary<string, string>(StringComparer.Ordinal) { ["Proxies:Known"] = "127.0.0.1" } },
        TestContext.Current.CancellationToken);

    private static async Task<PlainPage> From(string address, PlainBrowser browser, string name, string password)
    {
        var form = (await browser.Open("/ops/sign-in")).Form("/ops/sign-in")
            ?? throw new InvalidOperationException("This browser is signed in.");
        return await browser.Post(
            form.Action, [.. form.Fields.Where(field => field.Name is not ("name" or "password")), ("name", name), ("password", password)],
            headers => headers.Add("X-Forwarded-For", address));
    }

    private static async Task<long> Refusals(TestServer server, string origin)
    {
        await using var command = server.Store().CreateCommand("select count(*) from operator_action where outcome = 'refused' and origin = $1");
        command.Parameters.AddWithValue(origin);
        return (long)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
    }
}
