using LanguageExt;
using Marketplace.Core.Installations;
using Marketplace.Core.Resources;

namespace Marketplace.Jobs.Vercel;

/// <summary>What we say about the customer's deployments, and read of them, each with an installation's token. Source: contract §D.12, §D.13.</summary>
public interface IVercelDeployments
{
    /// <summary>How far the work on a deployment action is (§D.12).</summary>
    Task<VercelAnswer<Nothing>> UpdateAction(
        InstallationId installation, DeploymentId deployment, ResourceId resource, string action, ActionUpdate update, CancellationToken cancel);

    /// <summary>Announces a check of a deployment (§D.13, v1). Sent twice, there are two.</summary>
    Task<VercelAnswer<Check>> CreateCheck(InstallationId installation, DeploymentId deployment, NewCheck check, CancellationToken cancel);

    Task<VercelAnswer<Seq<Check>>> ListChecks(InstallationId installation, DeploymentId deployment, CancellationToken cancel);

    Task<VercelAnswer<Check>> GetCheck(InstallationId installation, DeploymentId deployment, CheckId check, CancellationToken cancel);

    Task<VercelAnswer<Check>> UpdateCheck(
        InstallationId installation, DeploymentId deployment, CheckId check, CheckUpdate update, CancellationToken cancel);

    Task<VercelAnswer<Nothing>> RerequestCheck(InstallationId installation, DeploymentId deployment, CheckId check, CancellationToken cancel);

    /// <summary>Declares a check that every deployment of a project runs (§D.13, v2). Sent twice, there are two.</summary>
    Task<VercelAnswer<Option<CheckId>>> CreateProjectCheck(
        InstallationId installation, ProjectId project, ProjectCheck check, CancellationToken cancel);

    /// <summary>How far one run of such a check is.</summary>
    Task<VercelAnswer<Nothing>> UpdateCheckRun(
        InstallationId installation, DeploymentId deployment, CheckRunId run, CheckRunUpdate update, CancellationToken cancel);

    Task<VercelAnswer<Project>> GetProject(InstallationId installation, ProjectId project, CancellationToken cancel);

    /// <summary>With what Vercel knows of its commit.</summary>
    Task<VercelAnswer<Deployment>> GetDeployment(InstallationId installation, DeploymentId deployment, CancellationToken cancel);
}
