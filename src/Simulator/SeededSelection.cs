using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Marketplace.Simulator;

/// <summary>
/// Chooses some of many things, the same ones at every run. Each subject is counted by itself, and chance is a hash of seed, subject and
/// count: what happens to one subject does not depend on what happens to others meanwhile.
/// </summary>
internal sealed class SeededSelection(int? times, double probability, long seed)
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, int> seen = new(StringComparer.Ordinal);
    private int hits;

    public int Hits
    {
        get { lock (gate) { return hits; } }
    }

    /// <summary>Counts the next one of the subject, and says whether it is chosen.</summary>
    public bool Hit(string subject)
    {
        lock (gate)
        {
            if (hits >= times)
            {
                return false;
            }

            var count = seen[subject] = seen.GetValueOrDefault(subject) + 1;
            var isHit = Chance(seed, $"{subject} {count}") < probability;
            hits += isHit ? 1 : 0;
            return isHit;
        }
    }

    /// <summary>From 0 up to 1.</summary>
    public static double Chance(long seed, string subject)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{seed} {subject}"));
        return (BinaryPrimitives.ReadUInt64BigEndian(hash) >> 11) * Math.Pow(2, -53);
    }
}
