namespace Marketplace.Simulator.Conformance;

/// <summary>What came of a case.</summary>
internal abstract record Verdict
{
    private Verdict() { }

    public sealed record Kept : Verdict;

    /// <param name="Expected">What the rule says of this moment.</param>
    /// <param name="Came">What was seen instead. It holds no secrets.</param>
    public sealed record Broken(string Expected, string Came) : Verdict;

    /// <summary>The provider does not have the endpoint, and does not have to.</summary>
    public sealed record NotOffered(string Endpoint) : Verdict;

    /// <summary>The case could not be played here.</summary>
    /// <param name="Reason">With what would make it possible.</param>
    public sealed record NotObserved(string Reason) : Verdict;
}

/// <summary>Ends a case where it stands, with what came of it.</summary>
internal sealed class CaseEndedException(Verdict verdict) : Exception(verdict.ToString())
{
    public Verdict Verdict => verdict;
}
