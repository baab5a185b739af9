using System.Collections.Immutable;
using Marketplace.Simulator.Api;
using Marketplace.Simulator.Dashboard;

namespace Marketplace.Simulator.Conformance;

/// <summary>One case as it was played.</summary>
/// <param name="StartedAt">By Vercel's clock: with the seed, what replays it.</param>
/// <param name="Exchanges">What Vercel called meanwhile.</param>
/// <param name="Calls">What the provider called meanwhile.</param>
internal sealed record Outcome(
    ConformanceCase Case, Verdict Verdict, DateTimeOffset StartedAt, TimeSpan Elapsed, ImmutableList<Exchange> Exchanges,
    ImmutableList<ApiCall> Calls)
{
    public bool IsBroken => Verdict is Verdict.Broken;

    public override string ToString() => $"{Case.Id}: {Verdict}";
}
