using System.Collections.Immutable;
using Marketplace.Simulator.IntegrationConsole;

namespace Marketplace.Simulator.Conformance;

/// <summary>How one run of the suite is set up.</summary>
internal sealed record ConformanceOptions
{
    public static readonly TimeSpan UsualPatience = TimeSpan.FromSeconds(20);

    /// <summary>What is sold; the first one is what most cases buy.</summary>
    public required ImmutableList<ConsoleProduct> Products { get; init; }

    /// <summary>Fixes ids, times, faults and the order of the cases.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>Ids of cases, or the beginnings or ends of them with a <c>*</c>; all when empty.</summary>
    public ImmutableList<string> Cases { get; init; } = [];

    /// <summary>How many installations live through the virtual month.</summary>
    public int Installations { get; init; } = 5;

    /// <summary>
    /// Where a person begins at the provider who is to sign on by Vercel; <c>{{installationId}}</c> stands for the installation.
    /// </summary>
    public string? SignOnStart { get; init; }

    /// <summary>The command that plays the given case again, without what the suite adds by itself.</summary>
    public string ReplayCommand { get; init; } = "./run conformance";

    /// <summary>In real time: how long the suite waits for what a provider does in the background.</summary>
    public TimeSpan Patience { get; init; } = UsualPatience;

    public bool Chooses(string caseId) => Cases.IsEmpty || Cases.Exists(pattern => Fits(pattern, caseId));

    private static bool Fits(string pattern, string caseId)
    {
        var text = pattern.Trim('*');
        return (pattern.StartsWith('*'), pattern.EndsWith('*')) switch
        {
            (true, true) => caseId.Contains(text, StringComparison.Ordinal),
            (true, false) => caseId.EndsWith(text, StringComparison.Ordinal),
            (false, true) => caseId.StartsWith(text, StringComparison.Ordinal),
            (false, false) => caseId == text || caseId.StartsWith(text + "/", StringComparison.Ordinal),
        };
    }
}
