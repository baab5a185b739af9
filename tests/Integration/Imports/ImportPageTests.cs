using System.Net;
using Marketplace.Integration.SignOn;
using Marketplace.Simulator.Api;
using static Marketplace.Integration.Imports.ImportPages;

namespace Marketplace.Integration.Imports;

/// <summary>How a customer of Acme Postgres brings a database along to Vercel. Contract §E.10.</summary>
[Collection(ImportAcme.Name)]
public sealed class ImportPageTests(Acme acme)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_customer_signs_in_with_the_database_s_own_login_picks_and_is_back_at_Vercel_which_has_it_already()
    {
        await using var own = await OwnDatabase.Create("orders", "invoices");
        var installation = await acme.Install();
        var begun = acme.Customer.Import(installation, "acme-postgres");
        var state = acme.Vercel.State.Imports[^1].State;
        using var browser = new PlainBrowser(acme);

        var signIn = await browser.Follow(begun.AbsoluteUri);
        Assert.Equal("Import from Acme Postgres", signIn.Is(HttpStatusCode.OK).Title);
        Assert.DoesNotContain(state, signIn.Address.AbsoluteUri, StringComparison.Ordinal);
        var list = await SignIn(browser, signIn, own);
        Assert.Contains(own.Databases[0], list.Text, StringComparison.Ordinal);
        Assert.Contains(own.Databases[1], list.Text, StringComparison.Ordinal);
        var left = await Pick(browser, list, own.Databases[1], "our-orders");

        var there = Assert.Single(acme.Vercel.State.Installations[installation].Resources).Value;
        Assert.Equal(("linked", "ready", "our-orders", "acme-postgres"), (there.Ownership, there.Status, there.Name, there.ProductId));
        Assert.Equal(
            $"{acme.Vercel.BaseUrl}import/return?installation_id={installation}&resource_id={there.Id}&state={Uri.EscapeDataString(state)}",
            left.Is(HttpStatusCode.SeeOther).Location);
        var back = await browser.Open(left.Location!);
        Assert.True(back.Status == HttpStatusCode.OK, back.Html);
        var secrets = there.Secrets.ToDictionary(secret => secret.Name, secret => secret.Value, StringComparer.Ordinal);
        Assert.Equal($"{own.Role} in {own.Databases[1]}", await OwnDatabase.Enter(secrets["DATABASE_URL"]));
        Assert.Equal((own.Role, own.Password, own.Databases[1]), (secrets["PGUSER"], secrets["PGPASSWORD"], secrets["PGDATABASE"]));

        Assert.Equal(
            [$"user:{acme.Vercel.State.Teams[acme.Vercel.State.Installations[installation].AccountId].Admin.UserId}"],
            await acme.AskAll<string>("select distinct actor from domain_event where installation_id = $1 and cause = 'import page'", installation));

        // What was typed is nowhere but where it belongs.
        Assert.Null(await acme.Ask<byte[]>("select sign_in from import_session where installation_id = $1", installation));
        foreach (var secret in new[] { own.Password, state, own.Password[^32..] })
        {
            Assert.DoesNotContain(acme.Server.Log.Lines, line => line.Contains(secret, StringComparison.Ordinal));
            Assert.DoesNotContain(secret, signIn.Html + list.Html, StringComparison.Ordinal);
            Assert.Equal(0, await acme.Ask<int>("select count(*) from domain_event where installation_id = $1 and detail::text like '%' || $2 || '%'", installation, secret));
        }

        // Another import of the same team offers what is left.
        var next = await SignIn(browser, await browser.Follow(acme.ImportFrom(installation, NewState())), own);
        Assert.Equal([own.Databases[0]], next.Forms.Where(form => form.Action.EndsWith("/pick", StringComparison.Ordinal)).Select(Reference));
    }

    [Fact]
    public async Task A_database_that_was_linked_outlives_its_resource_and_its_installation()
    {
        await using var own = await OwnDatabase.Create("orders");
        var installation = await acme.Install();
        using var browser = new PlainBrowser(acme);
        var list = await SignIn(browser, await browser.Follow(acme.ImportFrom(installation, NewState())), own);
        (await Pick(browser, list, own.Databases[0], "orders")).Is(HttpStatusCode.SeeOther);
        var url = Assert.Single(acme.Vercel.State.Installations[installation].Resources).Value.Secrets.First(secret => secret.Name == "DATABASE_URL").Value;

        await acme.Customer.Uninstall(installation, cancel: Cancel);
        await acme.Work();

        Assert.Equal($"{own.Role} in {own.Databases[0]}", await OwnDatabase.Enter(url));
        Assert.Equal("uninstalled", await acme.Ask<string>("select status from resource where installation_id = $1", installation));
    }

    [Fact]
    public async Task What_was_removed_at_Vercel_can_be_brought_there_again_as_the_same_resource()
    {
        await using var own = await OwnDatabase.Create("orders");
        var installation = await acme.Install();
        using var browser = new PlainBrowser(acme);
        var list = await SignIn(browser, await browser.Follow(acme.ImportFrom(installation, NewState())), own);
        (await Pick(browser, list, own.Databases[0], "orders")).Is(HttpStatusCode.SeeOther);
        var there = Assert.Single(acme.Vercel.State.Installations[installation].Resources).Key;
        Assert.DoesNotContain(
            (await SignIn(browser, await browser.Follow(acme.ImportFrom(installation, NewState())), own)).Forms,
            form => form.Action.EndsWith("/pick", StringComparison.Ordinal));

        acme.Customer.RemoveLinked(installation, there);
        list = await SignIn(browser, await browser.Follow(acme.ImportFrom(installation, NewState())), own);
        (await Pick(browser, list, own.Databases[0], "orders-again")).Is(HttpStatusCode.SeeOther);

        var back = acme.Vercel.State.Installations[installation].Resources[there];
        Assert.Equal(("orders-again", "ready", "linked"), (back.Name, back.Status, back.Ownership));
        Assert.Equal(1, await acme.Ask<int>("select count(*) from resource where installation_id = $1", installation));
    }

    [Fact]
    public async Task While_Vercel_does_not_answer_the_customer_waits_and_is_sent_back_once_it_has()
    {
        await using var own = await OwnDatabase.Create("orders");
        var installation = await acme.Install();
        using var browser = new PlainBrowser(acme);
        var list = await SignIn(browser, await browser.Follow(acme.ImportFrom(installation, NewState())), own);

        acme.Vercel.Disturbances.Plan(HttpMethod.Put, "", new Disturbance { LosesAnswer = true }, times: 10);
        var waiting = await Pick(browser, list, own.Databases[0], "orders");
        acme.Vercel.Disturbances.Clear();
        Assert.Equal("Waiting for Vercel", waiting.Is(HttpStatusCode.OK).Title);
        Assert.Equal("Waiting for Vercel", (await browser.Open(Page(installation))).Is(HttpStatusCode.OK).Title);
        acme.Pass(TimeSpan.FromMinutes(1));
        await acme.Work("outbox");

        var left = (await browser.Open(Page(installation))).Is(HttpStatusCode.SeeOther);
        var there = Assert.Single(acme.Vercel.State.Installations[installation].Resources).Value;
        Assert.Contains($"resource_id={there.Id}", left.Location, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_Vercel_refuses_the_customer_reads_and_may_try_again()
    {
        await using var own = await OwnDatabase.Create("orders");
        var installation = await acme.Install();
        using var browser = new PlainBrowser(acme);
        var list = await SignIn(browser, await browser.Follow(acme.ImportFrom(installation, NewState())), own);

        acme.Vercel.Disturbances.Plan(HttpMethod.Put, "", Disturbance.Fails(422));
        var refused = (await Pick(browser, list, own.Databases[0], "orders")).Is(HttpStatusCode.BadRequest);

        Assert.Contains("Vercel did not take it", refused.Text, StringComparison.Ordinal);
        (await Pick(browser, refused, own.Databases[0], "orders")).Is(HttpStatusCode.SeeOther);
        Assert.Single(acme.Vercel.State.Installations[installation].Resources);
    }

    [Fact]
    public async Task A_state_is_for_one_browser_and_for_twelve_hours()
    {
        var (installation, state) = (await acme.Install(), NewState());
        using var first = new PlainBrowser(acme);
        using var second = new PlainBrowser(acme);

        (await first.Follow(acme.ImportFrom(installation, state))).Is(HttpStatusCode.OK);
        (await second.Follow(acme.ImportFrom(installation, state))).Is(HttpStatusCode.Conflict);
        (await second.Open(Page(installation))).Is(HttpStatusCode.Gone);
        (await first.Follow(acme.ImportFrom(installation, state))).Is(HttpStatusCode.OK);

        acme.Pass(TimeSpan.FromHours(12));
        (await first.Follow(Page(installation))).Is(HttpStatusCode.Gone);
        await acme.Work("import-sweep");
        Assert.Equal(0, await acme.Ask<int>("select count(*) from import_session where installation_id = $1", installation));
    }

    [Theory]
    [InlineData("https://evil.example/import")]
    [InlineData("//evil.example/import")]
    [InlineData("{vercel}.evil.example/")]
    [InlineData("{vercel}@evil.example/")]
    [InlineData("{vercel}\\@evil.example/")]
    [InlineData("javascript:alert(1)")]
    [InlineData("/import")]
    public async Task Whoever_would_send_the_customer_elsewhere_begins_nothing(string back)
    {
        var installation = await acme.Install();
        using var browser = new PlainBrowser(acme);
        var vercel = acme.Vercel.BaseUrl.ToString().TrimEnd('/');

        var address = acme.ImportFrom(installation, NewState(), back.Replace("{vercel}", vercel, StringComparison.Ordinal));

        (await browser.Open(address)).Is(HttpStatusCode.BadRequest);
        // Nor by the address behind the sign-on.
        await browser.SignOn(installation);
        (await browser.Open($"/dashboard/{installation}{address}")).Is(HttpStatusCode.BadRequest);

        Assert.Equal(0, await acme.Ask<int>("select count(*) from import_session where installation_id = $1", installation));
    }

    [Fact]
    public async Task What_is_not_complete_or_of_nobody_begins_nothing()
    {
        var installation = await acme.Install();
        using var browser = new PlainBrowser(acme);
        (await browser.Open($"/import?installation_id={installation}&state=x")).Is(HttpStatusCode.BadRequest);
        (await browser.Open($"/import?installation_id={installation}&return={Uri.EscapeDataString(acme.Vercel.BaseUrl.AbsoluteUri)}")).Is(HttpStatusCode.BadRequest);
        (await browser.Open(acme.ImportFrom("icfg_unknown", NewState()))).Is(HttpStatusCode.NotFound);
        (await browser.Open(acme.ImportFrom(installation, NewState()) + "&product_id=acme-tools")).Is(HttpStatusCode.NotFound);
        await acme.Customer.Uninstall(installation, cancel: Cancel);
        (await browser.Open(acme.ImportFrom(installation, NewState()))).Is(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_form_from_elsewhere_does_nothing()
    {
        await using var own = await OwnDatabase.Create("orders");
        var installation = await acme.Install();
        using var browser = new PlainBrowser(acme);
        var list = await SignIn(browser, await browser.Follow(acme.ImportFrom(installation, NewState())), own);

        (await browser.Post($"{Page(installation)}/pick", [("reference", own.Databases[0]), ("name", "orders")])).Is(HttpStatusCode.Forbidden);
        (await browser.Submit(list, "/pick", ("form-token", "guessed"), ("name", "orders"))).Is(HttpStatusCode.Forbidden);

        Assert.Empty(acme.Vercel.State.Installations[installation].Resources);
    }

    [Fact]
    public async Task Nobody_links_what_belongs_to_somebody_else_or_to_us()
    {
        await using var own = await OwnDatabase.Create("orders");
        await using var other = await OwnDatabase.Create("secret");
        var installation = await acme.Install();
        var made = await acme.Provision(installation, "made-here", "free", "acme-postgres", new() { ["region"] = "iad1" });
        using var browser = new PlainBrowser(acme);
        var list = await SignIn(browser, await browser.Follow(acme.ImportFrom(installation, NewState())), own);

        Assert.Single(list.Forms, form => form.Action.EndsWith("/pick", StringComparison.Ordinal));
        foreach (var database in new[] { other.Databases[0], made.Secret("PGDATABASE"), "postgres", "template1" })
            (await Pick(browser, list, database, "mine")).Is(HttpStatusCode.BadRequest);

        // A login of a database that we made owns nothing.
        var ours = await browser.Follow(acme.ImportFrom(installation, NewState()));
        var none = await SignIn(browser, ours, made.Secret("PGDATABASE"), made.Secret("PGUSER"), made.Secret("PGPASSWORD"));
        Assert.DoesNotContain(none.Is(HttpStatusCode.OK).Forms, form => form.Action.EndsWith("/pick", StringComparison.Ordinal));
        Assert.Single(acme.Vercel.State.Installations[installation].Resources);
    }

    [Fact]
    public async Task A_wrong_sign_in_says_nothing_of_what_was_wrong_and_ends_after_five()
    {
        await using var own = await OwnDatabase.Create("orders");
        var installation = await acme.Install();
        using var browser = new PlainBrowser(acme);
        var page = await browser.Follow(acme.ImportFrom(installation, NewState()));

        var said = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (database, role, password) in new[]
        {
            (own.Databases[0], own.Role, "wrong"), (own.Databases[0], "nobody", own.Password), ("nothing", own.Role, own.Password),
            (own.Databases[0], own.Role, own.Password + "x"), ("", own.Role, own.Password), (own.Databases[0], new string('x', 64), "x"),
        })
        {
            page = (await SignIn(browser, page, database, role, password)).Is(HttpStatusCode.BadRequest);
            if (database.Length > 0)
                said.Add(page.Text.Replace(role, "", StringComparison.Ordinal).Replace(database, "", StringComparison.Ordinal));
        }

        Assert.Single(said);
        // Right, and too late: begin anew at Vercel.
        (await SignIn(browser, page, own)).Is(HttpStatusCode.TooManyRequests);
        (await browser.Open(Page(installation))).Is(HttpStatusCode.TooManyRequests);
    }

    private static string Reference(PlainForm form) => form.Fields.First(field => field.Name == "reference").Value;
}
