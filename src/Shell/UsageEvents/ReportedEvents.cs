using Marketplace.Core.UsageEvents;

namespace Marketplace.Shell.UsageEvents;

/// <summary>What a request reports: the events that can be read, and what is wrong with the others.</summary>
internal sealed class ReportedEvents
{
    /// <summary>In one request.</summary>
    public const int EventsMax = 10_000;

    public List<ReportedEvent> Events { get; } = [];

    public List<RefusedEvent> Refused { get; } = [];

    public int Received { get; set; }
}

/// <param name="Index">Among those of the request, from nought.</param>
/// <param name="Installation">Null where it is to be looked up.</param>
internal readonly record struct ReportedEvent(int Index, string Id, string Source, string? Installation, UsageEvent Usage);

/// <param name="Index">Among those of the request, from nought.</param>
/// <param name="Id">Where there is one.</param>
/// <param name="Field">Which is wrong; absent where none alone is.</param>
/// <param name="Code">Stable; programs compare it.</param>
internal sealed record RefusedEvent(int Index, string? Id, string? Field, string Code, string Message);

/// <summary>There are more events than one request may have.</summary>
internal sealed class TooManyEventsException() : Exception($"A request has at most {ReportedEvents.EventsMax} events.");
