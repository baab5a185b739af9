using System.Net;
using System.Text.RegularExpressions;
using Marketplace.Integration.SignOn;
using Microsoft.AspNetCore.Builder;

namespace Marketplace.Integration.Dashboard;

/// <summary>Pages for which a test needs a server of its own.</summary>
public sealed class OwnDashboardTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_key_that_was_told_once_is_not_kept_and_one_that_is_made_here_reaches_Vercel()
    {
        await using var acme = await Acme.Open(new AcmeOptions { Catalogue = "../../catalog.json" });
        var installation = await acme.Install();
        var bought = await acme.Provision(installation, "calls", "payg", "acme-keys");
        using var browser = new PlainBrowser(acme);
        var page = await browser.SignOn(installation, null, ("resource_id", bought.Id));

        Assert.Contains("told to Vercel once", page.Text, StringComparison.Ordinal);
        Assert.Null(page.Form("/reveal"));
        var rotated = await browser.Submit(page, "/rotate", ("delay-hours", "2"));
        Assert.EndsWith("?told=rotated#secrets", rotated.Location, StringComparison.Ordinal);
        await browser.Submit(page, "/rotate", ("delay-hours", "2"));
        await acme.Work();

        var fresh = acme.Vercel.State.Installations[installation].Find(bought.Id)!.Secrets.Single().Value;
        Assert.NotEqual(bought.Secret("ACME_API_KEY"), fresh);
        Assert.Contains(fresh, (await browser.Submit(await browser.Open(page.Address.AbsolutePath), "/reveal")).Html, StringComparison.Ordinal);
        Assert.Equal(1, await acme.Ask<long>("select count(*) from domain_event where installation_id = $1 and kind = 'secrets.Rotated' and actor like 'user:%'", installation));
        Assert.Equal(2, await acme.Ask<long>("select count(*) from api_key where installation_id = $1", installation));
    }

    [Fact]
    public async Task An_invoice_that_could_not_be_charged_says_so_and_by_Vercels_name_too()
    {
        await using var acme = await Acme.Open(new AcmeOptions { Start = new DateTimeOffset(2027, 1, 31, 22, 0, 0, TimeSpan.Zero) });
        acme.Workshop.Count("unpaid", 0);
        var installation = await acme.Install();
        await acme.Provision(installation, "unpaid");
        acme.CardFails(installation);
        acme.Workshop.Count("unpaid", 3000);
        await acme.Live(new DateTimeOffset(2027, 2, 1, 4, 0, 0, TimeSpan.Zero));
        using var browser = new PlainBrowser(acme);
        var id = acme.Vercel.State.Installations[installation].Invoices.Single().Id;

        var page = await browser.SignOn(installation, null, ("invoice_id", id));

        Assert.Equal("Monthly invoice", page.Is(HttpStatusCode.OK).Title);
        Assert.Contains("Payment failed", page.Text, StringComparison.Ordinal);
        Assert.Matches("3,000 jobs \\$0\\.001 \\$3\\.00", page.Text);
        Assert.Contains(id, page.Text, StringComparison.Ordinal);
        var list = await browser.Open($"/dashboard/{installation}/invoices");
        Assert.Equal(page.Text, (await browser.Open(list.Link("Monthly invoice")!)).Text);
        Assert.Contains("notice", (await browser.Open($"/dashboard/{installation}")).Html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_uninstalls_may_look_at_the_last_invoice_until_it_is_over()
    {
        await using var acme = await Acme.Open(new AcmeOptions());
        var installation = await acme.Install();
        var resource = await acme.Provision(installation, "going");
        acme.Pass(TimeSpan.FromDays(3));
        await acme.Work();
        await acme.Customer.Uninstall(installation, Cancel);
        using var browser = new PlainBrowser(acme);

        var home = await browser.SignOn(installation);
        Assert.Contains("is being uninstalled", home.Is(HttpStatusCode.OK).Text, StringComparison.Ordinal);
        (await browser.Open($"/dashboard/{installation}/resources/{resource.Id}")).Is(HttpStatusCode.NotFound);
        (await browser.Open($"/dashboard/{installation}/usage")).Is(HttpStatusCode.OK);
        await acme.Work();
        Assert.Contains("Final invoice", (await browser.Open($"/dashboard/{installation}/invoices")).Is(HttpStatusCode.OK).Text, StringComparison.Ordinal);

        // Nobody waits for anything any more.
        await acme.Execute(
            "update installation set stage = 'finalized', finalized_at = $2, access_token = null, token_type = null where installation_id = $1", installation, acme.Now);
        (await browser.Open($"/dashboard/{installation}/invoices")).Is(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task What_was_paid_ahead_is_shown_as_what_is_left_of_it()
    {
        await using var acme = await Acme.Open(new AcmeOptions { Catalogue = "../../catalog.json" });
        var installation = await acme.Install();
        var bought = await acme.Provision(installation, "calls", "credits", "acme-keys");
        using var browser = new PlainBrowser(acme);
        Assert.Contains("$0.00 credit left", (await browser.SignOn(installation)).Text, StringComparison.Ordinal);

        var (_, exchange) = await acme.Customer.Purchase(installation, bought.Id, 25.50m, Cancel);
        Assert.True(exchange is { IsSuccess: true }, exchange?.ToString());
        await acme.WorkOff();

        Assert.Contains("$25.50 credit left", (await browser.Open($"/dashboard/{installation}")).Text, StringComparison.Ordinal);
        var page = await browser.Open($"/dashboard/{installation}/resources/{bought.Id}");
        Assert.Contains("$25.50 credit left", page.Text, StringComparison.Ordinal);
        Assert.Contains($"/dashboard/{installation}/resources/{bought.Id}/balance", page.Html, StringComparison.Ordinal);
        var balance = await browser.Open($"/dashboard/{installation}/resources/{bought.Id}/balance");
        Assert.Matches("Balance of calls \\$25\\.50 credit left", balance.Text);
        Assert.Matches("Bought on Vercel \\+\\$25\\.50 \\$25\\.50", balance.Text);
        Assert.Contains("Buy more on Vercel", balance.Text, StringComparison.Ordinal);
        (await browser.Open($"/dashboard/{installation}/balance")).Is(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Usage_is_drawn_day_by_day_with_the_same_numbers_as_a_table()
    {
        await using var acme = await Acme.Open(new AcmeOptions { Start = new DateTimeOffset(2027, 1, 14, 9, 0, 0, TimeSpan.Zero) });
        var installation = await acme.Install();
        await acme.Provision(installation, "checkout");
        acme.Workshop.Count("checkout", 0);
        await acme.Work("usage");
        acme.Pass(TimeSpan.FromHours(1));
        acme.Workshop.Count("checkout", 700);
        await acme.Work("usage");
        acme.Pass(TimeSpan.FromHours(24));
        acme.Workshop.Count("checkout", 1_000);
        await acme.Work("usage");
        using var browser = new PlainBrowser(acme);
        await browser.SignOn(installation);

        var usage = await browser.Open($"/dashboard/{installation}/usage");

        Assert.Contains("<svg class=\"drawing\"", usage.Html, StringComparison.Ordinal);
        Assert.Matches("Jobs on each day .*14 Jan 700 15 Jan 300", usage.Text);
    }

    [Fact]
    public async Task However_much_there_is_a_page_asks_the_database_three_times_at_most()
    {
        await using var acme = await Acme.Open(new AcmeOptions { HasCuttableLine = true });
        var installation = await acme.Install();
        var first = await acme.Provision(installation, "tool-0");
        for (var more = 1; more < 5; more++)
            await acme.Provision(installation, $"tool-{more}");
        using var browser = new PlainBrowser(acme);
        await browser.SignOn(installation);

        foreach (var path in new[] { "", "/usage", $"/resources/{first.Id}", $"/resources/{first.Id}/plans", "/invoices", "/support", "/session" })
        {
            await browser.Open($"/dashboard/{installation}{path}");
            var before = acme.Line.RoundTrips;
            (await browser.Open($"/dashboard/{installation}{path}")).Is(HttpStatusCode.OK);
            Assert.True(acme.Line.RoundTrips - before <= 3, $"{path}: {acme.Line.RoundTrips - before} round trips");
        }
    }

    [Fact]
    public async Task A_provider_puts_its_name_its_logo_its_styles_and_its_help_on_the_pages()
    {
        var folder = Directory.CreateTempSubdirectory("marketplace-brand-");
        try
        {
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, "logo.svg"), "<svg xmlns=\"http://www.w3.org/2000/svg\"/>", Cancel);
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, "own.css"), ":root { --accent: rebeccapurple; }", Cancel);
            await using var acme = await Acme.Open(new AcmeOptions
            {
                Settings = new Dictionary<string, string>(StringComparer.Ordinal)
                {
                    ["Dashboard:Name"] = "Blue & Whale",
                    ["Dashboard:Logo"] = Path.Combine(folder.FullName, "logo.svg"),
                    ["Dashboard:Stylesheet"] = Path.Combine(folder.FullName, "own.css"),
                    ["Dashboard:SupportUrl"] = "https://help.blue-whale.example/new",
                },
            });
            using var browser = new PlainBrowser(acme);
            var page = await browser.SignOn(await acme.Install(), null, ("support", "true"));
            var sheets = Regex.Matches(page.Html, "(?<=rel=\"stylesheet\" href=\")[^\"]+", RegexOptions.None, TimeSpan.FromSeconds(1)).Select(match => match.Value).ToList();
            var logo = Regex.Match(page.Html, "(?<=<img src=\")[^\"]+", RegexOptions.None, TimeSpan.FromSeconds(1)).Value;

            Assert.Contains("Get help with Blue & Whale", page.Text, StringComparison.Ordinal);
            Assert.Equal("https://help.blue-whale.example/new", page.Link("Contact Blue & Whale"));
            Assert.Contains("rebeccapurple", (await browser.Open(sheets[^1])).Is(HttpStatusCode.OK).Html, StringComparison.Ordinal);
            Assert.Equal("image/svg+xml", (await browser.Open(logo)).Is(HttpStatusCode.OK).Headers["Content-Type"]);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task A_fault_of_ours_is_a_page_with_a_reference_and_the_log_has_the_rest()
    {
        await using var server = await TestServer.Start(
            new TestServerOptions { Routes = app => app.MapGet("/dashboard/broken", string () => throw new InvalidOperationException("of-the-test")) }, Cancel);

        using var answer = await server.Http.GetAsync("/dashboard/broken", Cancel);
        var html = await answer.Content.ReadAsStringAsync(Cancel);

        Assert.Equal((HttpStatusCode.InternalServerError, "text/html"), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
        Assert.DoesNotContain("of-the-test", html, StringComparison.Ordinal);
        var reference = Regex.Match(html, "(?<=mention )[^.<]+(?=\\.)", RegexOptions.None, TimeSpan.FromSeconds(1)).Value;
        Assert.Contains(server.Log.Lines, line => line.Contains($"answered as {reference}", StringComparison.Ordinal) && line.Contains("of-the-test", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_origin_of_ours_that_is_allowed_is_where_a_sign_on_may_lead()
    {
        await using var acme = await Acme.Open(new AcmeOptions
        {
            Settings = new Dictionary<string, string>(StringComparer.Ordinal) { ["SignOn:AllowedOrigins"] = "https://app.acme.example, https://docs.acme.example:8443" },
        });
        var installation = await acme.Install();
        using var browser = new PlainBrowser(acme);

        Assert.Equal("https://app.acme.example/x?y", (await browser.ComeFromVercel(installation, null, ("url", "https://app.acme.example/x?y"))).Location);
        Assert.Equal("https://docs.acme.example:8443/", (await browser.ComeFromVercel(installation, null, ("url", "sso:https://docs.acme.example:8443/"))).Location);
        Assert.Equal(
            $"/dashboard/{installation}/usage",
            (await browser.ComeFromVercel(installation, null, ("url", "https://docs.acme.example/"), ("path", "usage"))).Location);
    }
}
