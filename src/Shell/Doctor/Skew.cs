using System.Globalization;

namespace Marketplace.Shell.Doctor;

/// <summary>How far two clocks are apart, in words.</summary>
internal static class Skew
{
    /// <param name="theirs">By how much the other clock is ahead of ours.</param>
    public static string Words(TimeSpan theirs) =>
        string.Create(CultureInfo.InvariantCulture, $"{theirs.Duration().TotalSeconds:0.#} s {(theirs > TimeSpan.Zero ? "ahead of" : "behind")}");
}
