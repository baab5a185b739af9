using LanguageExt;

namespace Marketplace.Jobs.Vercel;

/// <summary>Vercel's, such as <c>dpl_…</c>; opaque.</summary>
public readonly record struct DeploymentId(string Value)
{
    public override string ToString() => Value;
}

/// <summary>Vercel's, such as <c>prj_…</c>; opaque.</summary>
public readonly record struct ProjectId(string Value)
{
    public override string ToString() => Value;
}

/// <summary>What a deployment is of. Source: contract §D.13, helpful reads.</summary>
public sealed record Project(ProjectId Id, Option<string> Name);

/// <param name="Url">Without a scheme, as Vercel says it.</param>
/// <param name="State">Such as <c>READY</c>.</param>
/// <param name="Target">Such as <c>production</c>; none for a preview.</param>
/// <param name="Branch">Of its commit.</param>
/// <param name="Commit">The hash.</param>
public sealed record Deployment(
    DeploymentId Id,
    Option<string> Url,
    Option<string> State,
    Option<string> Target,
    Option<ProjectId> Project,
    Option<string> Branch,
    Option<string> Commit);

/// <summary>How far the work on a deployment action is. Source: contract §D.12.</summary>
public sealed record ActionUpdate
{
    public Option<ActionStatus> Status { get; init; }

    public Option<string> Text { get; init; }

    /// <summary><c>http:</c>, <c>https:</c>, or <c>sso:</c> before such an address.</summary>
    public Option<string> Url { get; init; }

    /// <summary>What this one deployment gets instead of the resource's secrets, by their names.</summary>
    public Map<string, string> Secrets { get; init; } = Map<string, string>.Empty;

    /// <summary>Records print every property, and logs print records: the values stay out.</summary>
    public override string ToString() => $"ActionUpdate {Status}";
}

public enum ActionStatus
{
    Running,
    Succeeded,
    Failed,
}
