using Marketplace.Shell.Http;

namespace Marketplace.Shell.Provisioning.Http;

/// <summary>How long is waited for the control plane beside what holds for every call.</summary>
internal sealed record ControlPlaneLimits : CallLimits
{
    public static readonly ControlPlaneLimits Default = new();

    /// <summary>Of one question with everything that is repeated; less than an operation may take.</summary>
    public TimeSpan AnswerMax { get; init; } = TimeSpan.FromSeconds(55);

    public override int OutageCallsMin { get; init; } = 10;
}
