using System.Collections.Immutable;
using System.Diagnostics;
using Marketplace.Simulator.State;
using Marketplace.Simulator.Webhooks;

namespace Marketplace.Simulator.Deployments;

/// <summary>Moves deployments on as far as actions, time and checks let them. Source: contract §E.15, D.12, D.13.</summary>
internal static class DeploymentProgress
{
    public static readonly TimeSpan BuildTime = TimeSpan.FromMinutes(1);

    /// <summary>A deployment that was deleted can be restored for so long; only then its leftovers are cleaned up.</summary>
    public static readonly TimeSpan RecoveryPeriod = TimeSpan.FromDays(30);

    public static VercelState Begin(VercelState state, Deployment deployment, DateTimeOffset now)
    {
        ImmutableList<CheckRun> runs = [];
        foreach (var check in state.ProjectChecks.Where(check => check.IsFor(deployment)))
        {
            (state, var identity) = state.Identify("chkr", deployment.Id, check.Id);
            runs = runs.Add(new CheckRun(identity.Id, check, check.Requires == "none" ? now : null));
        }

        var begun = deployment with { CheckRuns = runs };
        return Move(
            state.With(begun)
                .Send(DeploymentPayloads.Changed(state, begun, "created", now))
                .Send(begun.Actions.Select(action => DeploymentPayloads.OfAction(state, begun, action, "start", now)))
                .Send(runs.FindAll(run => run.StartedAt is not null).Select(run => DeploymentPayloads.OfRun(state, begun, run, "start", now))),
            deployment.Id, now);
    }

    /// <summary>What the passing of time alone does to it.</summary>
    public static VercelState PassTime(VercelState state, Deployment deployment, DateTimeOffset now)
    {
        if (deployment is { DeletedAt: { } deletedAt, IsCleanedUp: false } && now >= deletedAt + RecoveryPeriod)
        {
            return state
                .With(deployment with { IsCleanedUp = true })
                .Send(DeploymentPayloads.Changed(state, deployment, "cleanup", now))
                .Send(deployment.Actions.Select(action => DeploymentPayloads.OfAction(state, deployment, action, "cleanup", now)));
        }

        var late = deployment.CheckRuns.FindAll(run => run.IsOpen && run.StartedAt + run.Check.RunsAtMost <= now);
        var isBuilt = deployment.Stage == DeploymentStage.Building && deployment.BuiltAt <= now;
        return late.IsEmpty && !isBuilt
            ? state
            : Move(
                state
                    .With(late.Aggregate(deployment, (so, run) => so.With(run, run.Complete("timeout", now))))
                    .Send(late.Select(run => DeploymentPayloads.OfRun(state, deployment, run, "cancel", now))),
                deployment.Id, now);
    }

    /// <summary>Goes on from stage to stage, until something has to be waited for.</summary>
    public static VercelState Move(VercelState state, string deploymentId, DateTimeOffset now)
    {
        while (true)
        {
            var next = Step(state, state.Deployments[deploymentId], now);
            if (ReferenceEquals(next, state))
            {
                return state;
            }

            state = next;
        }
    }

    public static VercelState Cancel(VercelState state, Deployment deployment, DateTimeOffset now) =>
        Stop(state, deployment, DeploymentStage.Canceled, "canceled", now);

    private static VercelState Step(VercelState state, Deployment deployment, DateTimeOffset now) => deployment.Stage switch
    {
        DeploymentStage.Provisioning => Provision(state, deployment, now),
        DeploymentStage.Building => deployment.BuiltAt <= now ? Built(state, deployment, now) : state,
        DeploymentStage.Checking => Check(state, deployment, now),
        DeploymentStage.Ready or DeploymentStage.Failed or DeploymentStage.Canceled => state,
        _ => throw new UnreachableException(deployment.Stage.ToString()),
    };

    private static VercelState Provision(VercelState state, Deployment deployment, DateTimeOffset now)
    {
        var before = deployment.CheckRuns.FindAll(run => run.Check.Blocks == "build-start");
        if (deployment.Actions.Exists(action => action.Status == ActionStatus.Failed) || before.Exists(run => run.HasFailed))
        {
            return Stop(state, deployment, DeploymentStage.Failed, "error", now);
        }

        // A run that waits for the build cannot hold the build.
        return deployment.Actions.TrueForAll(action => action.IsOver) && !before.Exists(run => run is { IsOpen: true, StartedAt: not null })
            ? state.With(deployment with { Stage = DeploymentStage.Building, BuiltAt = now + BuildTime })
            : state;
    }

    private static VercelState Built(VercelState state, Deployment deployment, DateTimeOffset now)
    {
        var waiting = deployment.CheckRuns.FindAll(run => run is { IsOpen: true, StartedAt: null });
        var built = waiting.Aggregate(
            deployment with { Stage = DeploymentStage.Checking }, (so, run) => so.With(run, run with { StartedAt = now }));
        return state
            .With(built)
            .Send(DeploymentPayloads.Changed(state, built, "ready", now))
            .Send(waiting.Select(run => DeploymentPayloads.OfRun(state, built, run, "start", now)));
    }

    private static VercelState Check(VercelState state, Deployment deployment, DateTimeOffset now)
    {
        var runs = deployment.CheckRuns.FindAll(run => run.Check.Blocks != "none");
        var checks = deployment.Checks.FindAll(check => check.IsBlocking);
        if (runs.Exists(run => run.HasFailed) || checks.Exists(check => check.HasFailed))
        {
            return Stop(state, deployment, DeploymentStage.Failed, "error", now);
        }

        return runs.Exists(run => run.IsOpen) || checks.Exists(check => check.IsOpen)
            ? state
            : state
                .With(deployment with { Stage = DeploymentStage.Ready })
                .Send(DeploymentPayloads.Changed(state, deployment, "succeeded", now))
                .Send(deployment.Environment == "production" ? DeploymentPayloads.Changed(state, deployment, "promoted", now) : []);
    }

    /// <summary>Whoever still works for it is told to stop.</summary>
    private static VercelState Stop(VercelState state, Deployment deployment, DeploymentStage stage, string told, DateTimeOffset now)
    {
        var actions = deployment.Actions.FindAll(action => !action.IsOver);
        var runs = deployment.CheckRuns.FindAll(run => run.IsOpen);
        var stopped = actions.Aggregate(deployment with { Stage = stage }, (so, action) => so.With(action, action with { Status = ActionStatus.Canceled }));
        stopped = runs.Aggregate(stopped, (so, run) => so.With(run, run.Complete("canceled", now)));
        return state
            .With(stopped)
            .Send(actions.Select(action => DeploymentPayloads.OfAction(state, stopped, action, "cancel", now)))
            .Send(runs.FindAll(run => run.StartedAt is not null).Select(run => DeploymentPayloads.OfRun(state, stopped, run, "cancel", now)))
            .Send(DeploymentPayloads.Changed(state, stopped, told, now));
    }
}
