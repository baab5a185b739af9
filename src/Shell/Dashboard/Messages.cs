using Marketplace.Shell.Dashboard.Pages;
using Marketplace.Shell.Http;

namespace Marketplace.Shell.Dashboard;

/// <summary>A page that says one thing, and where to go from there.</summary>
/// <param name="Link">Where to, and what it is called.</param>
public sealed record MessageView(int Status, string Title, string Text, MessageLink? Link = null);

public sealed record MessageLink(string Address, string Label);

/// <summary>Pages that say why there is nothing else to see, in words for customers.</summary>
internal sealed class Messages(Brand brand)
{
    public PageResult Of(MessageView view) => PageResult.Of<MessagePage>(new Frame(brand, Member: null), view, view.Status);

    /// <summary>Whatever went wrong before or behind a page.</summary>
    /// <param name="reference">By which we find it in the log.</param>
    public PageResult Fault(PartnerErrorResult fault, string reference) => Of(View(fault.StatusCode, reference)) with
    {
        // It may be the address of a sign-on.
        HidesAddress = true, RetryAfter = fault.RetryAfterSeconds,
    };

    private static MessageView View(int status, string reference) =>
        status switch
        {
            StatusCodes.Status404NotFound => new MessageView(
                status, "Page not found", "There is nothing at this address. It may have moved, or the link may not be complete."),
            StatusCodes.Status405MethodNotAllowed => new MessageView(
                status, "Nothing to do here", "This address cannot be opened like that. Go back, and use the buttons of the page."),
            StatusCodes.Status503ServiceUnavailable => new MessageView(
                status, "We will be right back", "We cannot reach our database at the moment. Nothing is lost. Wait a few seconds, then load this page again."),
            >= StatusCodes.Status500InternalServerError => new MessageView(
                status, "Something went wrong on our side", $"Try again in a moment. If it stays so, tell us what you did, and mention {reference}."),
            _ => new MessageView(status, "We could not read this request", "Go back, load the page again, and try once more."),
        };

    /// <summary>Nobody is signed on, or not any more.</summary>
    public PageResult SignOnFirst(string signOn) => Of(new MessageView(
        StatusCodes.Status401Unauthorized, "Please sign in", $"You are not signed in to {brand.Name}, or your session has ended. Sign in with Vercel to go on where you were.",
        new MessageLink(signOn, "Sign in with Vercel")));

    public PageResult SignedOut(string signOn) => Of(new MessageView(
        StatusCodes.Status200OK, "You are signed out", "This browser has no access any more. You remain signed in to Vercel itself.",
        new MessageLink(signOn, "Sign in again")));

    public PageResult AdminsOnly(string back) => Of(new MessageView(
        StatusCodes.Status403Forbidden, "Only administrators can do this",
        "Your role in the team lets you look, and change nothing. Ask somebody in your team who may install integrations.", new MessageLink(back, "Back")));

    public PageResult FormOver(string back) => Of(new MessageView(
        StatusCodes.Status403Forbidden, "This form is out of date", "It belongs to another session, or was not sent from our page. Nothing has changed. Open the page again, and try once more.",
        new MessageLink(back, "Open the page again")));

    public PageResult NoSuch(string what, string back, string label) => Of(new MessageView(
        StatusCodes.Status404NotFound, $"{what} not found", "It may have been deleted, or handed over to another team.", new MessageLink(back, label)));
}
