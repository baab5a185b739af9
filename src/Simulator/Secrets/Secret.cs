using System.Collections.Immutable;

namespace Marketplace.Simulator.Secrets;

/// <summary>One secret of a resource. Source: contract §C.3.</summary>
internal sealed record Secret(
    string Name, string Value, string? Prefix = null, ImmutableSortedDictionary<string, string>? EnvironmentOverrides = null)
{
    /// <summary>Records print every property; the value must not be printed.</summary>
    public override string ToString() => $"Secret {Name}";

    /// <summary>The value in one environment: its override there, else the secret's own.</summary>
    public string ValueIn(string environment) =>
        EnvironmentOverrides is { } overrides && overrides.TryGetValue(environment, out var value) ? value : Value;
}

internal static class SecretSets
{
    /// <summary>Replaces the whole set, or only the secrets that are named. Source: contract D.6, <c>partial</c>.</summary>
    public static ImmutableList<Secret> Update(this ImmutableList<Secret> current, ImmutableList<Secret> given, bool partial) =>
        partial
            ? [.. current.Select(old => given.FindLast(secret => secret.Name == old.Name) ?? old),
               .. given.Where(secret => current.TrueForAll(old => old.Name != secret.Name))]
            : given;
}
