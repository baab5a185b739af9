namespace Marketplace.Properties.Purity;

/// <summary>What Core must not touch, and what to do instead.</summary>
internal sealed record Impurity(string Name, string Instead, params string[] Banned)
{
    public static readonly Impurity Clock = new(
        "a clock", "take `now` as the last parameter",
        "System.DateTime.get_Now", "System.DateTime.get_UtcNow", "System.DateTime.get_Today",
        "System.DateTimeOffset.get_Now", "System.DateTimeOffset.get_UtcNow",
        "System.DateTime.ToLocalTime", "System.DateTimeOffset.ToLocalTime", "System.DateTimeOffset.get_LocalDateTime",
        "System.TimeZoneInfo.get_Local", "System.TimeProvider", "System.Diagnostics.Stopwatch");

    public static readonly Impurity Randomness = new(
        "randomness", "take the value as a parameter",
        "System.Guid.NewGuid", "System.Guid.CreateVersion7", "System.Random", "System.Security.Cryptography.RandomNumberGenerator",
        "LanguageExt.Prelude.random", "LanguageExt.Prelude.randomBase64");

    public static readonly Impurity InputAndOutput = new(
        "input or output", "return the value: Shell reads and writes",
        "System.IO", "System.Console", "System.Diagnostics.Process", "System.Diagnostics.Trace", "System.Diagnostics.Debug",
        "System.Reflection.Assembly", "System.Activator", "System.Runtime.InteropServices", "Microsoft");

    public static readonly Impurity Network = new("the network", "Shell calls", "System.Net");

    public static readonly Impurity Environment = new(
        "the environment", "take the value as a parameter",
        "System.Environment", "System.AppContext", "System.AppDomain", "System.Globalization.CultureInfo.get_CurrentCulture",
        "System.Globalization.CultureInfo.get_CurrentUICulture");

    public static readonly Impurity Concurrency = new(
        "tasks or threads", "Core is synchronous and shares nothing: Shell awaits",
        "System.Threading", "System.Runtime.CompilerServices.AsyncTaskMethodBuilder", "System.Timers");

    public static readonly Impurity FloatingPoint = new(
        "floating point", "money and quantities are decimal", "System.Double", "System.Single", "System.Half", "System.Math.Pow");

    public static readonly IReadOnlyList<Impurity> All =
        [Clock, Randomness, InputAndOutput, Network, Environment, Concurrency, FloatingPoint];

    /// <summary>The compiler writes this into every iterator.</summary>
    private const string OfIterators = "System.Environment.get_CurrentManagedThreadId";

    public bool IsIn(Use use) =>
        use.What != OfIterators
        && !(use.What == "System.Environment" && use.Where.Contains('<', StringComparison.Ordinal))
        && Banned.Any(banned => use.What == banned || use.What.StartsWith(banned + ".", StringComparison.Ordinal));
}
