using System.Net;
using Marketplace.Integration.SignOn;

namespace Marketplace.Integration.Imports;

/// <summary>What a person does on the pages of an import.</summary>
internal static class ImportPages
{
    /// <summary>As Vercel opens the Import Resource URL.</summary>
    public static string ImportFrom(this Acme acme, string installation, string state, string? back = null) =>
        $"/import?installation_id={installation}&state={Uri.EscapeDataString(state)}"
        + $"&return={Uri.EscapeDataString(back ?? $"{acme.Vercel.BaseUrl}resources/import?team=blue-whale")}";

    public static string NewState() => $"st&te={Guid.NewGuid():N}";

    public static Task<PlainPage> SignIn(PlainBrowser browser, PlainPage page, OwnDatabase own) =>
        SignIn(browser, page, own.Databases[0], own.Role, own.Password);

    public static string Page(string installation) => $"/dashboard/{installation}/import";

    /// <summary>And on to the page to which that leads.</summary>
    public static async Task<PlainPage> SignIn(PlainBrowser browser, PlainPage page, string database, string role, string password)
    {
        var sent = await browser.Submit(
            page, "/sign-in", ("sign_in_database", database), ("sign_in_user", role), ("sign_in_password", password));
        return sent.Location is { } next ? (await browser.Open(next)).Is(HttpStatusCode.OK) : sent;
    }

    /// <summary>And on to the page that waits, or leads to Vercel.</summary>
    public static async Task<PlainPage> Pick(PlainBrowser browser, PlainPage list, string database, string name)
    {
        var sent = await browser.Submit(list, "/pick", ("reference", database), ("name", name));
        return sent.Location is { } next ? await browser.Open(next) : sent;
    }
}
