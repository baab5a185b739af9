using Marketplace.Shell.Configuration;
using Marketplace.Shell.Dashboard;
using Marketplace.Shell.Http;
using Marketplace.Shell.OperatorConsole.Pages;

namespace Marketplace.Shell.OperatorConsole;

/// <summary>Pages that say why there is nothing else to see, in words for operators.</summary>
internal sealed class OperatorMessages(OperatorBrand brand)
{
    private static readonly MessageLink Overview = new(OperatorPaths.Root, "To the overview");

    public PageResult Of(MessageView view, OperatorFrame? frame = null) =>
        OperatorPage.Of<OperatorMessagePage>(frame ?? new OperatorFrame(brand, Person: null), view, view.Status);

    /// <summary>Whatever went wrong before or behind a page.</summary>
    /// <param name="reference">By which the log is found.</param>
    public PageResult Fault(PartnerErrorResult fault, string reference, OperatorFrame? frame) => Of(
        fault.StatusCode switch
        {
            StatusCodes.Status404NotFound => new MessageView(
                fault.StatusCode, "Page not found", "There is nothing at this address. It may have moved, or the link may not be complete.", Overview),
            StatusCodes.Status405MethodNotAllowed => new MessageView(
                fault.StatusCode, "Nothing to do here", "This address cannot be opened like that. Go back, and use the buttons of the page.", Overview),
            StatusCodes.Status503ServiceUnavailable => new MessageView(
                fault.StatusCode, "The database cannot be reached", "Nothing was changed. /health/ready says what this server can reach; load the page again when it is well."),
            >= StatusCodes.Status500InternalServerError => new MessageView(
                fault.StatusCode, "This page has failed", $"It is not known whether what you asked for was done: look before you ask again. The log has the details under {reference}.", Overview),
            _ => new MessageView(fault.StatusCode, "This request cannot be read", fault.Value.Message, Overview),
        },
        frame) with { HidesAddress = true, RetryAfter = fault.RetryAfterSeconds };

    public PageResult NotConfigured() => Of(new MessageView(
        StatusCodes.Status503ServiceUnavailable, "Nobody can sign in yet",
        $"No operator is configured. Set {SettingsReader.Spell("Operators:Bootstrap:Name")} and {SettingsReader.Spell("Operators:Bootstrap:PasswordHash")}, which the command operators hash-password makes, or {SettingsReader.Spell("Operators:Oidc:Authority")} with its client, and start the server again."));

    public PageResult NoIssuer() => Of(new MessageView(
        StatusCodes.Status404NotFound, "Nobody signs in here by an issuer", "No issuer is configured for this console.", new MessageLink(OperatorPaths.SignIn, "To the sign-in")));

    public PageResult IssuerSilent(string issuer) => Of(new MessageView(
        StatusCodes.Status502BadGateway, "The sign-in cannot be reached", $"{issuer} does not answer, or names itself otherwise than it is configured here. The log of this server says more.",
        new MessageLink(OperatorPaths.SignIn, "Try again")));

    public PageResult NotSignedIn(string issuer) => Of(new MessageView(
        StatusCodes.Status403Forbidden, "You are not signed in", $"What came back from {issuer} does not belong to a sign-in that this browser began, or does not hold. Begin again; the audit says more.",
        new MessageLink(OperatorPaths.SignIn, "Begin again"))) with { HidesAddress = true };

    public PageResult NoRole(string name, OidcSettings oidc) => Of(new MessageView(
        StatusCodes.Status403Forbidden, "You have no role here",
        $"{oidc.Label} knows you as {name}, and names neither of the roles that open this console: {oidc.ViewerRole} or {oidc.OperatorRole}, in the claim {oidc.RoleClaim}. Ask whoever gives them.",
        new MessageLink(OperatorPaths.SignIn, "Begin again"))) with { HidesAddress = true };

    public PageResult SignInFirst() => Of(new MessageView(
        StatusCodes.Status401Unauthorized, "Please sign in", "You are not signed in, or your session has ended. Nothing was changed.",
        new MessageLink(OperatorPaths.SignIn, "Sign in")));

    public PageResult FormOver(OperatorFrame frame) => Of(
        new MessageView(
            StatusCodes.Status403Forbidden, "This form is out of date",
            "It belongs to another session, or was not sent from our page. Nothing was changed. Open the page again, and try once more.", Overview),
        frame);

    public PageResult OperatorsOnly(OperatorFrame frame) => Of(
        new MessageView(
            StatusCodes.Status403Forbidden, "Only operators can do this",
            "You are signed in as a viewer: you see everything, and change nothing. The attempt was written to the audit.", Overview),
        frame);

    public PageResult NoReason(OperatorFrame frame, string problem) => Of(
        new MessageView(StatusCodes.Status422UnprocessableEntity, "Say why", $"{problem} Nothing was changed. Go back, and fill it in."), frame);

    /// <param name="what">Such as <c>Installation</c>.</param>
    public PageResult NoSuch(OperatorFrame frame, string what, string back, string label) => Of(
        new MessageView(StatusCodes.Status404NotFound, $"{what} not found", "There is none of this name.", new MessageLink(back, label)), frame);
}
