using Marketplace.Core.Installations;
using Marketplace.Core.Resources;
using Marketplace.Shell.Notifications;
using Marketplace.Shell.SignOn;

namespace Marketplace.Shell.Dashboard;

/// <summary>What Vercel shows beside a resource or an installation, here too.</summary>
internal sealed class NoticeViews(TrustedUrls trusted)
{
    public NoticeView? Of(Installation installation) => Of(NotificationWire.Of(installation.Notice));

    public NoticeView? Of(Resource resource) => Of(NotificationWire.Of(resource));

    private NoticeView? Of(NotificationWire? told) => told is null ? null : new NoticeView(
        told.Level switch { "error" => Tone.Bad, "warn" => Tone.Warn, _ => Tone.Busy },
        told.Title, told.Message, Address(told.Href));

    /// <summary>Who is signed on needs no sign-on before a page of ours.</summary>
    private string? Address(string? href) =>
        href is null ? null
        : trusted.Find(href) is { } ours ? ours
        : href.StartsWith("https://", StringComparison.Ordinal) || href.StartsWith("http://", StringComparison.Ordinal) ? href
        : null;
}
