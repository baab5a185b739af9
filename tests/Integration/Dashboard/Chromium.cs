using Marketplace.Integration.SignOn;
using Microsoft.Playwright;

namespace Marketplace.Integration.Dashboard;

/// <summary>One real browser for a class of tests; each test has a profile of its own.</summary>
public sealed class Chromium : IAsyncLifetime
{
    private const string Program = "MARKETPLACE_CHROMIUM";

    private const int Patience = 30_000;

    private static readonly string[] Programs =
        ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome", "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"];

    private IPlaywright playwright = null!;
    private IBrowser browser = null!;

    public async ValueTask InitializeAsync()
    {
        // The machine may be busy with other tests; nothing waits for so long but what fails.
        Assertions.SetDefaultExpectTimeout(Patience);
        playwright = await Playwright.CreateAsync();
        browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = Environment.GetEnvironmentVariable(Program) ?? Programs.FirstOrDefault(File.Exists)
                ?? throw new InvalidOperationException($"There is no Chromium, and these tests need one: run ./test, or name its program in {Program}."),
            Headless = true,
            // Its sandbox refuses to run as root, as it does within containers.
            Args = OperatingSystem.IsWindows() || Environment.UserName != "root" ? [] : ["--no-sandbox"],
        });
    }

    public async ValueTask DisposeAsync()
    {
        await browser.DisposeAsync();
        playwright.Dispose();
    }

    /// <summary>A profile without cookies, in which nothing but the servers of the test can be reached.</summary>
    public async Task<IPage> NewPage(BrowserNewContextOptions? options = null)
    {
        var context = await browser.NewContextAsync(options ?? new BrowserNewContextOptions { ViewportSize = new ViewportSize { Width = 1180, Height = 900 } });
        context.SetDefaultTimeout(Patience);
        return await context.NewPageAsync();
    }

    /// <summary>For a person to look at, where <c>./test</c> says so.</summary>
    public static async Task Keep(IPage page, string name)
    {
        if (Environment.GetEnvironmentVariable("MARKETPLACE_SCREENSHOTS") is { Length: > 0 } folder)
            await page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(folder, $"{name}.png"), FullPage = true });
    }
}
