using Carter;

namespace Marketplace.Shell.Connections;

/// <summary>The routes by which a customer connects an account at Vercel.</summary>
internal sealed class ConnectModule : CarterModule
{
    public ConnectModule()
    {
        Get(ConnectPaths.Root, ConnectEndpoints.Begin);
        Get(ConnectPaths.Callback, ConnectEndpoints.Callback);
        Post(ConnectPaths.Confirm, ConnectEndpoints.Confirm);
    }
}
