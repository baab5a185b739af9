using System.Diagnostics;
using Marketplace.Core.Connections;
using Marketplace.Shell.Dashboard;

namespace Marketplace.Shell.Connections;

/// <summary>The one place that gives each end of a connection its status and its words.</summary>
internal sealed class ConnectMessages(Brand brand, Messages messages)
{
    public IResult Connected => Of(
        StatusCodes.Status200OK, "Your account is connected", $"{brand.Name} has access to what you chose at Vercel. You can take it back there at any time.",
        new MessageLink(brand.Vercel, "Go to Vercel"));

    public IResult Incomplete => Of(StatusCodes.Status400BadRequest, "This link is not complete", "Part of it is missing. Begin again.", Again);

    public IResult Declined => Of(StatusCodes.Status403Forbidden, "Nothing was connected", "You, or Vercel, said no. Nothing has changed.", Again);

    public IResult NotBegunHere => Of(
        StatusCodes.Status403Forbidden, "This connection was not begun here", "It was begun in another browser, it was used already, or it took too long. Nothing has changed.", Again);

    public IResult CodeOver => Of(
        StatusCodes.Status400BadRequest, "Vercel does not take this link any more", "Each link works once and for half an hour. Nothing has changed.", Again);

    public IResult VercelSilent => Of(
        StatusCodes.Status503ServiceUnavailable, "Vercel does not answer", "Whether you are connected is not known. Wait a moment, then begin again: nothing is there twice.", Again);

    public IResult Of(ConnectionRejection rejection) =>
        rejection switch
        {
            ConnectionRejection.AlreadyEnded => Of(
                StatusCodes.Status409Conflict, "This connection was removed", "It does not come back. Begin again, and Vercel makes a new one.", Again),
            ConnectionRejection.IsNative => Of(
                StatusCodes.Status409Conflict, $"{brand.Name} is installed already", "This is an installation from the Marketplace, which needs no connection.",
                new MessageLink(brand.Vercel, "Go to Vercel")),
            // Whoever connects takes the place: only a hand-over waits for it.
            ConnectionRejection.TeamHasAnother => throw new UnreachableException("A connection was refused for another one of its owner."),
            _ => throw new UnreachableException(rejection.GetType().Name),
        };

    private static MessageLink Again => new(ConnectPaths.Root, "Begin again");

    private IResult Of(int status, string title, string text, MessageLink link) =>
        messages.Of(new MessageView(status, title, text, link)) with { HidesAddress = true };
}
