using System.Globalization;
using Marketplace.Core.Installations;
using Marketplace.Shell.Outbox;

namespace Marketplace.Shell.ProviderEvents;

/// <summary>An event as the store has it, for whoever looks after them.</summary>
/// <param name="State">pending, delivered or dead.</param>
/// <param name="NextAttemptAt">While it is pending: no earlier, and not before those in front of it.</param>
/// <param name="Attempts">All of them.</param>
/// <param name="LastError">Why it was not delivered the last time.</param>
/// <param name="LastAnswer">The body of the backend's last answer, cut.</param>
internal sealed record ShownEvent(
    InstallationId Installation, long Sequence, string Type, DateTimeOffset OccurredAt, string Data, string State, DateTimeOffset? NextAttemptAt,
    int Attempts, int Replays, string? LastError, int? LastStatus, string? LastAnswer, DateTimeOffset? ClosedAt)
{
    public string Id => ProviderEventId.Of(Sequence);

    /// <summary>On one line, for a person.</summary>
    public string Line => string.Create(
        CultureInfo.InvariantCulture,
        $"{Id}  {(Installation.Value.Length == 0 ? "-" : Installation.Value)}  {Type}  {State}  {OccurredAt.UtcDateTime:yyyy-MM-dd HH:mm:ss}Z  "
        + $"{Counted.Of(Attempts, "attempt")}{(LastError is null ? "" : $"  {LastError}")}");
}

/// <summary>A list of events with what is around it.</summary>
/// <param name="Outlet">Null where nobody listens.</param>
/// <inheritdoc cref="MessageBoard"/>
internal sealed record EventBoard(
    LanguageExt.Seq<ShownEvent> Events, Outlet? Outlet, LanguageExt.Seq<QueueDepth> Depth, DateTimeOffset ShownAt,
    LanguageExt.Seq<(InstallationId Installation, long Sequence)> GivenUp);

/// <summary>Events, newest first.</summary>
/// <param name="Next">The sequence before which the next page begins; null on the last.</param>
/// <param name="StoppedAt">Since then nothing is sent, because the backend has said that it wants no more.</param>
internal sealed record EventPage(LanguageExt.Seq<ShownEvent> Events, long? Next, DateTimeOffset? StoppedAt)
{
    /// <param name="found">One more than asked for tells whether there is a next page.</param>
    public static EventPage Of(LanguageExt.Seq<ShownEvent> found, int eventsMax, Outlet? outlet)
    {
        var shown = found.Take(eventsMax).Strict();
        return new(shown, found.Count > eventsMax ? shown.Last.Sequence : null, outlet?.StoppedAt);
    }
}

/// <summary>An event as the Provider API and the command line show it: what is sent, and what became of that.</summary>
internal sealed record ShownEventWire(
    string Id, string Type, int Version, DateTime Timestamp, string? InstallationId, System.Text.Json.JsonElement Data, DeliveryWire Delivery)
{
    public static ShownEventWire Of(ShownEvent shown)
    {
        var body = ProviderEventBody.Of(shown.Id, shown.Type, shown.OccurredAt, shown.Installation, shown.Data);
        return new(body.Id, body.Type, body.Version, body.Timestamp, body.InstallationId, body.Data, DeliveryWire.Of(shown));
    }
}

/// <param name="NextAttemptAt">While it is pending.</param>
internal sealed record DeliveryWire(
    string State, int Attempts, int Replays, DateTime? NextAttemptAt, string? LastError, LastAnswerWire? LastAnswer, DateTime? ClosedAt)
{
    public static DeliveryWire Of(ShownEvent shown) => new(
        shown.State, shown.Attempts, shown.Replays, shown.NextAttemptAt?.UtcDateTime, shown.LastError,
        shown.LastStatus is { } status ? new LastAnswerWire(status, shown.LastAnswer ?? "") : null, shown.ClosedAt?.UtcDateTime);
}

/// <param name="NextCursor">Absent on the last page.</param>
/// <param name="StoppedAt">Said where it is so: the backend answered 410, and events wait until it takes a test.</param>
internal sealed record EventPageWire(ShownEventWire[] Events, string? NextCursor, DateTime? StoppedAt)
{
    public static EventPageWire Of(EventPage page) => new(
        [.. page.Events.Select(ShownEventWire.Of)], page.Next is { } next ? OutboxCursor.Write(next) : null, page.StoppedAt?.UtcDateTime);
}

/// <summary>Which events were put back into the line, oldest first.</summary>
internal sealed record ReplayedEventsWire(string[] Replayed)
{
    public static ReplayedEventsWire Of(LanguageExt.Seq<long> sequences) => new([.. sequences.Select(ProviderEventId.Of)]);
}
