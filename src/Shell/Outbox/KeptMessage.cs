using System.Globalization;
using Marketplace.Core.Installations;
using Marketplace.Core.Resources;

namespace Marketplace.Shell.Outbox;

/// <summary>A message as the store has it, for whoever looks after them. What it says is not in it: that is read when it is sent.</summary>
/// <param name="Resource">Null where it is about the installation.</param>
/// <param name="Kind">By its name in the store: a newer worker may have written one that is not known here.</param>
/// <param name="State">pending, delivered or dead.</param>
/// <param name="NextAttemptAt">The later of the moment at which it is due, and of the end of its pause after a failure.</param>
/// <param name="Attempts">All of them.</param>
/// <param name="LastError">Why it was not delivered the last time.</param>
/// <param name="LastAnswer">The body of Vercel's last answer, cut and without secrets.</param>
/// <param name="LastRequest">What Vercel was asked at the last attempt, cut and without secrets; null where that was delivered, or long ago.</param>
internal sealed record KeptMessage(
    InstallationId Installation, long Sequence, ResourceId? Resource, string Kind, string State, DateTimeOffset CreatedAt,
    DateTimeOffset? NextAttemptAt, int Attempts, int Replays, bool AwaitsToken, string? LastError, int? LastStatus, string? LastAnswer,
    string? LastRequest, DateTimeOffset? ClosedAt)
{
    /// <summary>On one line, for a person.</summary>
    public string Line => string.Create(
        CultureInfo.InvariantCulture,
        $"{Installation}  {Sequence}  {Kind}{(Resource is { } resource ? $"  {resource}" : "")}  {State}  {CreatedAt.UtcDateTime:yyyy-MM-dd HH:mm:ss}Z  "
        + $"{Counted.Of(Attempts, "attempt")}{(LastError is null ? "" : $"  {LastError}")}");
}
