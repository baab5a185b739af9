using System.Net;
using Marketplace.Integration.SignOn;

namespace Marketplace.Integration.OperatorConsole.Resources;

/// <summary>What an operator does on a page, and reads on the page afterwards.</summary>
internal static class FilledForms
{
    /// <summary>Fills a form of the page in, and comes back to the page, which says what happened.</summary>
    public static async Task Act(this PlainBrowser browser, string page, string action, string told, params (string Name, string Value)[] filled)
    {
        var form = (await browser.Open(page)).Form(action);
        Assert.True(form is not null, $"{page} has no form for {action}");
        await browser.Answered(form, told, filled);
    }

    /// <summary>The same of a page that is open already.</summary>
    public static async Task Answered(this PlainBrowser browser, PlainForm form, string told, params (string Name, string Value)[] filled)
    {
        var answer = (await browser.Post(form.Action, [.. form.Fields, .. filled])).Is(HttpStatusCode.SeeOther);
        var page = (await browser.Open(answer.Location!)).Is(HttpStatusCode.OK);
        Assert.True(page.Text.Contains(told, StringComparison.Ordinal), $"«{told}» is not on the page: {page.Text}");
        Assert.StartsWith(answer.Location!, form.Action, StringComparison.Ordinal);
    }
}
