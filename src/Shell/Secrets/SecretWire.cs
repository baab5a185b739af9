using Marketplace.Core.Secrets;
using Marketplace.Shell.Persistence;

namespace Marketplace.Shell.Secrets;

/// <summary>A secret on the wire, in both directions. Source: contract §C.3.</summary>
internal sealed record SecretWire(string Name, string Value, string? Prefix, EnvironmentOverridesWire? EnvironmentOverrides)
{
    public static SecretWire Of(Secret secret) =>
        new(secret.Name, secret.Value, secret.Prefix.OrNull(),
            secret.Overrides == Core.Secrets.EnvironmentOverrides.None
                ? null
                : new EnvironmentOverridesWire(
                    secret.Overrides.Development.OrNull(), secret.Overrides.Preview.OrNull(), secret.Overrides.Production.OrNull()));

    /// <summary>Records print every property, and logs print records: the value stays out.</summary>
    public override string ToString() => $"SecretWire {Name}";
}

internal sealed record EnvironmentOverridesWire(string? Development, string? Preview, string? Production)
{
    public override string ToString() => "EnvironmentOverridesWire";
}
