using LanguageExt;
using static LanguageExt.Prelude;

namespace Marketplace.Core.Secrets;

/// <summary>One secret as Vercel stores it and writes it into environment variables. Source: contract §C.3.</summary>
/// <param name="Name">At least one character.</param>
/// <param name="Value">At least one character; printed nowhere.</param>
/// <param name="Overrides">Other values for some environments.</param>
public sealed record Secret(string Name, string Value, Option<string> Prefix, EnvironmentOverrides Overrides)
{
    /// <summary>Everything that nobody may read: the value, and those that replace it somewhere.</summary>
    public Seq<string> Values =>
        (Seq1(Value) + Overrides.Development.ToSeq() + Overrides.Preview.ToSeq() + Overrides.Production.ToSeq()).Strict();

    /// <summary>Records print every property, and logs print records: the value stays out.</summary>
    public override string ToString() => $"Secret {Name}";
}

/// <summary>Values that replace the secret's own in one environment.</summary>
public sealed record EnvironmentOverrides(Option<string> Development, Option<string> Preview, Option<string> Production)
{
    public static readonly EnvironmentOverrides None = new(Option<string>.None, Option<string>.None, Option<string>.None);

    public override string ToString() => "EnvironmentOverrides";
}
