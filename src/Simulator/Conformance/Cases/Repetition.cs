using System.Collections.Immutable;
using Marketplace.Simulator.Dashboard;

namespace Marketplace.Simulator.Conformance.Cases;

/// <summary>An operation that may come more than once under one key, since Vercel repeats what got no answer. Source: contract §B.0.</summary>
/// <param name="Name">Of the operation, in ids of cases.</param>
/// <param name="Words">What is repeated, for sentences: <c>a purchase</c>.</param>
/// <param name="Level">What it weighs when it is done twice.</param>
/// <param name="Prepare">Makes all that it needs, for one tenant of its own.</param>
internal sealed record Repeatable(string Name, string Words, Source Source, Level Level, Func<Trial, Task<Repetition>> Prepare)
{
    public PartnerOperation? Of { get; init; }

    public Need Needs { get; init; }

    /// <summary>What it gives is nobody else's: an id, a secret.</summary>
    public bool GivesWhatIsUnique { get; init; }
}

/// <summary>One operation that is about to be made again and again.</summary>
/// <param name="Make">Makes it; with the same key it is the same operation.</param>
internal sealed record Repetition(Func<CallOptions, Task<Exchange>> Make)
{
    /// <summary>In real time: when connections are cut, so that one is cut before, one during and one after the work, whoever the provider is.</summary>
    public static readonly ImmutableArray<TimeSpan> Patiences =
        [TimeSpan.FromMilliseconds(2), TimeSpan.FromMilliseconds(8), TimeSpan.FromMilliseconds(30), TimeSpan.FromMilliseconds(90)];

    /// <summary>What of an answer may not differ between repetitions, by name. Values may be secret.</summary>
    public Func<Exchange, ImmutableSortedDictionary<string, string>> Essence { get; init; } = _ => ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>After all repetitions: it has happened once. Given is the first answer.</summary>
    public Func<Exchange, Task> ExpectOneEffect { get; init; } = _ => Task.CompletedTask;

    public static ImmutableSortedDictionary<string, string> Facts(params IEnumerable<(string Name, string? Value)> facts) =>
        facts.Where(fact => fact.Value is not null).ToImmutableSortedDictionary(fact => fact.Name, fact => fact.Value!, StringComparer.Ordinal);
}
