using System.Text.RegularExpressions;
using Marketplace.Integration.Dashboard;
using Microsoft.Playwright;

namespace Marketplace.Integration.Imports;

/// <summary>The same in a real browser, which asks the page's policy before it leaves for Vercel. Contract §E.10.</summary>
[Collection(ImportAcme.Name)]
public sealed class ImportBrowserTests(Acme acme, Chromium chromium) : IClassFixture<Chromium>
{
    [Fact]
    public async Task A_customer_imports_a_database_and_lands_at_Vercel()
    {
        await using var own = await OwnDatabase.Create("orders");
        var installation = await acme.Install();
        var page = await chromium.NewPage();

        await page.GotoAsync(acme.Customer.Import(installation).AbsoluteUri);
        await page.GetByLabel("Database").FillAsync(own.Databases[0]);
        await page.GetByLabel("User").FillAsync(own.Role);
        await page.GetByLabel("Password").FillAsync("wrong");
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await Assertions.Expect(page.GetByRole(AriaRole.Alert)).ToContainTextAsync("wrong");
        await page.GetByLabel("Password").FillAsync(own.Password);
        await Chromium.Keep(page, "import-sign-in");
        await page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await page.GetByLabel("Name on Vercel").FillAsync("our-orders");
        await Chromium.Keep(page, "import-pick");
        await page.GetByRole(AriaRole.Button, new() { Name = $"Import {own.Databases[0]}" }).ClickAsync();

        await page.WaitForURLAsync(new Regex($"/installations/{installation}/resources/", RegexOptions.None, TimeSpan.FromSeconds(1)));
        var there = Assert.Single(acme.Vercel.State.Installations[installation].Resources).Value;
        await Assertions.Expect(page.Locator("h1")).ToContainTextAsync("our-orders");
        Assert.Equal(("our-orders", "linked"), (there.Name, there.Ownership));
        Assert.Equal((there.Id, true), acme.Vercel.State.Imports.Where(visit => visit.InstallationId == installation)
            .Select(visit => (visit.ResourceId, visit.ReturnedAt is not null)).Single());
    }
}
