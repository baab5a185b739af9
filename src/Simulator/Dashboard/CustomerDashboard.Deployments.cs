using System.Collections.Immutable;
using Marketplace.Simulator.Deployments;
using Marketplace.Simulator.Installations;
using Marketplace.Simulator.Secrets;
using Marketplace.Simulator.State;
using Marketplace.Simulator.Webhooks;

namespace Marketplace.Simulator.Dashboard;

/// <summary>The customer deploys his projects, and integrations take part. Source: contract §E.15, D.12, D.13.</summary>
internal sealed partial class CustomerDashboard
{
    /// <summary>
    /// Begins a deployment. It waits for the given actions of every resource that is connected to the project in that environment.
    /// </summary>
    public Deployment Deploy(string projectId, string environment = "preview", ImmutableList<string>? actions = null, string branch = "main")
    {
        var now = clock.GetUtcNow();
        var begun = store.Change(state =>
        {
            var team = state.Teams.Values.FirstOrDefault(team => team.Projects.ContainsKey(projectId))
                ?? throw new KeyNotFoundException($"There is no project {projectId}.");
            (state, var identity) = state.Identify("dpl", projectId);
            (state, var commit) = state.Identify("commit", projectId);
            var deployment = new Deployment
            {
                Id = identity.Id,
                AccountId = team.AccountId,
                ProjectId = projectId,
                Environment = environment,
                Branch = branch,
                CommitSha = commit.Hexadecimal(40),
                CreatedAt = now,
                Actions = [.. Actions(state, projectId, environment, actions ?? [])],
            };
            var next = DeploymentProgress.Begin(state, deployment, now);
            return (next, next.Deployments[deployment.Id]);
        });
        work.Wake();
        return begun;
    }

    public Deployment Deployment(string id) =>
        store.Current.Deployments.GetValueOrDefault(id) ?? throw new KeyNotFoundException($"There is no deployment {id}.");

    public Deployment CancelDeployment(string id) => ChangeDeployment(id, (state, deployment) => deployment.IsOver
        ? throw new InvalidOperationException("The deployment is over.")
        : DeploymentProgress.Cancel(state, deployment, clock.GetUtcNow()));

    /// <summary>What integrations made for it is cleaned up a month later.</summary>
    public Deployment DeleteDeployment(string id) => ChangeDeployment(id, (state, deployment) => deployment.IsOver
        ? state.With(deployment with { DeletedAt = deployment.DeletedAt ?? clock.GetUtcNow() })
        : throw new InvalidOperationException("The deployment is not over; cancel it first."));

    public Deployment PromoteDeployment(string id) => ChangeDeployment(id, (state, deployment) => deployment.Stage == DeploymentStage.Ready
        ? state.Send(DeploymentPayloads.Changed(state, deployment, "promoted", clock.GetUtcNow()))
        : throw new InvalidOperationException("The deployment is not ready."));

    /// <summary>Wants a check once more: one of the older kind, or a run of the newer kind.</summary>
    public Deployment RerequestCheck(string deploymentId, string checkOrRunId) => ChangeDeployment(deploymentId, (state, deployment) =>
    {
        var now = clock.GetUtcNow();
        if (deployment.Checks.Find(check => check.Id == checkOrRunId) is { } check)
        {
            return check.IsRerequestable ? CheckOperations.Rerequested(state, deployment, check, now) : throw NotAgain();
        }

        var run = deployment.CheckRuns.Find(run => run.Id == checkOrRunId) ?? throw new KeyNotFoundException($"There is no check {checkOrRunId}.");
        if (!run.Check.IsRerequestable || run.IsOpen)
        {
            throw NotAgain();
        }

        var (next, identity) = state.Identify("chkr", deploymentId, run.Check.Id);
        var anew = new CheckRun(identity.Id, run.Check, now);
        var changed = deployment with { CheckRuns = deployment.CheckRuns.Replace(run, anew) };
        return next.With(changed).Send(DeploymentPayloads.OfRun(next, changed, anew, "start", now));
    });

    /// <summary>The variables of one deployment: those of its environment, with what actions have brought in place of them.</summary>
    public ImmutableList<EnvironmentVariable> DeploymentVariables(string id)
    {
        var state = store.Current;
        var deployment = Deployment(id);
        var variables =
            from installation in state.Installations.Values
            from resource in installation.Resources.Values
            from connection in resource.Connections
            where connection.ProjectId == deployment.ProjectId
            let brought = deployment.Actions
                .FindAll(action => action is { Status: ActionStatus.Succeeded } && action.InstallationId == installation.Id && action.ResourceId == resource.Id)
                .Aggregate(resource.Secrets, (secrets, action) => secrets.Update(action.Secrets, partial: true))
            from variable in EnvironmentVariables.In(deployment.Environment, resource, brought, connection)
            select variable;
        return [.. variables.OrderBy(variable => variable.Name, StringComparer.Ordinal)];
    }

    private Deployment ChangeDeployment(string id, Func<VercelState, Deployment, VercelState> change)
    {
        store.Change(state => change(state, Deployment(id)));
        work.Wake();
        return Deployment(id);
    }

    private static InvalidOperationException NotAgain() => new("The check cannot be requested again.");

    private static IEnumerable<DeploymentAction> Actions(
        VercelState state, string projectId, string environment, ImmutableList<string> slugs) =>
        from installation in state.Installations.Values
        where installation.Stage == InstallationStage.Installed
        from resource in installation.Resources.Values
        from connection in resource.Connections
        where connection.ProjectId == projectId && connection.Targets.Contains(environment, StringComparer.Ordinal)
        from slug in slugs
        select new DeploymentAction(installation.Id, resource.Id, slug);
}
