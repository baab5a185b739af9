using System.Collections.Immutable;
using Marketplace.Simulator.Resources;

namespace Marketplace.Simulator.Secrets;

/// <summary>One environment variable of a project.</summary>
internal sealed record EnvironmentVariable(string Name, string Value, bool IsSensitive)
{
    public override string ToString() => $"EnvironmentVariable {Name}";
}

/// <summary>The variables that a connection writes into a project. Source: contract §G.</summary>
internal static class EnvironmentVariables
{
    private const string PublicMark = "NEXT_PUBLIC_";

    /// <summary>The variables of a resource in one environment, with the config that its customer has opened. Source: contract §E.13.</summary>
    public static ImmutableList<EnvironmentVariable> In(
        string environment, Resource resource, ImmutableList<Secret> secrets, Connection connection)
    {
        var variables = In(environment, secrets, connection);
        return resource.GlobalConfig is { } config && connection.Targets.Contains(environment, StringComparer.Ordinal)
            ? variables.Add(new EnvironmentVariable("EXPERIMENTATION_CONFIG", config.ConnectionString, connection.IsSensitive))
            : variables;
    }

    /// <summary>The variables in one environment; none where the connection does not reach.</summary>
    public static ImmutableList<EnvironmentVariable> In(
        string environment, ImmutableList<Secret> secrets, Connection connection) =>
        connection.Targets.Contains(environment, StringComparer.Ordinal)
            ? secrets.ConvertAll(secret => new EnvironmentVariable(
                Name(secret, connection.CustomPrefix), secret.ValueIn(environment), connection.IsSensitive))
            : [];

    /// <summary>
    /// The prefix of the connection wins over the secret's. It stands behind the mark that makes a variable public, and is not
    /// put before a name that begins with it.
    /// </summary>
    public static string Name(Secret secret, string? customPrefix)
    {
        var prefix = Normalize(string.IsNullOrEmpty(customPrefix) ? secret.Prefix : customPrefix);
        if (prefix.Length == 0)
        {
            return secret.Name;
        }

        var (mark, name) = secret.Name.StartsWith(PublicMark, StringComparison.Ordinal)
            ? (PublicMark, secret.Name[PublicMark.Length..])
            : ("", secret.Name);
        return name.StartsWith(prefix, StringComparison.Ordinal) ? secret.Name : $"{mark}{prefix}_{name}";
    }

    private static string Normalize(string? prefix) => (prefix ?? "").Replace('-', '_').Replace(' ', '_');
}
