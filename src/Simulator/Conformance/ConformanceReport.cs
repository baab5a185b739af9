using System.Collections.Immutable;

namespace Marketplace.Simulator.Conformance;

/// <summary>What a run of the suite has seen.</summary>
/// <param name="Problem">Why no case could be played; then there are no outcomes.</param>
internal sealed record ConformanceReport(
    Uri Provider, long Seed, DateTimeOffset StartedAt, TimeSpan Elapsed, ImmutableList<Outcome> Outcomes, string ReplayCommand, string? Problem)
{
    /// <summary>The provider follows the clock, so that a case can be played again at the moment at which it was played.</summary>
    public bool IsOnVirtualTime { get; init; }

    /// <summary>Why the run ended before its last case; the cases that are left were not observed.</summary>
    public string? Ended { get; init; }

    /// <summary>Rules that were broken and that a provider must keep.</summary>
    public bool IsConformant => Problem is null && Ended is null && !Outcomes.Exists(outcome => outcome is { IsBroken: true, Case.Level: Level.Required });

    public ImmutableList<Outcome> Broken => Outcomes.FindAll(outcome => outcome.IsBroken);

    public int Count<T>(Level level) where T : Verdict => Outcomes.Count(outcome => outcome.Case.Level == level && outcome.Verdict is T);

    public int Count<T>() where T : Verdict => Outcomes.Count(outcome => outcome.Verdict is T);

    /// <summary>The one command that plays the case again, with the same ids and from the same moment.</summary>
    public string Replay(Outcome outcome) =>
        $"{ReplayCommand} --seed {Seed}{(IsOnVirtualTime ? $" --now {Wire.Text(outcome.StartedAt)}" : "")} --case {outcome.Case.Id}";
}
