using Marketplace.Integration.Dashboard;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Marketplace.Integration.Simulator.Pages;

/// <summary>A team whose first month is over: it has a resource, a project, and an invoice that Vercel has not charged yet.</summary>
public sealed class VercelStory : IAsyncLifetime
{
    public Acme Acme { get; private set; } = null!;

    public string Installation { get; private set; } = "";

    public string Project { get; private set; } = "";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        Acme = await Acme.Open(new AcmeOptions { Start = new DateTimeOffset(2027, 1, 31, 21, 30, 0, TimeSpan.Zero) });
        var team = Acme.Customer.CreateTeam("Blue Whale");
        (Installation, var installed) = await Acme.Customer.Install(team.AccountId, Cancel);
        Assert.True(installed.IsSuccess, installed.ToString());
        Acme.Workshop.Count("checkout", 0);
        var checkout = await Acme.Provision(Installation, "checkout");
        Project = Acme.Customer.CreateProject(team.AccountId, "storefront").Id;
        Acme.Customer.Connect(Installation, checkout.Id, Project);
        Acme.Workshop.Count("checkout", 4_200);
        await Acme.Live(new DateTimeOffset(2027, 2, 1, 0, 40, 0, TimeSpan.Zero));
        Assert.Single(Acme.Customer.Installation(Installation).Invoices);
    }

    public ValueTask DisposeAsync() => Acme.DisposeAsync();

    /// <summary>A page of the simulator.</summary>
    public string At(string path) => new Uri(Acme.Vercel.BaseUrl, path).AbsoluteUri;

    public async Task<IPage> Open(Chromium chromium, string path)
    {
        var page = await chromium.NewPage();
        await page.GotoAsync(At(path));
        return page;
    }

    /// <summary>Turns the clock as a person does, and waits until it is there.</summary>
    public async Task Advance(IPage page, string by)
    {
        await page.GotoAsync(At("/time"));
        await page.ClickAsync($"button:has-text('{by}')");
        await Expect(page.Locator("#now")).ToBeVisibleAsync();
        await Expect(page.Locator("[data-waits]")).ToHaveCountAsync(0);
    }

    public string TeamOf(string installation) => Acme.Vercel.State.Teams[Acme.Customer.Installation(installation).AccountId].Name;

    public static async Task Until(Func<bool> isSo)
    {
        for (var tries = 0; !isSo(); tries++)
        {
            Assert.True(tries < 600, "It did not come about within 30 seconds.");
            await Task.Delay(50, Cancel);
        }
    }
}
