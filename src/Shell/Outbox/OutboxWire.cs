using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Marketplace.Shell.Outbox;

/// <summary>A message to Vercel as the Provider API and the command line show it.</summary>
/// <param name="NextAttemptAt">While it is pending.</param>
/// <param name="AwaitsToken">Said where it is so: the installation's token was refused, and it waits for the next one.</param>
internal sealed record OutboxMessageWire(
    string Installation, long Sequence, string? Resource, string Kind, string State, DateTime CreatedAt, DateTime? NextAttemptAt,
    int Attempts, int Replays, bool? AwaitsToken, string? LastError, LastAnswerWire? LastAnswer, DateTime? ClosedAt)
{
    public static OutboxMessageWire Of(KeptMessage message) => new(
        message.Installation.Value, message.Sequence, message.Resource?.Value, message.Kind, message.State, message.CreatedAt.UtcDateTime,
        message.NextAttemptAt?.UtcDateTime, message.Attempts, message.Replays, message.AwaitsToken ? true : null, message.LastError,
        message.LastStatus is { } status ? new LastAnswerWire(status, message.LastAnswer ?? "") : null, message.ClosedAt?.UtcDateTime);
}

internal sealed record LastAnswerWire(int Status, string Body);

/// <param name="NextCursor">Absent on the last page.</param>
internal sealed record OutboxPageWire(OutboxMessageWire[] Messages, string? NextCursor)
{
    public static OutboxPageWire Of(MessagePage page) =>
        new([.. page.Messages.Select(OutboxMessageWire.Of)], page.Next is { } next ? OutboxCursor.Write(next) : null);
}

/// <summary>Which messages were put back into the line, oldest first.</summary>
internal sealed record ReplayedWire(long[] Replayed);

/// <summary>Where a page of messages ended. Opaque to whoever sends it back.</summary>
internal static class OutboxCursor
{
    /// <summary>Before the first page: nothing is newer.</summary>
    public const long Start = long.MaxValue;

    public static string Write(long before) =>
        Base64Url.EncodeToString(Encoding.ASCII.GetBytes(before.ToString(CultureInfo.InvariantCulture)));

    /// <summary>Null when it is none of ours.</summary>
    public static long? Read(string text)
    {
        try
        {
            return long.TryParse(
                Encoding.ASCII.GetString(Base64Url.DecodeFromChars(text)), NumberStyles.None, CultureInfo.InvariantCulture, out var before)
                ? before
                : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
