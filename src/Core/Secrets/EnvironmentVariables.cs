using LanguageExt;

namespace Marketplace.Core.Secrets;

/// <summary>What Vercel writes into the projects that are connected to a resource. Source: contract §G, by the numbers there.</summary>
public static class EnvironmentVariables
{
    /// <summary>One variable for each secret; none when the connection does not target the environment.</summary>
    public static Seq<EnvironmentVariable> For(Seq<Secret> secrets, ProjectConnection connection, DeploymentEnvironment environment) =>
        connection.Targets.Exists(target => target == environment)
            ? secrets.Map(secret => new EnvironmentVariable(
                NameFor(secret, connection.CustomPrefix), ValueIn(secret, environment), connection.Sensitive)).Strict()
            : Seq<EnvironmentVariable>.Empty;

    /// <summary>§G.1: the prefix that the user gave this connection, else the secret's own, else none. A blank one is none.</summary>
    private static string NameFor(Secret secret, Option<string> customPrefix)
    {
        var prefix = NotBlank(customPrefix) || NotBlank(secret.Prefix);
        return prefix.Match(text => Prefixed(secret.Name, AsVariableName(text)), () => secret.Name);
    }

    /// <summary>
    /// §G.2, §G.4, §G.5: in front of the name, once, but behind <c>NEXT_PUBLIC_</c>, which must stay first: it decides whether the
    /// framework shows the value to browsers.
    /// </summary>
    private static string Prefixed(string name, string prefix) =>
        name.StartsWith(prefix, StringComparison.Ordinal) ? name
        : name.StartsWith(NextPublic, StringComparison.Ordinal) ? NextPublic + Prefixed(name[NextPublic.Length..], prefix)
        : $"{prefix}_{name}";

    /// <summary>§G.3.</summary>
    private static string AsVariableName(string prefix) => prefix.Replace('-', '_').Replace(' ', '_');

    /// <summary>§G.6: an environment of the customer's own making has no override.</summary>
    private static string ValueIn(Secret secret, DeploymentEnvironment environment)
    {
        var overridden =
            environment == DeploymentEnvironment.Development ? secret.Overrides.Development
            : environment == DeploymentEnvironment.Preview ? secret.Overrides.Preview
            : environment == DeploymentEnvironment.Production ? secret.Overrides.Production
            : Option<string>.None;
        return overridden.IfNone(secret.Value);
    }

    private static Option<string> NotBlank(Option<string> text) => text.Filter(some => !string.IsNullOrWhiteSpace(some));

    private const string NextPublic = "NEXT_PUBLIC_";
}

/// <summary>A project that a resource is connected to.</summary>
/// <param name="CustomPrefix">What the user asked for, for this connection alone.</param>
/// <param name="Targets">The environments that get the variables.</param>
/// <param name="Sensitive">Nobody can read the values back (§G.8).</param>
public sealed record ProjectConnection(Option<string> CustomPrefix, Seq<DeploymentEnvironment> Targets, bool Sensitive);

/// <summary>An environment of a project: one of Vercel's three, or one of the customer's own. Source: contract §E.4.</summary>
public readonly record struct DeploymentEnvironment(string Slug)
{
    public static readonly DeploymentEnvironment Development = new("development");

    public static readonly DeploymentEnvironment Preview = new("preview");

    public static readonly DeploymentEnvironment Production = new("production");

    public override string ToString() => Slug;
}

/// <summary>A name and its value in one environment of one project.</summary>
public sealed record EnvironmentVariable(string Name, string Value, bool Sensitive)
{
    /// <summary>Records print every property, and logs print records: the value stays out.</summary>
    public override string ToString() => $"EnvironmentVariable {Name}";
}
