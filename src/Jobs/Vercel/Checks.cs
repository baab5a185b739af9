using System.Text.Json;
using LanguageExt;
using Marketplace.Core.Resources;

namespace Marketplace.Jobs.Vercel;

/// <summary>Vercel's; opaque.</summary>
public readonly record struct CheckId(string Value)
{
    public override string ToString() => Value;
}

/// <summary>Vercel's; opaque.</summary>
public readonly record struct CheckRunId(string Value)
{
    public override string ToString() => Value;
}

/// <summary>A check of one deployment. Source: contract §D.13, v1.</summary>
/// <param name="Status"><c>registered</c>, <c>running</c>, <c>completed</c>, or a newer one.</param>
/// <param name="Conclusion">One of <see cref="CheckConclusion"/> by its name, <c>stale</c>, or a newer one; none before it is completed.</param>
public sealed record Check(
    CheckId Id, string Name, string Status, Option<string> Conclusion, bool IsBlocking, Option<string> Path, Option<string> DetailsUrl,
    Option<string> ExternalId);

/// <param name="Name">At most 100 characters.</param>
/// <param name="IsBlocking">The deployment waits for it.</param>
public sealed record NewCheck(string Name, bool IsBlocking)
{
    /// <summary>The page that is checked; at most 255 characters.</summary>
    public Option<string> Path { get; init; }

    public Option<string> DetailsUrl { get; init; }

    public Option<string> ExternalId { get; init; }

    public Option<bool> IsRerequestable { get; init; }
}

/// <summary>What is none stays as it is.</summary>
public sealed record CheckUpdate
{
    public Option<string> Name { get; init; }

    public Option<string> Path { get; init; }

    public Option<CheckProgress> Progress { get; init; }

    public Option<string> DetailsUrl { get; init; }

    public Option<string> ExternalId { get; init; }
}

/// <summary>How far a check is.</summary>
public abstract record CheckProgress
{
    private CheckProgress() { }

    public sealed record Running : CheckProgress;

    public sealed record Completed(CheckConclusion Conclusion) : CheckProgress;
}

public enum CheckConclusion
{
    Canceled,
    Failed,
    Neutral,
    Succeeded,
    Skipped,
}

/// <summary>A check that each deployment of a project runs. Source: contract §D.13, v2.</summary>
public sealed record ProjectCheck(string Name)
{
    public Option<bool> IsRerequestable { get; init; }

    public Option<CheckRequirement> Requires { get; init; }

    public Option<CheckBarrier> Blocks { get; init; }

    /// <summary>Such as <c>production</c>; all when it is empty.</summary>
    public Seq<string> Targets { get; init; } = Seq<string>.Empty;

    /// <summary>Vercel waits five minutes when it is not said.</summary>
    public Option<TimeSpan> Timeout { get; init; }

    /// <summary>Whose check it is; none where it is the integration's as a whole.</summary>
    public Option<ResourceId> Resource { get; init; }
}

/// <summary>What must be there before it can run.</summary>
public enum CheckRequirement
{
    BuildReady,
    DeploymentUrl,
    None,
}

/// <summary>What waits for it.</summary>
public enum CheckBarrier
{
    BuildStart,
    DeploymentStart,
    DeploymentAlias,
    DeploymentPromotion,
    None,
}

/// <summary>How far one run is. What is none stays as it is.</summary>
public sealed record CheckRunUpdate
{
    public Option<RunProgress> Progress { get; init; }

    /// <summary>For the customer to read.</summary>
    public Option<string> ConclusionText { get; init; }

    public Option<string> ExternalId { get; init; }

    public Option<string> ExternalUrl { get; init; }

    /// <summary>Any JSON; Vercel refuses one that is too large (413).</summary>
    public Option<JsonElement> Output { get; init; }
}

public abstract record RunProgress
{
    private RunProgress() { }

    public sealed record Queued : RunProgress;

    public sealed record Running : RunProgress;

    public sealed record Completed(RunConclusion Conclusion, DateTimeOffset CompletedAt) : RunProgress;
}

public enum RunConclusion
{
    Canceled,
    Skipped,
    Timeout,
    Failed,
    Neutral,
    Succeeded,
}
