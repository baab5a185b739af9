using LanguageExt;
using Marketplace.Core.Installations;
using Marketplace.Core.Resources;
using Marketplace.Shell.Audit;
using Marketplace.Shell.Http;
using Marketplace.Shell.Idempotency;
using Marketplace.Shell.Notifications;
using Marketplace.Shell.OperatorConsole.Notices;
using Marketplace.Shell.Resources;
using Marketplace.Shell.Resync;

namespace Marketplace.Shell.OperatorConsole.Resources;

/// <summary>What operators do about a resource: by the services of the Provider API, and in the audit under their own names.</summary>
internal static class ResourceActions
{
    public static readonly RequestDelegate Resync = OperatorEndpoint.Action(
        "resync",
        (OperatorAction action, string installationId, string resourceId, Resyncs resyncs, CancellationToken cancel) => ResyncForm.Request(
            action, Address(installationId, resourceId), new InstallationId(installationId), new ResourceId(resourceId), resyncs, cancel));

    public static readonly RequestDelegate Tell = OperatorEndpoint.Action(
        "notification",
        (OperatorAction action, string installationId, string resourceId, NotificationStore store, CancellationToken cancel) => NoticeForm.Tell(
            action, Address(installationId, resourceId),
            notice => store.TellResource(new InstallationId(installationId), new ResourceId(resourceId), notice, action.Actor, cancel)));

    public static readonly RequestDelegate TakeBack = OperatorEndpoint.Action(
        "take notification back",
        (OperatorAction action, string installationId, string resourceId, NotificationStore store, CancellationToken cancel) => NoticeForm.TakeBack(
            Address(installationId, resourceId),
            notice => store.TellResource(new InstallationId(installationId), new ResourceId(resourceId), notice, action.Actor, cancel)));

    public static readonly RequestDelegate Suspend = OperatorEndpoint.Action("suspend", SuspendService);

    public static readonly RequestDelegate Resume = OperatorEndpoint.Action("resume", ResumeService);

    /// <summary>What the customer reads; the reason is the audit's.</summary>
    private const string ToldField = "told";

    private static async Task<OperatorAnswer> SuspendService(
        OperatorAction action, string installationId, string resourceId, ProviderResources resources, CancellationToken cancel)
    {
        var (address, told) = (Address(installationId, resourceId), action.Field(ToldField));
        if (AuditReason.Problem(told) is not null)
        {
            return OperatorAnswer.Refused(
                address, $"Say what the customer reads, in at most {AuditReason.CharactersMax} characters. Nothing was changed.");
        }

        return Answer(
            address, await resources.Suspend(Call(action, installationId, resourceId), told!.Trim(), cancel),
            "It is suspended. Service is cut, and Vercel hears of it, within seconds where a worker runs.");
    }

    private static async Task<OperatorAnswer> ResumeService(
        OperatorAction action, string installationId, string resourceId, ProviderResources resources, CancellationToken cancel) => Answer(
        Address(installationId, resourceId), await resources.Resume(Call(action, installationId, resourceId), cancel),
        "The provider's suspension is lifted. Service comes back within seconds, unless something else keeps it away.");

    private static string Address(string installation, string resource) => OperatorPaths.Resource(new InstallationId(installation), resource);

    /// <summary>Without a key: what stands already is left as it is, so that a form that comes twice changes nothing.</summary>
    private static ResourceCall Call(OperatorAction action, string installation, string resource) => new(
        new InstallationId(installation), new ResourceId(resource), new ProviderCall(action.Actor.Name, new KeyedCall(Key: null, [])), action.Reason);

    private static OperatorAnswer Answer(string address, IResult result, string done) =>
        ((result as ProviderAnswer)?.Refusal ?? (result as ProblemResult)?.Problem.Detail) is { } why
            ? OperatorAnswer.Refused(address, why)
            : OperatorAnswer.Done(address, done);
}
