using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Marketplace.Simulator.Api;

/// <summary>A disturbance of every call that fits, or of some of them.</summary>
internal sealed record DisturbanceRule
{
    public string Id { get; init; } = Identifier.New("fault");

    public required Disturbance Disturbance { get; init; }

    /// <summary>Every method when absent.</summary>
    public HttpMethod? Method { get; init; }

    /// <summary>The end of the path, as it is called or as the contract writes it; every path when absent.</summary>
    public string? PathEnd { get; init; }

    /// <summary>How many calls it hits at most.</summary>
    public int? Times { get; init; }

    /// <summary>How likely it hits a call that fits, from 0 to 1.</summary>
    public double Probability { get; init; } = 1;

    /// <summary>Decides which of the calls it hits: the same ones at every run, counted for each operation by itself.</summary>
    public long Seed { get; init; }

    public bool Fits(HttpMethod method, PathString path, string operation) =>
        (Method is null || Method == method)
        && (PathEnd is null || path.Value!.EndsWith(PathEnd, StringComparison.Ordinal) || operation.EndsWith(PathEnd, StringComparison.Ordinal));
}

/// <summary>A chance that is the same at every run. Source of randomness: a hash, so that no call depends on the order of others.</summary>
internal static class SeededChance
{
    /// <summary>From 0 up to 1.</summary>
    public static double Of(long seed, string subject, int count)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{seed} {subject} {count}"));
        return (BinaryPrimitives.ReadUInt64BigEndian(hash) >> 11) * Math.Pow(2, -53);
    }
}

/// <summary>A rule in force, and what it has seen.</summary>
internal sealed class ActiveRule(DisturbanceRule rule)
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, int> seen = new(StringComparer.Ordinal);
    private int hits;

    public DisturbanceRule Rule => rule;

    public int Hits
    {
        get { lock (gate) { return hits; } }
    }

    /// <summary>Counts a call that fits, and says whether it is hit.</summary>
    public bool Hit(string operation)
    {
        lock (gate)
        {
            if (hits >= rule.Times)
            {
                return false;
            }

            var count = seen[operation] = seen.GetValueOrDefault(operation) + 1;
            var isHit = SeededChance.Of(rule.Seed, operation, count) < rule.Probability;
            hits += isHit ? 1 : 0;
            return isHit;
        }
    }
}
