using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Marketplace.Shell.Webhooks;

/// <summary>A webhook as the Provider API and the command line show it, without what it says.</summary>
/// <param name="Installation">Absent where it names none.</param>
internal sealed record WebhookWire(
    string? Installation, string Id, string Type, string State, DateTime ReceivedAt, int Attempts, string? LastError, DateTime? ClosedAt)
{
    public static WebhookWire Of(StoredWebhook webhook) => new(
        webhook.InstallationId.Length == 0 ? null : webhook.InstallationId, webhook.Id, webhook.Type, webhook.State, webhook.ReceivedAt.UtcDateTime,
        webhook.Attempts, webhook.LastError, webhook.ClosedAt?.UtcDateTime);
}

/// <param name="NextCursor">Absent on the last page.</param>
internal sealed record WebhookPageWire(WebhookWire[] Webhooks, string? NextCursor)
{
    public static WebhookPageWire Of(WebhookPage page) => new([.. page.Webhooks.Select(WebhookWire.Of)], page.Next?.Write());
}

/// <summary>Which webhooks are processed once more.</summary>
internal sealed record ReplayedWebhooksWire(string[] Replayed);

/// <summary>Where a page of webhooks ended: with this one. Opaque to whoever sends it back.</summary>
internal sealed record WebhookCursor(DateTimeOffset ReceivedAt, string Id, string Installation)
{
    /// <summary>Before the first page: nothing is newer.</summary>
    public static readonly WebhookCursor Start = new(new DateTimeOffset(9000, 1, 1, 0, 0, 0, TimeSpan.Zero), "", "");

    /// <summary>The same of a list that begins with the oldest.</summary>
    public static readonly WebhookCursor End = new(DateTimeOffset.UnixEpoch, "", "");

    public string Write() => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(
        string.Join('\n', ReceivedAt.UtcTicks.ToString(CultureInfo.InvariantCulture), Installation, Id)));

    /// <summary>Null when it is none of ours.</summary>
    public static WebhookCursor? Read(string text)
    {
        try
        {
            return Encoding.UTF8.GetString(Base64Url.DecodeFromChars(text)).Split('\n', 3) is [var ticks, var installation, var id]
                && long.TryParse(ticks, NumberStyles.None, CultureInfo.InvariantCulture, out var receivedAt) && receivedAt <= Start.ReceivedAt.Ticks
                && !id.Contains('\0', StringComparison.Ordinal) && !installation.Contains('\0', StringComparison.Ordinal)
                ? new WebhookCursor(new DateTimeOffset(receivedAt, TimeSpan.Zero), id, installation)
                : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
