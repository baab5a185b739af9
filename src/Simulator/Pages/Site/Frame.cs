using Marketplace.Simulator.Clock;

namespace Marketplace.Simulator.Pages.Site;

/// <summary>What is around every page. Pages are public, because their components are; so is what they show.</summary>
/// <param name="Findings">How many there are.</param>
/// <param name="Told">What the action said that led here.</param>
public sealed record Frame(ClockView Clock, int Findings, TellingView? Told, FrameFiles Files);

/// <param name="Now">The virtual time.</param>
/// <param name="Speed">How many times as fast as real time it is to run.</param>
/// <param name="MovingTo">Where somebody has sent it.</param>
public sealed record ClockView(DateTimeOffset Now, bool IsPaused, double Speed, DateTimeOffset? MovingTo)
{
    public string State => MovingTo is not null ? "moving" : IsPaused ? "paused" : Speed > 1 ? $"running × {Words.Number((decimal)Speed)}" : "running";

    /// <summary>Whether the script asks again and again, for time goes by in steps.</summary>
    public bool GoesInSteps => MovingTo is not null || (!IsPaused && Speed > 1);

    internal static ClockView Of(ClockPart times) =>
        new(times.Clock.GetUtcNow(), times.Clock.IsPaused, times.Clock.Speed, times.Journey.Target);
}

/// <summary>The addresses of the files that every page is made of.</summary>
public sealed record FrameFiles(string Stylesheet, string Script, string Icon);

/// <summary>How something went, in words and a colour.</summary>
/// <param name="Tone"><c>good</c>, <c>busy</c>, <c>warn</c>, <c>bad</c> or <c>quiet</c>.</param>
public sealed record Mark(string Text, string Tone);

/// <summary>What an action did, and the exchanges that it caused.</summary>
public sealed record TellingView(string Text, string Tone, IReadOnlyList<ExchangeView> Exchanges);

/// <summary>One exchange between Vercel and the provider, for a person to read. What is secret in its bodies is not in here.</summary>
/// <param name="Status">The number, or why there was no answer.</param>
/// <param name="Sent">The body of the request; none where it had none.</param>
public sealed record ExchangeView(
    DateTimeOffset At, string Operation, string Method, string Path, Mark Status, string Elapsed, IReadOnlyList<string> Findings,
    string? Sent, string? Answer)
{
    /// <summary>Logs print records; the bodies stay out.</summary>
    public override string ToString() => $"{Method} {Path}: {Status.Text}";
}
