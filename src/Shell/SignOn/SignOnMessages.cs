using System.Diagnostics;
using Marketplace.Core.Installations;
using Marketplace.Shell.Dashboard;

namespace Marketplace.Shell.SignOn;

/// <summary>The one place that gives each refusal of a sign-on its status and its words.</summary>
internal sealed class SignOnMessages(Brand brand, Messages messages, TrustedUrls trusted)
{
    private const int AskAgainSeconds = 10;

    /// <param name="destination">Where the person wanted to go, and will with the next attempt.</param>
    public IResult Of(SignOnRefusal refusal, Destination destination) =>
        messages.Of(View(refusal, destination)) with
        {
            // It has a code in it, which no link tells anybody.
            HidesAddress = true,
            RetryAfter = refusal is SignOnRefusal.VercelSilent ? AskAgainSeconds : null,
        };

    /// <summary>Where a sign-on begins that leads to the destination.</summary>
    public static string BeginAt(InstallationId installation, Destination? destination = null, string? trusted = null) =>
        $"{SignOnEndpoints.Root}/{Uri.EscapeDataString(installation.Value)}{destination?.ToQuery(trusted).ToString()}";

    private MessageView View(SignOnRefusal refusal, Destination destination)
    {
        return refusal switch
        {
            SignOnRefusal.Incomplete => new MessageView(
                StatusCodes.Status400BadRequest, "This link is not complete", "Part of the sign-in is missing. Open us from Vercel again.", FromVercel()),
            SignOnRefusal.NotBegunHere(var installation) => new MessageView(
                StatusCodes.Status400BadRequest, "This sign-in did not begin here",
                "It was begun in another browser, has been used already, or took too long. Nothing has happened. Begin again in this browser.", Again(installation)),
            SignOnRefusal.CodeOver(var installation) => new MessageView(
                StatusCodes.Status400BadRequest, "This sign-in link has expired", "Such a link works once, and for a few minutes only. It takes one click to get a new one.",
                Again(installation)),
            SignOnRefusal.Barred => new MessageView(
                StatusCodes.Status403Forbidden, "You do not have access", "Vercel says that you are not a member of this team, or not any more. Ask somebody in the team to let you in.",
                FromVercel()),
            SignOnRefusal.VercelSilent(var installation) => new MessageView(
                StatusCodes.Status503ServiceUnavailable, "Vercel does not answer", "We cannot ask Vercel who you are at the moment. Wait a few seconds, then begin again.",
                Again(installation)),
            SignOnRefusal.PersonUnproven => new MessageView(
                StatusCodes.Status403Forbidden, "We could not confirm who you are", "What we got from Vercel does not hold. Open us from Vercel again.", FromVercel()),
            SignOnRefusal.OtherInstallation => new MessageView(
                StatusCodes.Status403Forbidden, "This is another team's sign-in", "You began to sign in for one team and came back for another. Switch to the right team on Vercel, and open us from there.",
                FromVercel()),
            SignOnRefusal.NotInstalled => new MessageView(
                StatusCodes.Status404NotFound, $"{brand.Name} is not installed", $"We know no installation of that name. Install {brand.Name} on Vercel first, then open it from there.",
                FromVercel()),
            SignOnRefusal.Uninstalled => new MessageView(
                StatusCodes.Status410Gone, $"{brand.Name} has been uninstalled", "There is nothing left of this installation. Whoever installs it again begins anew.", FromVercel()),
            _ => throw new UnreachableException(refusal.GetType().Name),
        };

        MessageLink Again(InstallationId? installation) =>
            installation is { } known ? new MessageLink(BeginAt(known, destination, trusted.Find(destination.Url)), "Begin again") : FromVercel();
    }

    private MessageLink FromVercel() => new(brand.Vercel, "Go to Vercel");
}
