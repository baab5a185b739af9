using Marketplace.Core.Installations;
using Marketplace.Jobs.Vercel;

namespace Marketplace.Shell.VercelApi;

/// <summary>Who an installation is, and what Vercel shows of it. Source: contract §D.1, §D.2, §D.4.</summary>
internal sealed partial class VercelClient
{
    public Task<VercelAnswer<Account>> GetAccount(InstallationId installation, CancellationToken cancel) =>
        calls.Send(installation, VercelCall.Get(VercelRoute.Of(installation, $"account"), (AccountWire wire) => wire.ToAccount()), cancel);

    public Task<VercelAnswer<Member>> GetMember(InstallationId installation, string member, CancellationToken cancel) =>
        calls.Send(
            installation, VercelCall.Get(VercelRoute.Of(installation, $"member/{member}"), (MemberWire wire) => wire.ToMember()), cancel);

    public Task<VercelAnswer<Nothing>> UpdateInstallation(Installation.Active installation, CancellationToken cancel) =>
        UpdateInstallation(installation.Id, new InstallationChange { Notification = NoticeChange.To(installation.Notice) }, cancel);

    public Task<VercelAnswer<Nothing>> UpdateInstallation(InstallationId installation, InstallationChange change, CancellationToken cancel) =>
        calls.Send(installation, VercelCall.Patch(VercelRoute.Of(installation), InstallationChangeWire.Of(change)), cancel);

    public Task<VercelAnswer<Nothing>> CreateEvent(InstallationId installation, VercelEvent happened, CancellationToken cancel) =>
        calls.Send(
            installation,
            VercelCall.Post(VercelRoute.Of(installation, $"events"), EventWire.Of(happened)) with { IsRepeatable = true },
            cancel);
}
