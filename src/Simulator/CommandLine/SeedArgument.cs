using System.CommandLine;

namespace Marketplace.Simulator.CommandLine;

/// <summary><c>--seed</c> and <c>--now</c>: what makes a run the same as another.</summary>
internal static class SeedArgument
{
    public static Option<long?> Create() => new("--seed")
    {
        Description = "Fixes every id and token, and begins at 2027-01-01 unless --now says otherwise; all by chance, at real time, without it.",
    };

    public static Option<DateTimeOffset?> CreateNow() => new("--now") { Description = "The time at the first start; real time without it." };
}
