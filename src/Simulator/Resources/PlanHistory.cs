using System.Collections.Immutable;

namespace Marketplace.Simulator.Resources;

/// <summary>Which plan was active when. It decides what an invoice may bill: contract D.8, limits 2 and 3.</summary>
internal sealed record PlanHistory(ImmutableList<PlanSpan> Spans)
{
    public static readonly PlanHistory None = new([]);

    /// <summary>Puts a plan in force from a moment on. The plan that is in force already goes on.</summary>
    public PlanHistory Begin(string planId, string? type, DateTimeOffset from)
    {
        if (Spans.LastOrDefault() is not { Until: null } open)
        {
            return new(Spans.Add(new PlanSpan(planId, type, from, Until: null)));
        }

        if (open.PlanId == planId)
        {
            return new(Spans.SetItem(Spans.Count - 1, open with { Type = type ?? open.Type }));
        }

        var end = from > open.From ? from : open.From;
        return new(Spans.SetItem(Spans.Count - 1, open with { Until = end }).Add(new PlanSpan(planId, type, end, Until: null)));
    }

    public PlanHistory End(DateTimeOffset at) => new(
        Spans.ConvertAll(span => span.Until is null || span.Until > at ? span with { Until = Later(span.From, at) } : span));

    public IEnumerable<PlanSpan> Of(string planId) => Spans.Where(span => span.PlanId == planId);

    private static DateTimeOffset Later(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;
}

/// <summary>A plan in force for <c>[From, Until)</c>.</summary>
/// <param name="Type"><c>subscription</c> or <c>prepayment</c>; unknown when the provider never showed the plan.</param>
internal sealed record PlanSpan(string PlanId, string? Type, DateTimeOffset From, DateTimeOffset? Until)
{
    public bool Overlaps(DateTimeOffset start, DateTimeOffset end) =>
        From < end && (Until ?? DateTimeOffset.MaxValue) > start;
}
