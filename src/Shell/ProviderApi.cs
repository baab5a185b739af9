using Carter;
using Marketplace.Shell.ProviderKeys;

namespace Marketplace.Shell;

/// <summary>The routes that the provider's own backend calls, with a key that has the scope. Its refusals are problem details (RFC 9457).</summary>
internal sealed class ProviderApi : CarterModule
{
    public const string Root = "/provider";

    private const string V1 = Root + "/v1";

    public ProviderApi()
    {
        Get(V1 + "/key", GetKeyEndpoint.Route);
    }
}
