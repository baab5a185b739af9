using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Marketplace.Simulator.Secrets;

namespace Marketplace.Simulator.Deployments;

/// <summary>How far a deployment is.</summary>
internal enum DeploymentStage
{
    /// <summary>Integrations prepare what it needs; nothing is built before all of them are done. Source: contract §E.15.</summary>
    Provisioning,

    Building,

    /// <summary>Built, and not yet served: checks hold it.</summary>
    Checking,

    Ready,

    Failed,

    Canceled,
}

/// <summary>One deployment of a project.</summary>
internal sealed record Deployment
{
    public required string Id { get; init; }

    public required string AccountId { get; init; }

    public required string ProjectId { get; init; }

    /// <summary><c>production</c>, <c>preview</c> or the slug of a custom environment.</summary>
    public required string Environment { get; init; }

    public required string Branch { get; init; }

    public required string CommitSha { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DeploymentStage Stage { get; init; } = DeploymentStage.Provisioning;

    /// <summary>When the build, once it has begun, is done.</summary>
    public DateTimeOffset? BuiltAt { get; init; }

    public DateTimeOffset? DeletedAt { get; init; }

    /// <summary>The integrations were told to remove what they made for it.</summary>
    public bool IsCleanedUp { get; init; }

    public ImmutableList<DeploymentAction> Actions { get; init; } = [];

    /// <summary>Of the newer kind, which belong to the project.</summary>
    public ImmutableList<CheckRun> CheckRuns { get; init; } = [];

    /// <summary>Of the older kind, which an integration adds to a deployment.</summary>
    public ImmutableList<DeploymentCheck> Checks { get; init; } = [];

    [JsonIgnore]
    public string Url => $"{Id[4..].ToLowerInvariant()}.vercel.example";

    [JsonIgnore]
    public bool IsOver => Stage is DeploymentStage.Ready or DeploymentStage.Failed or DeploymentStage.Canceled;

    public Deployment With(DeploymentAction before, DeploymentAction after) => this with { Actions = Actions.Replace(before, after) };

    public Deployment With(CheckRun before, CheckRun after) => this with { CheckRuns = CheckRuns.Replace(before, after) };

    public Deployment With(DeploymentCheck before, DeploymentCheck after) => this with { Checks = Checks.Replace(before, after) };
}

/// <summary>What an integration does for one deployment before it is built. Source: contract D.12, §E.15.</summary>
/// <param name="Slug">As it is declared in the Integration Console.</param>
internal sealed record DeploymentAction(string InstallationId, string ResourceId, string Slug)
{
    public ActionStatus Status { get; init; } = ActionStatus.Waiting;

    public string? StatusText { get; init; }

    public string? StatusUrl { get; init; }

    /// <summary>For this deployment alone, beside or in place of those of the resource.</summary>
    public ImmutableList<Secret> Secrets { get; init; } = [];

    [JsonIgnore]
    public bool IsOver => Status is ActionStatus.Succeeded or ActionStatus.Failed or ActionStatus.Canceled;
}

internal enum ActionStatus
{
    /// <summary>The integration was told, and has not said anything yet.</summary>
    Waiting,

    Running,

    Succeeded,

    Failed,

    Canceled,
}
