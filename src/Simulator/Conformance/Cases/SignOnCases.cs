using System.Collections.Immutable;
using Marketplace.Simulator.Api;
using Marketplace.Simulator.Dashboard;
using Marketplace.Simulator.Installations;
using Marketplace.Simulator.SignOn;

namespace Marketplace.Simulator.Conformance.Cases;

/// <summary>People come by single sign-on, and nobody else does. Source: contract §D.10, §E.8, §E.9.</summary>
internal static class SignOnCases
{
    private const string ExchangePath = SignOnOperations.ExchangePath;

    private static readonly Source Flow = Source.Flow("Vercel-initiated SSO");

    private static readonly Source Exchange = Source.Vercel("SSO Token Exchange");

    public static readonly ImmutableArray<ConformanceCase> All =
    [
        Case("admin", "Somebody who is ADMIN comes from Vercel to a page of the provider.", Source.ApprovalChecklist, Level.Required, trial => Arrives(trial, "ADMIN")),
        Case("user", "Somebody who is USER comes from Vercel to a page of the provider.", Source.ApprovalChecklist, Level.Required, trial => Arrives(trial, "USER")),
        Case("exchange", "The code is exchanged, with client id, client secret and grant_type.", Exchange, Level.Required, Exchanged),
        Case("exchange/once", "The code is exchanged once.", Exchange, Level.Recommended, ExchangedOnce),
        Case("exchange/state", "The state that came with the code goes along with the exchange.", Flow, Level.Recommended, ExchangedWithState),
        Case("session", "Whoever has signed on opens the next page without a new exchange.", Flow, Level.Recommended, SessionLasts),
        Case("two-people", "Two people sign on at the same time, each with a code of his own.", Flow, Level.Required, TwoPeople),
        Case("two-installations", "People of two installations sign on at the same time, and each sees what is his.", Flow, Level.Required, TwoInstallations),
        .. SignOnDestinationCases.All,
        Case("code/unknown", "A code that Vercel does not know signs nobody on.", Flow, Level.Required, trial => Nobody(trial, address => With(address, "code", "ssoc_conformance"))),
        Case("code/missing", "Without a code nobody is signed on.", Flow, Level.Required, trial => Nobody(trial, address => Without(address, "code"))),
        Case("code/empty", "An empty code signs nobody on.", Flow, Level.Required, trial => Nobody(trial, address => With(address, "code", ""))),
        Case("code/long", "A code that is no code signs nobody on.", Flow, Level.Required, trial => Nobody(trial, address => With(address, "code", new string('c', 3_000)))),
        Case("code/used", "A code that was used already signs nobody else on.", Flow, Level.Required, UsedCode),
        Case("code/expired", "A code that has expired signs nobody on.", Flow, Level.Required, ExpiredCode) with { Needs = Need.RedirectLogin | Need.VirtualTime },
        Case("code/other-installation", "A code of another installation opens nothing of this one.", Flow, Level.Required, CodeOfAnother),
        Case("code/no-fault", "A code that is wrong is no fault of the server.", Flow, Level.Recommended, WrongCodeIsNoFault),
        Case("state/wrong", "With another state than the one that belongs to the code nobody is signed on.", Flow, Level.Recommended,
            trial => Nobody(trial, address => With(address, "state", "st_conformance"))),
        .. ForgedIdToken.All.Keys.Select(wrong => Case(
            $"id-token/{wrong}", $"An id_token is verified like every token of Vercel: {Fault(wrong)} signs nobody on.", Exchange,
            wrong is "no-expiry" or "no-installation" or "no-person" ? Level.Recommended : Level.Required, trial => Forged(trial, wrong))),
        .. from status in (int[])[400, 403, 429, 500, 503]
            select Case($"exchange/fails-with-{status}", $"An exchange that fails with {status} signs nobody on, and leads nobody in circles.", Flow, Level.Required,
                trial => FailingExchange(trial, Disturbance.Fails(status))),
        Case("exchange/hangs", "An exchange that is not answered signs nobody on, and the browser is told within 45 seconds.", Flow, Level.Recommended,
            trial => FailingExchange(trial, new Disturbance { Silence = TimeSpan.FromMinutes(5), LosesAnswer = true })) with { TimeLimit = TimeSpan.FromSeconds(120) },
        Case("removed-member", "Whoever leaves the team is signed out when the webhook says so.", Source.Webhooks, Level.Recommended, RemovedMember)
            with { Needs = Need.RedirectLogin | Need.Webhook },
        Case("from-provider", "From the provider's own page the way leads to Vercel and back, to a page of the provider.", Source.Flow("Provider-initiated SSO"), Level.Recommended,
            FromProvider),
        Case("from-provider/other-browser", "A sign-on that one browser began is not ended by another.", Source.Flow("Provider-initiated SSO"), Level.Recommended, OtherBrowser),
    ];

    internal static ConformanceCase Case(string name, string rule, Source source, Level level, Func<Trial, Task> play) =>
        new($"sign-on/{name}", rule, source, level, play) { Needs = Need.RedirectLogin };

    /// <summary>Where an admin who asks for the shared resource arrives: the page that nobody else may see.</summary>
    internal static Task<(Tenant Tenant, Visit Visit)> Landing(Trial trial) => trial.Scene("landing", async stage =>
    {
        var tenant = await stage.SharedTenant();
        using var browser = new Visitor(stage);
        var visit = await browser.Open(stage.Customer.SignOn(tenant.InstallationId, "ADMIN", ("resource_id", tenant.ResourceId)));
        stage.Expect(visit.IsPage, "a page with 2xx", $"{visit}");
        return (tenant, visit);
    });

    private static async Task Arrives(Trial trial, string who)
    {
        var tenant = await trial.SharedTenant();
        using var browser = new Visitor(trial);
        var visit = await browser.Open(trial.Customer.SignOn(tenant.InstallationId, who));
        trial.Expect(visit.IsPage, "a page with 2xx", $"{visit}");
    }

    private static async Task<ImmutableList<ApiCall>> Exchanges(Trial trial)
    {
        var mark = trial.Vercel.Log.Mark();
        await Arrives(trial, "ADMIN");
        return ExchangesSince(trial, mark);
    }

    private static ImmutableList<ApiCall> ExchangesSince(Trial trial, (long, long) mark) =>
        trial.Vercel.Log.Since(mark).Calls.FindAll(call => call.Operation == ExchangePath);

    private static async Task Exchanged(Trial trial)
    {
        var exchanges = await Exchanges(trial);
        var accepted = exchanges.Find(call => call.Status == 200)
            ?? throw trial.Breach("the code is exchanged", $"{exchanges.Count} exchanges: {string.Join(", ", exchanges.Select(call => call.Status))}");
        trial.Expect(
            accepted.Body.OptionalText("grant_type") == "authorization_code" && accepted.Body.OptionalText("client_id") == trial.Tokens.Audience,
            "client_id and grant_type authorization_code", "an exchange without them");
    }

    private static async Task ExchangedOnce(Trial trial)
    {
        var exchanges = await Exchanges(trial);
        trial.Expect(exchanges.Count == 1, "one exchange", $"{exchanges.Count}");
    }

    private static async Task ExchangedWithState(Trial trial)
    {
        var exchanges = await Exchanges(trial);
        trial.Expect(exchanges.Exists(call => call.Body.OptionalText("state") is { Length: > 0 }), "the exchange has the state", "it has none");
    }

    private static async Task SessionLasts(Trial trial)
    {
        var tenant = await trial.SharedTenant();
        using var browser = new Visitor(trial);
        var visit = await browser.Open(trial.Customer.SignOn(tenant.InstallationId, "ADMIN", ("resource_id", tenant.ResourceId)));
        var mark = trial.Vercel.Log.Mark();
        var again = await browser.Open(visit.End);
        trial.Expect(again.IsPage && again.End.AbsolutePath == visit.End.AbsolutePath, $"the page {visit.End.AbsolutePath} again", $"{again}");
        trial.Expect(ExchangesSince(trial, mark).IsEmpty, "no new exchange", "one more");
    }

    private static async Task TwoPeople(Trial trial)
    {
        var tenant = await trial.SharedTenant();
        using var first = new Visitor(trial);
        using var second = new Visitor(trial);
        var mark = trial.Vercel.Log.Mark();
        var visits = await Task.WhenAll(
            first.Open(trial.Customer.SignOn(tenant.InstallationId, "ADMIN")), second.Open(trial.Customer.SignOn(tenant.InstallationId, "USER")));
        trial.Expect(visits.All(visit => visit.IsPage), "two pages with 2xx", string.Join("; ", visits.Select(visit => visit.ToString())));
        var accepted = ExchangesSince(trial, mark).Count(call => call.Status == 200);
        trial.Expect(accepted == 2, "two codes exchanged", $"{accepted}");
    }

    private static async Task TwoInstallations(Trial trial)
    {
        var (tenant, stranger) = (await trial.SharedTenant(), await trial.SharedStranger());
        using var first = new Visitor(trial);
        using var second = new Visitor(trial);
        var visits = await Task.WhenAll(
            first.Open(trial.Customer.SignOn(tenant.InstallationId, "ADMIN", ("resource_id", tenant.ResourceId))),
            second.Open(trial.Customer.SignOn(stranger.InstallationId, "ADMIN", ("resource_id", stranger.ResourceId))));
        trial.Expect(visits.All(visit => visit.IsPage), "two pages with 2xx", string.Join("; ", visits.Select(visit => visit.ToString())));
        trial.Expect(!visits[0].Shows(stranger.ResourceId), "nothing of the other installation", $"{stranger.ResourceId} on the page of {tenant.ResourceId}");
        trial.Expect(!visits[1].Shows(tenant.ResourceId), "nothing of the other installation", $"{tenant.ResourceId} on the page of {stranger.ResourceId}");
    }

    /// <summary>A browser comes with an address that was bent on its way.</summary>
    private static async Task Nobody(Trial trial, Func<Uri, Uri> bend)
    {
        var (tenant, _) = await Landing(trial);
        using var browser = new Visitor(trial);
        var mark = trial.Vercel.Log.Mark();
        var visit = await browser.Open(bend(trial.Customer.SignOn(tenant.InstallationId, "ADMIN", ("resource_id", tenant.ResourceId))));
        trial.Expect(!ExchangesSince(trial, mark).Exists(call => call.Status == 200), "no exchange that succeeds", "one that did");
        await ExpectNobody(trial, browser, visit);
    }

    /// <summary>Whoever sits before this browser is not where somebody who has signed on would be, and gets no further.</summary>
    private static async Task ExpectNobody(Trial trial, Visitor browser, Visit visit)
    {
        var (tenant, landing) = await Landing(trial);
        trial.Expect(!IsInside(visit), "an error, or a page without anything of the customer", $"{visit}");
        await ExpectClosed(trial, browser);

        bool IsInside(Visit seen) =>
            seen.IsPage && (seen.End.AbsolutePath == landing.End.AbsolutePath || (Names(landing.End, tenant.ResourceId) && Names(seen.End, tenant.ResourceId)));

        static bool Names(Uri address, string id) => address.AbsolutePath.Contains(Uri.EscapeDataString(id), StringComparison.Ordinal);
    }

    /// <summary>The page of the shared resource. One that looks alike for everybody, and loads what it shows later, tells nothing.</summary>
    private static async Task ExpectClosed(Trial trial, Visitor browser)
    {
        var (tenant, landing) = await Landing(trial);
        var visit = await browser.Open(landing.End);
        trial.Expect(
            !(landing.Shows(tenant.ResourceId) && visit.Shows(tenant.ResourceId) && visit.End.AbsolutePath == landing.End.AbsolutePath),
            $"no session: {landing.End.AbsolutePath} stays closed", $"{visit}");
    }

    private static async Task UsedCode(Trial trial)
    {
        var (tenant, _) = await Landing(trial);
        var address = trial.Customer.SignOn(tenant.InstallationId, "ADMIN", ("resource_id", tenant.ResourceId));
        using var first = new Visitor(trial);
        await first.Open(address);
        using var second = new Visitor(trial);
        await ExpectNobody(trial, second, await second.Open(address));
    }

    private static async Task ExpiredCode(Trial trial)
    {
        var (tenant, _) = await Landing(trial);
        var address = trial.Customer.SignOn(tenant.InstallationId, "ADMIN", ("resource_id", tenant.ResourceId));
        await trial.Advance(SignOnCode.Lifetime + TimeSpan.FromSeconds(1));
        using var browser = new Visitor(trial);
        await ExpectNobody(trial, browser, await browser.Open(address));
    }

    private static async Task CodeOfAnother(Trial trial)
    {
        var stranger = await trial.SharedStranger();
        var (tenant, _) = await Landing(trial);
        using var browser = new Visitor(trial);
        // Whatever page says that there is nothing of that name here.
        await browser.Open(trial.Customer.SignOn(stranger.InstallationId, "ADMIN", ("resource_id", tenant.ResourceId)));
        await ExpectClosed(trial, browser);
    }

    private static async Task WrongCodeIsNoFault(Trial trial)
    {
        var tenant = await trial.SharedTenant();
        using var browser = new Visitor(trial);
        var visit = await browser.Open(With(trial.Customer.SignOn(tenant.InstallationId, "ADMIN"), "code", "ssoc_conformance"));
        trial.Expect(visit.Status < 500, "no 5xx", $"{visit}");
    }

    private static Task Forged(Trial trial, string wrong) => FailingExchange(trial, new Disturbance { IdToken = ForgedIdToken.All[wrong] });

    private static async Task FailingExchange(Trial trial, Disturbance disturbance)
    {
        var (tenant, _) = await Landing(trial);
        trial.Vercel.Disturbances.Add(new DisturbanceRule { Disturbance = disturbance, Method = HttpMethod.Post, PathEnd = ExchangePath });
        using var browser = new Visitor(trial);
        await ExpectNobody(trial, browser, await browser.Open(trial.Customer.SignOn(tenant.InstallationId, "ADMIN", ("resource_id", tenant.ResourceId))));
    }

    private static async Task RemovedMember(Trial trial)
    {
        var tenant = await trial.NewTenant();
        var viewer = trial.TeamOf(tenant.InstallationId).Viewer;
        using var browser = new Visitor(trial);
        var visit = await browser.Open(trial.Customer.SignOn(tenant.InstallationId, viewer.UserId, ("resource_id", tenant.ResourceId)));
        if (!visit.Shows(tenant.ResourceId))
        {
            throw trial.NotObserved("The page does not show the resource's id, so that it cannot be told from others.");
        }

        trial.Customer.RemoveMember(tenant.AccountId, viewer.UserId);
        await trial.Settle();
        await trial.Eventually(
            "the page is closed", () => browser.Open(visit.End), seen => !(seen.End.AbsolutePath == visit.End.AbsolutePath && seen.Shows(tenant.ResourceId)));
    }

    private static async Task FromProvider(Trial trial)
    {
        var tenant = await trial.SharedTenant();
        using var browser = new Visitor(trial);
        var visit = await browser.Open(Start(trial, tenant));
        trial.Expect(visit.Way.Exists(address => IsVercel(trial, address)), "the way leads by Vercel", $"{visit}");
        trial.Expect(visit.IsPage, "a page with 2xx", $"{visit}");
    }

    private static async Task OtherBrowser(Trial trial)
    {
        var (tenant, _) = await Landing(trial);
        using var first = new Visitor(trial);
        var begun = await first.Open(Start(trial, tenant), until: address => IsVercel(trial, address));
        using var second = new Visitor(trial);
        await ExpectNobody(trial, second, await second.Open(begun.End));
    }

    private static bool IsVercel(Trial trial, Uri address) => address.Authority == trial.Vercel.BaseUrl.Authority;

    private static Uri Start(Trial trial, Tenant tenant) => new((trial.Options.SignOnStart
        ?? throw trial.NotObserved("Nothing says where a person begins at the provider: give signOnStart in the settings."))
        .Replace("{{installationId}}", Uri.EscapeDataString(tenant.InstallationId), StringComparison.Ordinal));

    private static string Fault(string wrong) => wrong switch
    {
        "audience" => "one for another integration",
        "no-audience" => "one for nobody",
        "issuer" => "one of another issuer",
        "expired" => "one that has expired",
        "no-expiry" => "one that never expires",
        "unsigned" => "one without a signature",
        "key" => "one that another key has signed",
        "no-installation" => "one of no installation",
        "no-person" => "one of nobody",
        _ => throw new ArgumentOutOfRangeException(nameof(wrong), wrong, "There is no such fault."),
    };

    private static Uri With(Uri address, string name, string value) => BrowserAddresses.With(Without(address, name), [(name, value)]);

    private static Uri Without(Uri address, string name) => new UriBuilder(address)
    {
        Query = string.Join('&', address.Query.TrimStart('?').Split('&').Where(part => !part.StartsWith($"{name}=", StringComparison.Ordinal))),
    }.Uri;
}
