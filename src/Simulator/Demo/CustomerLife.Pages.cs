using Marketplace.Simulator.Dashboard;

namespace Marketplace.Simulator.Demo;

/// <summary>People open the provider's pages, from Vercel and from the provider's own site.</summary>
internal sealed partial class CustomerLife
{
    private async Task OpenThePages(CancellationToken cancel)
    {
        transcript.Step("Its people open the database in the provider's dashboard, without a password");
        using var admins = new Browser();
        using var viewers = new Browser();
        var viewer = vercel.State.Teams[accountId].Viewer;

        var fromVercel = await Arrive(admins, new Uri(vercel.BaseUrl, $"/customer/installations/{installationId}/sso?resource_id={resourceId}"), cancel);
        transcript.Check("the way from Vercel ends at the database", fromVercel[^1].Contains(resourceId, StringComparison.Ordinal), resourceId, fromVercel[^1]);
        var fromProvider = await Arrive(viewers, AtProvider($"sso/{installationId}?resource_id={resourceId}"), cancel, viewer.UserId);
        transcript.Check("the way by the provider and Vercel ends there as well", fromVercel[^1], fromProvider[^1]);

        Dashboard.RemoveMember(accountId, viewer.UserId);
        await vercel.Settle(cancel);
        CheckWebhooks("marketplace.member.changed", 1);
        var open = AtProvider(fromProvider[^1].TrimStart('/'));
        await Eventually(
            "whoever leaves the team is signed out by the webhook",
            async () => IsThePage((await viewers.Open(open, cancel)).Page), isSignedOn => !isSignedOn, cancel);
        transcript.Check("the others stay signed on", IsThePage((await admins.Open(open, cancel)).Page), "the page of the database", "another page");
    }

    /// <param name="who">Sits before the browser from now on.</param>
    private async Task<IReadOnlyList<string>> Arrive(Browser browser, Uri address, CancellationToken cancel, string? who = null)
    {
        Dashboard.SignIn(accountId, who ?? "ADMIN");
        var (way, status, page) = await browser.Open(address, cancel);
        transcript.Fact("browser", string.Join(" > ", way.Select(path => string.Join('/', path.Split('/').Select(Transcript.Cut)))));
        transcript.Check(
            "the page shows the database", status == 200 && IsThePage(page), "200 and its name", $"{status}, {(IsThePage(page) ? "its name" : "no name")}");
        TellCallsBack();
        return way;
    }

    private bool IsThePage(string page) => page.Contains(Resource.Name, StringComparison.Ordinal);

    private Uri AtProvider(string path) => new($"{vercel.Provider!.ToString().TrimEnd('/')}/{path}");
}
