using LanguageExt;
using Marketplace.Core.Usage;
using Marketplace.Core.UsageEvents;

namespace Marketplace.Shell.UsageEvents;

/// <summary>The events of a request, sorted by what is to be done with them.</summary>
internal sealed class Judgement(ReportedEvents reported)
{
    private readonly System.Collections.Generic.HashSet<(string Installation, string Source, string Id)> keys = new(reported.Events.Count);

    public EventColumns Amounts { get; } = new(areReadings: false, reported.Events.Count);

    public EventColumns Readings { get; } = new(areReadings: true, 0);

    public List<RefusedEvent> Refused { get; } = [.. reported.Refused];

    /// <summary>Those that are refused because of their age alone: they may have been counted when they were young.</summary>
    public List<ReportedEvent> Late { get; } = [];

    public void Add(ReportedEvent one, Either<UsageEventRejection, MeteredHome> judged)
    {
        if (judged.Case is RightCase<UsageEventRejection, MeteredHome>(var home))
        {
            if (keys.Add((home.Installation.Value, one.Source, one.Id)))
                (home.Kind(one.Usage.Metric) == MetricKind.Interval ? Amounts : Readings).Add(home, one.Usage, one.Source, one.Id);
        }
        else if (judged.Case is LeftCase<UsageEventRejection, MeteredHome>(var rejection))
        {
            Refused.Add(UsageEventProblem.From(one, rejection));
            if (rejection is UsageEventRejection.PeriodClosed or UsageEventRejection.TooOld)
                Late.Add(one);
        }
    }
}
