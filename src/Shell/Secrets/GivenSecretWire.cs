using LanguageExt;
using Marketplace.Core.Secrets;
using static LanguageExt.Prelude;

namespace Marketplace.Shell.Secrets;

/// <summary>A secret as the provider's backend gives it. Nothing is required here: what is missing is named with everything else that is wrong.</summary>
internal sealed record GivenSecretWire(
    string? Name = null, string? Value = null, string? Prefix = null, GivenOverridesWire? EnvironmentOverrides = null)
{
    private static readonly GivenSecretWire Nothing = new();

    public static Seq<Secret> Read(GivenSecretWire?[]? secrets) =>
        (secrets ?? []).Select(secret => (secret ?? Nothing).ToSecret()).ToSeq().Strict();

    private Secret ToSecret() => new(
        Name ?? "", Value ?? "", Optional(Prefix)!,
        new EnvironmentOverrides(
            Optional(EnvironmentOverrides?.Development)!, Optional(EnvironmentOverrides?.Preview)!, Optional(EnvironmentOverrides?.Production)!));

    /// <summary>Records print every property, and logs print records: the value stays out.</summary>
    public override string ToString() => $"GivenSecretWire {Name}";
}

internal sealed record GivenOverridesWire(string? Development = null, string? Preview = null, string? Production = null)
{
    public override string ToString() => nameof(GivenOverridesWire);
}
