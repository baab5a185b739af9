using Marketplace.Core.Installations;
using Marketplace.Core.Resources;
using Marketplace.Shell.Resync;

namespace Marketplace.Shell.OperatorConsole;

/// <summary>A resync as an operator asks for it, and what became of it in words.</summary>
internal static class ResyncForm
{
    /// <param name="resource">Everything of the installation, when null.</param>
    public static async Task<OperatorAnswer> Request(
        OperatorAction action, string address, InstallationId installation, ResourceId? resource, Resyncs resyncs, CancellationToken cancel)
    {
        var asked = new ResyncRequest(installation, resource, IsTicked(action, "import"), IsTicked(action, "remove"), action.Reason);
        var answer = await resyncs.Request(asked, action.Actor, cancel);
        return answer is ResyncAnswer.Queued queued
            ? OperatorAnswer.Done(
                address, $"Vercel is told everything once more, in {Counted.Of(queued.Messages.Count, "message")}, within seconds where a worker runs.")
            : OperatorAnswer.Refused(address, ResyncProblem.From(installation, answer).Problem.Detail);
    }

    private static bool IsTicked(OperatorAction action, string name) => action.Field(name) is not null;
}
