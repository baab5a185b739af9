using System.Diagnostics;
using Marketplace.Core.Installations;
using Marketplace.Shell.Http;

namespace Marketplace.Shell.Resync;

/// <summary>The one place that gives each refusal of a resync its status, its type and its sentence.</summary>
internal static class ResyncProblem
{
    public static ProblemResult From(InstallationId id, ResyncAnswer refused) =>
        refused switch
        {
            ResyncAnswer.NoInstallation => ProviderProblems.NotFound($"There is no installation {id}."),
            ResyncAnswer.InstallationLeaves => ProviderProblems.Conflict(
                $"Installation {id} is uninstalled: Vercel shows nothing of it any more.", "installation_uninstalled"),
            ResyncAnswer.NoResource(var unknown) => ProviderProblems.NotFound(
                $"The installation has no resource {unknown}. If Vercel has it, remove deletes it there."),
            ResyncAnswer.ResourceGone(var gone) => ProviderProblems.Conflict(
                $"Resource {gone} is gone here. If Vercel has it still, remove deletes it there.", "resource_uninstalled"),
            _ => throw new UnreachableException(refused.GetType().Name),
        };
}
