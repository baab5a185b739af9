using System.Diagnostics;
using Marketplace.Simulator.Installations;

namespace Marketplace.Simulator.Pages.Site;

/// <summary>How installations and resources are, in words and colours.</summary>
internal static class Stages
{
    public static Mark Mark(Installation installation) => installation.Stage switch
    {
        InstallationStage.Installing => new("Installing", Tones.Busy),
        InstallationStage.Installed => new("Installed", Tones.Good),
        InstallationStage.PendingDeletion => new("Pending deletion", Tones.Warn),
        InstallationStage.Finalized => new("Removed", Tones.Quiet),
        _ => throw new UnreachableException(installation.Stage.ToString()),
    };

    /// <summary>Source: contract §C.2. The answers have passed their schema, so that another status is a new one.</summary>
    public static Mark OfResource(string status) => status switch
    {
        "ready" => new("Ready", Tones.Good),
        "resumed" => new("Resumed", Tones.Good),
        "pending" => new("Pending", Tones.Busy),
        "onboarding" => new("Onboarding", Tones.Busy),
        "suspended" => new("Suspended", Tones.Warn),
        "error" => new("Error", Tones.Bad),
        "uninstalled" => new("Uninstalled", Tones.Quiet),
        _ => new(status, Tones.Quiet),
    };
}
