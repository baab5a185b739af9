using Marketplace.Shell.Configuration;
using Microsoft.AspNetCore.HttpOverrides;

namespace Marketplace.Shell.Http;

/// <summary>
/// Whom a request comes from, where a proxy that is known says so: the limits and the audit of sign-ins go by it. Its other headers are never
/// believed: by which address browsers reach this server is configured, so that nobody can forge a link or a redirect with them.
/// </summary>
internal static class KnownProxies
{
    public static IServiceCollection AddKnownProxies(this IServiceCollection services, ProxySettings proxies) =>
        // The last word, so that the framework's own switch, which believes everybody, changes nothing.
        services.PostConfigure<ForwardedHeadersOptions>(options =>
        {
            options.ForwardedHeaders = proxies.Known.IsEmpty ? ForwardedHeaders.None : ForwardedHeaders.XForwardedFor;
            // From the last hop on, as long as each is known.
            options.ForwardLimit = null;
            options.KnownProxies.Clear();
            options.KnownIPNetworks.Clear();
            foreach (var network in proxies.Known)
                options.KnownIPNetworks.Add(network);
        });
}
