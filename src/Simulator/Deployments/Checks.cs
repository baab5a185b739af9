using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Marketplace.Simulator.Deployments;

/// <summary>A check that an integration wants of every deployment of a project. Source: contract D.13, checks v2.</summary>
/// <param name="Requires">What has to be there before a run can begin: <c>build-ready</c>, <c>deployment-url</c> or <c>none</c>.</param>
/// <param name="Blocks">What waits for a run: <c>build-start</c>, <c>deployment-start</c>, <c>deployment-alias</c>, <c>deployment-promotion</c> or <c>none</c>.</param>
/// <param name="Targets">The environments; every one when empty.</param>
/// <param name="Timeout">In milliseconds, as every span of this API.</param>
internal sealed record ProjectCheck(
    string Id, string InstallationId, string ProjectId, string Name, bool IsRerequestable, string Requires, string Blocks,
    ImmutableList<string> Targets, decimal? Timeout, string? ExternalResourceId, DateTimeOffset CreatedAt)
{
    private static readonly TimeSpan TimeoutUnlessSaid = TimeSpan.FromMinutes(5);

    [JsonIgnore]
    public TimeSpan RunsAtMost => Timeout is { } milliseconds ? TimeSpan.FromMilliseconds((double)milliseconds) : TimeoutUnlessSaid;

    public bool IsFor(Deployment deployment) =>
        deployment.ProjectId == ProjectId && (Targets.IsEmpty || Targets.Contains(deployment.Environment, StringComparer.Ordinal));
}

/// <summary>One run of a check, for one deployment.</summary>
/// <param name="StartedAt">Absent while it waits for what it requires.</param>
internal sealed record CheckRun(string Id, ProjectCheck Check, DateTimeOffset? StartedAt)
{
    /// <summary><c>queued</c>, <c>running</c> or <c>completed</c>.</summary>
    public string Status { get; init; } = "queued";

    public string? Conclusion { get; init; }

    public string? ConclusionText { get; init; }

    public string? ExternalId { get; init; }

    public string? ExternalUrl { get; init; }

    public JsonElement? Output { get; init; }

    public DateTimeOffset? CompletedAt { get; init; }

    [JsonIgnore]
    public bool IsOpen => Status != "completed";

    /// <summary>Whether what it blocks must not go on any more.</summary>
    [JsonIgnore]
    public bool HasFailed => Conclusion is "failed" or "timeout" or "canceled";

    public CheckRun Complete(string conclusion, DateTimeOffset now) => this with { Status = "completed", Conclusion = conclusion, CompletedAt = now };
}

/// <summary>A check of one deployment. Source: contract D.13, checks v1.</summary>
internal sealed record DeploymentCheck
{
    public required string Id { get; init; }

    public required string InstallationId { get; init; }

    public required string Name { get; init; }

    public required bool IsBlocking { get; init; }

    public string? Path { get; init; }

    public bool IsRerequestable { get; init; }

    /// <summary><c>registered</c>, <c>running</c> or <c>completed</c>.</summary>
    public string Status { get; init; } = "registered";

    public string? Conclusion { get; init; }

    public string? DetailsUrl { get; init; }

    public string? ExternalId { get; init; }

    public JsonElement? Output { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset? CompletedAt { get; init; }

    [JsonIgnore]
    public bool IsOpen => Status != "completed";

    [JsonIgnore]
    public bool HasFailed => Conclusion is "failed" or "canceled";
}
