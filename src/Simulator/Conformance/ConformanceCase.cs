namespace Marketplace.Simulator.Conformance;

/// <summary>One rule, and how to see whether a provider keeps it.</summary>
/// <param name="Id">A family and a name, such as <c>transfers/accept-is-final</c>: stable, unique, and what <c>--case</c> takes.</param>
/// <param name="Rule">What a provider does, in one sentence of the present tense.</param>
/// <param name="Play">Returns when the rule was seen to be kept; ends by <see cref="Trial"/>'s expectations otherwise.</param>
internal sealed record ConformanceCase(string Id, string Rule, Source Source, Level Level, Func<Trial, Task> Play)
{
    public Need Needs { get; init; }

    /// <summary>The operation that the rule is about, when it is one that a provider may leave out.</summary>
    public PartnerOperation? Of { get; init; }

    /// <summary>In real time.</summary>
    public TimeSpan TimeLimit { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Whoever has more patience than usual gives the case as much more time.</summary>
    public TimeSpan LimitFor(ConformanceOptions options) =>
        options.Patience > ConformanceOptions.UsualPatience ? TimeLimit + options.Patience - ConformanceOptions.UsualPatience : TimeLimit;

    public string Family => Id[..Id.IndexOf('/', StringComparison.Ordinal)];

    public override string ToString() => Id;
}
