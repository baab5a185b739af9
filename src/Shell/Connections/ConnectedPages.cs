using Marketplace.Core.Connections;
using Marketplace.Jobs.Vercel;
using Marketplace.Shell.Configuration;
using Marketplace.Shell.Http;
using Marketplace.Shell.SignOn;
using Marketplace.Shell.VercelApi;

namespace Marketplace.Shell.Connections;

/// <summary>Exchanges a code and keeps what it brings, and says to the customer what came of it.</summary>
internal sealed class ConnectedPages(
    IVercelSignOn vercel, ConnectionStore connections, ConnectMessages messages, PublicAddress address, VercelSettings settings)
{
    public async Task<IResult> Finish(ConnectGrant grant, CancellationToken cancel)
    {
        var redirect = new Uri(address.Origin, ConnectPaths.Callback);
        switch (await vercel.ExchangeConnection(grant.Code, redirect, cancel))
        {
            case VercelAnswer<ConnectedAccount>.Accepted({ } account):
                // The code speaks for itself; an address that names another configuration was put together by somebody else.
                if (grant.ConfigurationId is { } named && named != account.Installation.Value)
                    return messages.NotBegunHere;
                // The code works once: from here on nobody's patience matters.
                return (await connections.Connect(account, CancellationToken.None)).Match(
                    Right: _ => Next(grant), Left: messages.Of);
            case VercelAnswer<ConnectedAccount>.Unknown:
                return messages.VercelSilent;
            default:
                return messages.CodeOver;
        }
    }

    /// <summary>On to Vercel's own last page, where the address is Vercel's.</summary>
    private IResult Next(ConnectGrant grant) =>
        OriginText.Within(new Uri(settings.DashboardUrl), grant.Next) is { } next ? new SeeOther(next) : messages.Connected;
}
