using Marketplace.Simulator.Connections;
using Marketplace.Simulator.Installations;
using Marketplace.Simulator.Webhooks;

namespace Marketplace.Simulator.Dashboard;

/// <summary>Connectable accounts: the customer lets the provider reach his account, without buying anything. Source: contract §D.13.</summary>
internal sealed partial class CustomerDashboard
{
    /// <summary>
    /// The address that a browser opens after the customer has consented: the provider's redirect URL with a code that lives for minutes.
    /// The code becomes an installation when it is exchanged.
    /// </summary>
    /// <param name="redirect">Must be the one that is configured.</param>
    public Uri ConnectAccount(string accountId, string? who = null, string? state = null, Uri? redirect = null)
    {
        var configured = addresses.ConnectAccount ?? throw new InvalidOperationException("The redirect URL of connectable accounts is not set.");
        if (redirect is not null && redirect != configured)
        {
            throw new ArgumentException("redirect_uri: is not the one that is configured", nameof(redirect));
        }

        var code = store.Change(known =>
        {
            (known, var identity) = known.Identify("code", accountId);
            var issued = new ConnectionCode(
                identity.Id, accountId, WithAccess(TeamOf(accountId), who).GlobalUserId, configured.AbsoluteUri, clock.GetUtcNow(),
                UsedAt: null);
            return (known.Issue(issued), issued);
        });
        return BrowserAddresses.With(
            configured, [("code", code.Value), .. state is null ? Enumerable.Empty<(string, string)>() : [("state", state)]]);
    }

    /// <summary>The customer takes it back: the token is dead, and a webhook says so. A native installation of the team is not touched.</summary>
    public void DisconnectAccount(string installationId)
    {
        store.Change(state =>
        {
            var installation = Known(state, installationId);
            return installation is { Kind: InstallationKind.Connectable, Stage: InstallationStage.Installed }
                ? Finalization.Complete(state, installation, clock.GetUtcNow())
                : throw new InvalidOperationException($"The installation {installationId} is no connected account.");
        });
        work.Wake();
    }
}
