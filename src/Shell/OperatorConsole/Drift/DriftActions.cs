using System.Diagnostics;
using Marketplace.Core.Installations;
using Marketplace.Core.Resources;
using Marketplace.Shell.Drift;
using Marketplace.Shell.OperatorConsole.Queues;
using Marketplace.Shell.Resync;

namespace Marketplace.Shell.OperatorConsole.Drift;

/// <summary>POST /ops/drift/{installationId}/…: compares an installation now, or has Vercel told what mends a difference.</summary>
internal static class DriftActions
{
    public const string RepairField = "repair";

    public const string ResourceField = "resource";

    public static readonly RequestDelegate Compare = OperatorEndpoint.Action(
        "compare an installation",
        async (string installationId, OperatorAction action, DriftResults results, CancellationToken cancel) =>
        {
            var id = new InstallationId(installationId);
            return await results.Compare(id, action.Actor, cancel) is { } result
                ? OperatorAnswer.Done(DriftPaths.Of(id), Words(result))
                : OperatorAnswer.Refused(DriftPaths.Root, $"There is no installation {id}.");
        });

    public static readonly RequestDelegate Mend = OperatorEndpoint.Action(
        "resync",
        async (string installationId, OperatorAction action, Resyncs resyncs, CancellationToken cancel) =>
        {
            var id = new InstallationId(installationId);
            var repair = action.Field(RepairField);
            if (repair is not (DriftMend.Resync or DriftMend.Import or DriftMend.Remove))
                throw Replays.Foreign();
            var resource = action.Field(ResourceField) is { } named ? new ResourceId(named) : (ResourceId?)null;
            var asked = new ResyncRequest(id, resource, repair == DriftMend.Import, repair == DriftMend.Remove, action.Reason);
            return Answer(DriftPaths.Of(id), await resyncs.Request(asked, action.Actor, cancel));
        });

    private static string Words(DriftResult result) =>
        result.IsFinal ? "The installation is final: there is nothing to compare any more."
        : result.Differences > 0 ? $"{Counted.Of(result.Differences, "difference")} found."
        : result.IsCompared ? "It is the same here, at the provisioner and at Vercel."
        : "It cannot be compared: what Vercel said is below.";

    private static OperatorAnswer Answer(string back, ResyncAnswer answer) =>
        answer switch
        {
            ResyncAnswer.Queued queued => OperatorAnswer.Done(
                back, $"{Counted.Of(queued.Messages.Count, "message is", "messages are")} on the way to Vercel, within seconds where a worker runs. Compare anew then."),
            ResyncAnswer.NoInstallation => OperatorAnswer.Refused(DriftPaths.Root, "There is no such installation."),
            ResyncAnswer.InstallationLeaves => OperatorAnswer.Refused(back, "The installation is uninstalled: Vercel shows nothing of it any more."),
            ResyncAnswer.NoResource(var id) => OperatorAnswer.Refused(back, $"The installation has no resource {id}."),
            ResyncAnswer.ResourceGone(var id) => OperatorAnswer.Refused(back, $"Resource {id} is gone here."),
            _ => throw new UnreachableException(answer.GetType().Name),
        };
}
