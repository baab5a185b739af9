using Marketplace.Core.Installations;
using Marketplace.Shell.Notifications;
using Marketplace.Shell.OperatorConsole.Notices;
using Marketplace.Shell.Resync;

namespace Marketplace.Shell.OperatorConsole.Installations;

/// <summary>What operators do about an installation: by the services of the Provider API, and in the audit under their own names.</summary>
internal static class InstallationActions
{
    public static readonly RequestDelegate Resync = OperatorEndpoint.Action(
        "resync",
        (OperatorAction action, string installationId, Resyncs resyncs, CancellationToken cancel) =>
            ResyncForm.Request(action, OperatorPaths.Installation(new(installationId)), new InstallationId(installationId), null, resyncs, cancel));

    public static readonly RequestDelegate Tell = OperatorEndpoint.Action(
        "notification",
        (OperatorAction action, string installationId, NotificationStore store, CancellationToken cancel) => NoticeForm.Tell(
            action, OperatorPaths.Installation(new(installationId)),
            notice => store.TellInstallation(new InstallationId(installationId), notice, action.Actor, cancel)));

    public static readonly RequestDelegate TakeBack = OperatorEndpoint.Action(
        "take notification back",
        (OperatorAction action, string installationId, NotificationStore store, CancellationToken cancel) => NoticeForm.TakeBack(
            OperatorPaths.Installation(new(installationId)),
            notice => store.TellInstallation(new InstallationId(installationId), notice, action.Actor, cancel)));
}
