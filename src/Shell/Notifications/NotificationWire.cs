using LanguageExt;
using Marketplace.Core.Notifications;
using Marketplace.Core.Resources;
using Marketplace.Shell.Persistence;

namespace Marketplace.Shell.Notifications;

/// <summary>What the customer is told beside a resource or an installation. Source: contract §C.4.</summary>
internal sealed record NotificationWire(string Level, string Title, string? Message, string? Href = null)
{
    /// <summary>Where service is cut or was never made, the customer reads why; else what there is to say.</summary>
    public static NotificationWire? Of(Resource resource) =>
        resource switch
        {
            Resource.Suspended suspended => new NotificationWire("warn", "Suspended", suspended.Reason),
            Resource.Error error => new NotificationWire("error", "Could not be provisioned", error.Reason),
            _ => Of(resource.Facts.Fault.Map(fault => new Notice(NoticeLevel.Error, "Not working", fault)) | resource.Facts.Notices.Shown),
        };

    public static NotificationWire? Of(Option<Notice> notice) => notice.MatchUnsafe<NotificationWire?>(Of, () => null);

    public static NotificationWire Of(Notice told) => new(
        NoticesJson.Name(told.Level), told.Title, told.Message.OrNull(), told.Link.MatchUnsafe<string?>(link => link.AbsoluteUri, () => null));

    /// <summary>What Vercel shows. A link that is none is left out.</summary>
    public Notice ToNotice() => new(NoticesJson.LevelOf(Level), Title, Prelude.Optional(Message)!)
    {
        Link = Uri.TryCreate(Href, UriKind.Absolute, out var link) ? link : Option<Uri>.None,
    };
}
