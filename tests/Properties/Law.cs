using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Marketplace.Properties;

/// <summary>Checks that a law holds in many random cases. A failure prints its counterexample and the seed that replays it.</summary>
/// <remarks>
/// <c>MARKETPLACE_LAW_CASES</c> sets the number of cases (500 by default), <c>MARKETPLACE_LAW_SEED</c> replays one run:
/// <c>"(12345,67891)"</c> as printed by the failure.
/// </remarks>
internal static class Law
{
    private static readonly int CasesMax =
        int.TryParse(Environment.GetEnvironmentVariable("MARKETPLACE_LAW_CASES"), out var cases) ? cases : 500;

    /// <summary>The law is a yes or a no.</summary>
    public static void Holds<T>(Gen<T> cases, Func<T, bool> law) =>
        Check.One(Configured(), Prop.ForAll(cases.ToArbitrary(), law));

    /// <summary>The law asserts: whatever it throws refutes it, and says how.</summary>
    public static void Holds<T>(Gen<T> cases, Action<T> law) =>
        Check.One(Configured(), Prop.ForAll(cases.ToArbitrary(), law));

    private static Config Configured()
    {
        var config = Config.QuickThrowOnFailure.WithMaxTest(CasesMax).WithQuietOnSuccess(true);
        return Environment.GetEnvironmentVariable("MARKETPLACE_LAW_SEED") is { Length: > 0 } seed
            ? config.WithReplay(Seed(seed))
            : config;
    }

    private static Replay Seed(string printed)
    {
        var parts = printed.Trim('(', ')').Split(',');
        return new Replay(new Rnd(ulong.Parse(parts[0]), ulong.Parse(parts[1])), size: null);
    }
}

public sealed class LawLaws
{
    [Fact]
    public void A_law_that_does_not_hold_fails_and_prints_the_seed()
    {
        var broken = Assert.ThrowsAny<Exception>(() => Law.Holds(Gen.Choose(0, 10), number => number < 5));
        Assert.Matches(@"\(\d+,\s?\d+\)", broken.Message);
    }
}
