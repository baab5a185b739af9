using System.Collections.Concurrent;
using System.Collections.Immutable;
using Marketplace.Simulator.Dashboard;

namespace Marketplace.Simulator.Pages.Site;

internal static class Tones
{
    public const string Good = "good";
    public const string Busy = "busy";
    public const string Warn = "warn";
    public const string Bad = "bad";
    public const string Quiet = "quiet";
}

/// <summary>What an action said, to be shown on the page to which it leads.</summary>
internal sealed record Telling(string Text, string Tone, ImmutableList<Exchange> Exchanges)
{
    /// <summary>It went as well as the last of the exchanges that it caused.</summary>
    public static Telling Of(string text, IReadOnlyList<Exchange> exchanges) => exchanges[^1] switch
    {
        { IsSuccess: false } refused => new(WhyNot(refused), Tones.Bad, [.. exchanges]),
        { Findings.IsEmpty: false } => new(
            "The provider answered, but not as the contract says, so that nothing of its answer was taken.", Tones.Warn, [.. exchanges]),
        _ => new(text, Tones.Good, [.. exchanges]),
    };

    /// <summary>What a provider wants the customer to read comes before what it wants in logs. Source: contract §B.0.</summary>
    private static string WhyNot(Exchange exchange) => ProviderProblem.Of(exchange) is { } problem
        ? $"The provider refused: {problem.Message}"
        : exchange.Status is { } status ? $"The provider answered {status}." : $"The provider did not answer: {exchange.Failure}.";
}

/// <summary>The latest tellings, by the id with which an address names one. They hold bodies, and end with the process.</summary>
internal sealed class Tellings
{
    private const int CountMax = 100;

    private readonly ConcurrentQueue<(string Id, Telling Telling)> kept = new();
    private long count;

    public string Keep(Telling telling)
    {
        var id = Interlocked.Increment(ref count).ToString();
        kept.Enqueue((id, telling));
        while (kept.Count > CountMax && kept.TryDequeue(out _))
        {
            // The oldest go first.
        }

        return id;
    }

    public Telling? Find(string? id) => id is null ? null : kept.FirstOrDefault(one => one.Id == id).Telling;
}
