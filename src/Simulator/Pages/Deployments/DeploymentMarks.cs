using System.Diagnostics;
using Marketplace.Simulator.Deployments;
using Marketplace.Simulator.Pages.Site;

namespace Marketplace.Simulator.Pages.Deployments;

/// <summary>How deployments, their actions and their checks are, in words and colours. Source: contract D.12, D.13, §E.15.</summary>
internal static class DeploymentMarks
{
    public static Mark Of(DeploymentStage stage) => stage switch
    {
        DeploymentStage.Provisioning => new("Provisioning", Tones.Busy),
        DeploymentStage.Building => new("Building", Tones.Busy),
        DeploymentStage.Checking => new("Checking", Tones.Busy),
        DeploymentStage.Ready => new("Ready", Tones.Good),
        DeploymentStage.Failed => new("Failed", Tones.Bad),
        DeploymentStage.Canceled => new("Canceled", Tones.Quiet),
        _ => throw new UnreachableException(stage.ToString()),
    };

    public static Mark Of(ActionStatus status) => status switch
    {
        ActionStatus.Waiting => new("Waiting", Tones.Busy),
        ActionStatus.Running => new("Running", Tones.Busy),
        ActionStatus.Succeeded => new("Succeeded", Tones.Good),
        ActionStatus.Failed => new("Failed", Tones.Bad),
        ActionStatus.Canceled => new("Canceled", Tones.Quiet),
        _ => throw new UnreachableException(status.ToString()),
    };

    public static Mark OfCheck(string status, string? conclusion, bool hasFailed) => conclusion is null
        ? new(status, Tones.Busy)
        : new(conclusion, hasFailed ? Tones.Bad : conclusion == "succeeded" ? Tones.Good : Tones.Quiet);
}
