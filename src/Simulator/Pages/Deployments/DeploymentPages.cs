using System.Collections.Immutable;
using Marketplace.Simulator.Dashboard;
using Marketplace.Simulator.Deployments;
using Marketplace.Simulator.Pages.Site;

namespace Marketplace.Simulator.Pages.Deployments;

/// <summary>The customer deploys, and integrations take part.</summary>
internal sealed class DeploymentPages(PageSources sources)
{
    public Shown List(Visit visit)
    {
        var (team, project) = ProjectOf(visit.Route("projectId"));
        return Shown.Of<DeploymentsPage>(new DeploymentsView(
            PagePaths.Deployments(project.Id), project.Name, PagePaths.Project(project.Id), team.Name, PagePaths.Team(team.AccountId),
            [.. sources.Options.Products.SelectMany(product => product.Actions).Distinct(StringComparer.Ordinal)],
            [
                .. sources.State.Deployments.Values
                    .Where(deployment => deployment.ProjectId == project.Id)
                    .OrderByDescending(deployment => deployment.CreatedAt)
                    .Select(Row),
            ]));
    }

    public Shown Show(Visit visit)
    {
        var deployment = Find(visit);
        var (_, project) = ProjectOf(deployment.ProjectId);
        return Shown.Of<DeploymentPage>(new DeploymentView(
            PagePaths.Deployment(deployment.Id), deployment.Id, deployment.Url, project.Name, PagePaths.Project(project.Id),
            PagePaths.Deployments(project.Id), deployment.Environment, deployment.Branch, deployment.CommitSha[..7], deployment.CreatedAt, DeploymentMarks.Of(deployment.Stage),
            !deployment.IsOver, deployment is { Stage: DeploymentStage.Ready, DeletedAt: null }, deployment is { IsOver: true, DeletedAt: null },
            deployment.DeletedAt + DeploymentProgress.RecoveryPeriod, deployment.IsCleanedUp,
            [.. deployment.Actions.Select(Row)], [.. deployment.CheckRuns.Select(Row), .. deployment.Checks.Select(Row)], Variables(deployment)));
    }

    public Outcome Deploy(Visit visit)
    {
        var others = (visit.Field("other") ?? "").Split([',', ' '], StringSplitOptions.RemoveEmptyEntries);
        ImmutableList<string> actions = [.. visit.Fields("action").Union(others, StringComparer.Ordinal)];
        var deployment = sources.Hand.Deploy(
            visit.Route("projectId"), visit.Field("environment") ?? "preview", actions, visit.Field("branch") ?? "main");
        return Outcome.Done(PagePaths.Deployment(deployment.Id), deployment.Actions.IsEmpty
            ? "The deployment is begun. No resource has anything to do for it."
            : "The deployment is begun, and waits for its actions.");
    }

    public Outcome Cancel(Visit visit) => Told(sources.Hand.CancelDeployment(Find(visit).Id), "It is canceled. Whoever still worked for it is told.");

    public Outcome Promote(Visit visit) => Told(sources.Hand.PromoteDeployment(Find(visit).Id), "It is promoted. A webhook says so.");

    public Outcome Delete(Visit visit) => Told(
        sources.Hand.DeleteDeployment(Find(visit).Id), "It is deleted. In 30 days, by the virtual clock, its actions are told to clean up.");

    public Outcome Rerequest(Visit visit) => Told(
        sources.Hand.RerequestCheck(Find(visit).Id, visit.Route("checkId")), "The check is wanted once more.");

    private static Outcome Told(Deployment deployment, string text) => Outcome.Done(PagePaths.Deployment(deployment.Id), text);

    private Deployment Find(Visit visit) => sources.Hand.Deployment(visit.Route("deploymentId"));

    private (Team Team, Project Project) ProjectOf(string projectId)
    {
        var team = sources.State.Teams.Values.FirstOrDefault(team => team.Projects.ContainsKey(projectId))
            ?? throw new KeyNotFoundException($"There is no project {projectId}.");
        return (team, team.Projects[projectId]);
    }

    private static DeploymentRow Row(Deployment deployment) => new(
        PagePaths.Deployment(deployment.Id), deployment.Id, deployment.Environment, deployment.Branch, deployment.CreatedAt,
        DeploymentMarks.Of(deployment.Stage),
        deployment.IsOver ? "" : deployment.Stage switch
        {
            DeploymentStage.Provisioning => Words.Count(deployment.Actions.Count(action => !action.IsOver), "action"),
            _ => Words.Count(
                deployment.CheckRuns.Count(run => run.IsOpen) + deployment.Checks.Count(check => check is { IsOpen: true, IsBlocking: true }), "check"),
        });

    private ActionRow Row(DeploymentAction action) => new(
        action.Slug,
        sources.State.Installations.GetValueOrDefault(action.InstallationId)?.Resources.GetValueOrDefault(action.ResourceId)?.Name
            ?? action.ResourceId,
        PagePaths.Resource(action.InstallationId, action.ResourceId), DeploymentMarks.Of(action.Status), action.StatusText,
        action.StatusUrl is { } href ? new LinkView(href, PagePaths.Open(action.InstallationId), action.ResourceId) : null,
        string.Join(", ", action.Secrets.Select(secret => secret.Name)));

    private static CheckRow Row(CheckRun run) => new(
        run.Id, run.Check.Name, "of the project", DeploymentMarks.OfCheck(run.Status, run.Conclusion, run.HasFailed),
        run.Check.Blocks == "none" ? "nothing" : run.Check.Blocks, run.ConclusionText, run.ExternalUrl, run.Check.IsRerequestable && !run.IsOpen);

    private static CheckRow Row(DeploymentCheck check) => new(
        check.Id, check.Name, "of this deployment", DeploymentMarks.OfCheck(check.Status, check.Conclusion, check.HasFailed),
        check.IsBlocking ? "the deployment" : "nothing", Text: null, check.DetailsUrl, check.IsRerequestable);

    private ImmutableList<VariableRow> Variables(Deployment deployment)
    {
        var brought = deployment.Actions.SelectMany(action => action.Secrets).Select(secret => secret.Value).ToHashSet(StringComparer.Ordinal);
        return
        [
            .. sources.Hand.DeploymentVariables(deployment.Id).Select(variable => new VariableRow(variable.Name, brought.Contains(variable.Value))),
        ];
    }
}
