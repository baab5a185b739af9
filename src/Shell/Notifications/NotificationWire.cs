using LanguageExt;
using Marketplace.Core;
using Marketplace.Core.Resources;

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
            _ => Of(resource.Facts.Notices.Shown),
        };

    public static NotificationWire? Of(Option<Notice> notice) => notice.MatchUnsafe<NotificationWire?>(
        told => new NotificationWire(
            NoticesJson.Name(told.Level), told.Title, told.Message, told.Link.MatchUnsafe<string?>(link => link.AbsoluteUri, () => null)),
        () => null);
}
