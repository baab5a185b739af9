using System.Diagnostics;
using LanguageExt;
using static LanguageExt.Prelude;

namespace Marketplace.Core.Deployments;

/// <summary>The life of an action: what Vercel says comes in any order, and nothing of it is ever refused. Source: contract §E.15, §F.</summary>
public static class DeploymentActionTransitions
{
    /// <summary>For so long a deleted deployment may come back, with all that was made for it (contract §E.15).</summary>
    public static readonly TimeSpan RecoveryPeriod = TimeSpan.FromDays(30);

    /// <summary>For so long Vercel is told an outcome that it does not acknowledge: no build waits for it that long.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromDays(1);

    /// <summary>The first that is heard of an action: its start, unless an end of it was faster.</summary>
    public static Transition<DeploymentAction, DeploymentActionEvent> First(DeploymentActionId id, DeploymentActionCommand command, DateTimeOffset now) =>
        command switch
        {
            DeploymentActionCommand.Start => Moved(new DeploymentAction.Wanted(id, now), new DeploymentActionEvent.Started(id, now)),
            // Nothing was made, and the start that comes late must make nothing.
            DeploymentActionCommand.Cancel or DeploymentActionCommand.CleanUp =>
                Moved(new DeploymentAction.Gone(id), new DeploymentActionEvent.Canceled(id, now)),
            DeploymentActionCommand.Succeed or DeploymentActionCommand.Fail or DeploymentActionCommand.GiveUp
                or DeploymentActionCommand.ConfirmRemoval =>
                throw new InvalidOperationException($"{id} was never asked for, and cannot end."),
            _ => throw new UnreachableException(command.GetType().Name),
        };

    /// <summary>What follows from one command. Repeating a command changes nothing and emits nothing.</summary>
    public static Transition<DeploymentAction, DeploymentActionEvent> Apply(
        DeploymentAction current, DeploymentActionCommand command, DateTimeOffset now) =>
        command switch
        {
            DeploymentActionCommand.Start => Unchanged(current),
            DeploymentActionCommand.Cancel => Cancel(current, now),
            DeploymentActionCommand.CleanUp told => CleanUp(current, told.ToldAt + RecoveryPeriod, now),
            DeploymentActionCommand.Succeed => Succeed(current, now),
            DeploymentActionCommand.Fail fail => Fail(current, fail.Reason, now),
            DeploymentActionCommand.GiveUp end => GiveUp(current, end.Reason, now),
            DeploymentActionCommand.ConfirmRemoval => ConfirmRemoval(current, now),
            _ => throw new UnreachableException(command.GetType().Name),
        };

    /// <summary>What has succeeded stays until the deployment is deleted: a build that was stopped may be built again.</summary>
    private static Transition<DeploymentAction, DeploymentActionEvent> Cancel(DeploymentAction current, DateTimeOffset now) =>
        current switch
        {
            DeploymentAction.Wanted => Moved(new DeploymentAction.Leaving(current.Id, now), new DeploymentActionEvent.Canceled(current.Id, now)),
            DeploymentAction.Succeeded or DeploymentAction.Leaving or DeploymentAction.Gone => Unchanged(current),
            _ => throw new UnreachableException(current.GetType().Name),
        };

    private static Transition<DeploymentAction, DeploymentActionEvent> CleanUp(DeploymentAction current, DateTimeOffset from, DateTimeOffset now) =>
        current switch
        {
            DeploymentAction.Wanted or DeploymentAction.Succeeded => Moved(
                new DeploymentAction.Leaving(current.Id, from), new DeploymentActionEvent.CleanUpAsked(current.Id, from, now)),
            DeploymentAction.Leaving or DeploymentAction.Gone => Unchanged(current),
            _ => throw new UnreachableException(current.GetType().Name),
        };

    private static Transition<DeploymentAction, DeploymentActionEvent> Succeed(DeploymentAction current, DateTimeOffset now) =>
        current switch
        {
            DeploymentAction.Wanted => Moved(new DeploymentAction.Succeeded(current.Id), new DeploymentActionEvent.Succeeded(current.Id, now)),
            DeploymentAction.Succeeded or DeploymentAction.Leaving or DeploymentAction.Gone => Unchanged(current),
            _ => throw new UnreachableException(current.GetType().Name),
        };

    /// <summary>Half of it may be made.</summary>
    private static Transition<DeploymentAction, DeploymentActionEvent> Fail(DeploymentAction current, string reason, DateTimeOffset now) =>
        current switch
        {
            DeploymentAction.Wanted => Moved(
                new DeploymentAction.Leaving(current.Id, now), new DeploymentActionEvent.Failed(current.Id, reason, now)),
            DeploymentAction.Succeeded or DeploymentAction.Leaving or DeploymentAction.Gone => Unchanged(current),
            _ => throw new UnreachableException(current.GetType().Name),
        };

    /// <summary>What was made may be in use: it stays until the deployment is deleted.</summary>
    private static Transition<DeploymentAction, DeploymentActionEvent> GiveUp(DeploymentAction current, string reason, DateTimeOffset now) =>
        current switch
        {
            DeploymentAction.Wanted => Moved(
                new DeploymentAction.Succeeded(current.Id), new DeploymentActionEvent.GivenUp(current.Id, reason, now)),
            DeploymentAction.Succeeded or DeploymentAction.Leaving or DeploymentAction.Gone => Unchanged(current),
            _ => throw new UnreachableException(current.GetType().Name),
        };

    private static Transition<DeploymentAction, DeploymentActionEvent> ConfirmRemoval(DeploymentAction current, DateTimeOffset now) =>
        current switch
        {
            DeploymentAction.Leaving => Moved(new DeploymentAction.Gone(current.Id), new DeploymentActionEvent.Removed(current.Id, now)),
            DeploymentAction.Wanted or DeploymentAction.Succeeded or DeploymentAction.Gone => Unchanged(current),
            _ => throw new UnreachableException(current.GetType().Name),
        };

    private static Transition<DeploymentAction, DeploymentActionEvent> Moved(DeploymentAction next, DeploymentActionEvent happened) =>
        new(next, Seq1(happened));

    private static Transition<DeploymentAction, DeploymentActionEvent> Unchanged(DeploymentAction same) => new(same, Empty);
}
