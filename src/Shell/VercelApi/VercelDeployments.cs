using LanguageExt;
using Marketplace.Core.Installations;
using Marketplace.Core.Resources;
using Marketplace.Jobs.Vercel;

namespace Marketplace.Shell.VercelApi;

/// <summary>The customer's deployments, over HTTP. Source: contract §D.12, §D.13.</summary>
internal sealed class VercelDeployments(VercelCalls calls) : IVercelDeployments
{
    public Task<VercelAnswer<Nothing>> UpdateAction(
        InstallationId installation, DeploymentId deployment, ResourceId resource, string action, ActionUpdate update, CancellationToken cancel) =>
        calls.Send(
            installation,
            VercelCall.Patch(
                VercelRoute.Of($"v1/deployments/{deployment}/integrations/{installation}/resources/{resource}/actions/{action}"),
                ActionUpdateWire.Of(update)),
            cancel);

    public Task<VercelAnswer<Check>> CreateCheck(
        InstallationId installation, DeploymentId deployment, NewCheck check, CancellationToken cancel) =>
        calls.Send(installation, VercelCall.Post(Checks(deployment), NewCheckWire.Of(check), ReadCheck), cancel);

    public Task<VercelAnswer<Seq<Check>>> ListChecks(InstallationId installation, DeploymentId deployment, CancellationToken cancel) =>
        calls.Send(
            installation,
            VercelCall.Get(Checks(deployment), (CheckListWire list) => list.Checks.Select(check => check.ToCheck()).ToSeq().Strict()),
            cancel);

    public Task<VercelAnswer<Check>> GetCheck(
        InstallationId installation, DeploymentId deployment, CheckId check, CancellationToken cancel) =>
        calls.Send(installation, VercelCall.Get(One(deployment, check), (CheckWire wire) => wire.ToCheck()), cancel);

    public Task<VercelAnswer<Check>> UpdateCheck(
        InstallationId installation, DeploymentId deployment, CheckId check, CheckUpdate update, CancellationToken cancel) =>
        calls.Send(installation, VercelCall.Patch(One(deployment, check), CheckUpdateWire.Of(update), ReadCheck), cancel);

    public Task<VercelAnswer<Nothing>> RerequestCheck(
        InstallationId installation, DeploymentId deployment, CheckId check, CancellationToken cancel) =>
        calls.Send(installation, VercelCall.Post($"{One(deployment, check)}/rerequest", body: null), cancel);

    public Task<VercelAnswer<Option<CheckId>>> CreateProjectCheck(
        InstallationId installation, ProjectId project, ProjectCheck check, CancellationToken cancel) =>
        calls.Send(
            installation,
            VercelCall.Post(
                VercelRoute.Of($"v2/projects/{project}/checks"), ProjectCheckWire.Of(check),
                VercelCall.Json((CreatedCheckWire wire) => Prelude.Optional(wire.Id).Map(id => new CheckId(id!)))),
            cancel);

    public Task<VercelAnswer<Nothing>> UpdateCheckRun(
        InstallationId installation, DeploymentId deployment, CheckRunId run, CheckRunUpdate update, CancellationToken cancel) =>
        calls.Send(
            installation,
            VercelCall.Patch(VercelRoute.Of($"v2/deployments/{deployment}/check-runs/{run}"), CheckRunUpdateWire.Of(update)), cancel);

    public Task<VercelAnswer<Project>> GetProject(InstallationId installation, ProjectId project, CancellationToken cancel) =>
        calls.Send(installation, VercelCall.Get(VercelRoute.Of($"v9/projects/{project}"), (ProjectWire wire) => wire.ToProject()), cancel);

    public Task<VercelAnswer<Deployment>> GetDeployment(InstallationId installation, DeploymentId deployment, CancellationToken cancel) =>
        calls.Send(
            installation,
            VercelCall.Get(
                $"{VercelRoute.Of($"v13/deployments/{deployment}")}?withGitRepoInfo=true", (DeploymentWire wire) => wire.ToDeployment()),
            cancel);

    private static string Checks(DeploymentId deployment) => VercelRoute.Of($"v1/deployments/{deployment}/checks");

    private static string One(DeploymentId deployment, CheckId check) => VercelRoute.Of($"v1/deployments/{deployment}/checks/{check}");

    private static Task<Check> ReadCheck(HttpResponseMessage response, CancellationToken cancel) =>
        VercelCall.Json((CheckWire wire) => wire.ToCheck())(response, cancel);

    private sealed record CheckListWire(CheckWire[] Checks);

    /// <summary>What the answer is made of is not published.</summary>
    private sealed record CreatedCheckWire(string? Id);
}
