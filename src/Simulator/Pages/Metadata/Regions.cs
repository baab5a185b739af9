using System.Collections.Immutable;

namespace Marketplace.Simulator.Pages.Metadata;

/// <summary>Where functions run on Vercel, to choose from. Another one may be there by now: a schema that names it has it.</summary>
internal static class Regions
{
    private static readonly ImmutableSortedDictionary<string, string> Places = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["arn1"] = "Stockholm", ["bom1"] = "Mumbai", ["cdg1"] = "Paris", ["cle1"] = "Cleveland", ["cpt1"] = "Cape Town", ["dub1"] = "Dublin",
        ["dxb1"] = "Dubai", ["fra1"] = "Frankfurt", ["gru1"] = "São Paulo", ["hkg1"] = "Hong Kong", ["hnd1"] = "Tokyo", ["iad1"] = "Washington, D.C.",
        ["icn1"] = "Seoul", ["kix1"] = "Osaka", ["lhr1"] = "London", ["pdx1"] = "Portland", ["sfo1"] = "San Francisco", ["sin1"] = "Singapore",
        ["syd1"] = "Sydney", ["yul1"] = "Montréal",
    }.ToImmutableSortedDictionary(StringComparer.Ordinal);

    /// <param name="restricted">Those of the schema; all of them where it names none.</param>
    public static IEnumerable<string> Offered(ImmutableArray<string> restricted) => restricted.IsEmpty ? Places.Keys : restricted;

    public static string Label(string region) => Places.TryGetValue(region, out var place) ? $"{place} ({region})" : region;
}
