using Marketplace.Shell.Configuration;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace Marketplace.Shell.SignOn;

/// <summary>Where browsers reach this server: what the configuration says or else, on one machine, where it listens.</summary>
internal sealed partial class PublicAddress(PublicSettings settings, IServer server, ILogger<PublicAddress> log)
{
    private Uri? listening;

    /// <summary>Scheme, host and port; known once the server listens.</summary>
    public Uri Origin => settings.Url ?? (listening ??= Listening());

    public bool IsHttps => Origin.Scheme == Uri.UriSchemeHttps;

    private Uri Listening()
    {
        var addresses = server.Features.Get<IServerAddressesFeature>()?.Addresses ?? [];
        var first = addresses.FirstOrDefault() ?? throw new InvalidOperationException("Nobody can be told where this server is before it listens.");
        // One that listens everywhere is at least here.
        var address = BindingAddress.Parse(first);
        var host = address.Host is "*" or "+" or "0.0.0.0" or "[::]" ? "localhost" : address.Host;
        var here = new Uri($"{address.Scheme}://{host}:{address.Port}");
        LogAssumed(here);
        return here;
    }

    [LoggerMessage(Level = LogLevel.Warning,
        Message = "PublicUrl is not set: browsers are taken to reach this server at {Address}, which is right on this machine alone")]
    private partial void LogAssumed(Uri address);
}
