namespace Marketplace.Core.Deployments;

/// <summary>What happened to an action.</summary>
public abstract record DeploymentActionEvent(DeploymentActionId Id, DateTimeOffset At)
{
    public sealed record Started(DeploymentActionId Id, DateTimeOffset At) : DeploymentActionEvent(Id, At);

    public sealed record Succeeded(DeploymentActionId Id, DateTimeOffset At) : DeploymentActionEvent(Id, At);

    public sealed record Failed(DeploymentActionId Id, string Reason, DateTimeOffset At) : DeploymentActionEvent(Id, At);

    public sealed record GivenUp(DeploymentActionId Id, string Reason, DateTimeOffset At) : DeploymentActionEvent(Id, At);

    public sealed record Canceled(DeploymentActionId Id, DateTimeOffset At) : DeploymentActionEvent(Id, At);

    public sealed record CleanUpAsked(DeploymentActionId Id, DateTimeOffset RemovedFrom, DateTimeOffset At) : DeploymentActionEvent(Id, At);

    public sealed record Removed(DeploymentActionId Id, DateTimeOffset At) : DeploymentActionEvent(Id, At);
}
