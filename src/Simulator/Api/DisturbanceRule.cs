namespace Marketplace.Simulator.Api;

/// <summary>A disturbance of every call that fits, or of some of them.</summary>
internal sealed record DisturbanceRule
{
    /// <summary>Given when it comes into force.</summary>
    public string Id { get; init; } = "";

    public required Disturbance Disturbance { get; init; }

    /// <summary>Every method when absent.</summary>
    public HttpMethod? Method { get; init; }

    /// <summary>The end of the path, as it is called or as the contract writes it; every path when absent.</summary>
    public string? PathEnd { get; init; }

    /// <summary>How many calls it hits at most.</summary>
    public int? Times { get; init; }

    /// <summary>How likely it hits a call that fits, from 0 to 1.</summary>
    public double Probability { get; init; } = 1;

    /// <summary>Decides which of the calls it hits: the same ones at every run, counted for each operation by itself, and for each
    /// installation where a seed fixes what it is called.</summary>
    public long Seed { get; init; }

    public bool Fits(HttpMethod method, PathString path, string operation) =>
        (Method is null || Method == method)
        && (PathEnd is null || path.Value!.EndsWith(PathEnd, StringComparison.Ordinal) || operation.EndsWith(PathEnd, StringComparison.Ordinal));
}
