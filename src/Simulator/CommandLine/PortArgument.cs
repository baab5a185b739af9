using System.CommandLine;
using System.Globalization;
using System.Net;

namespace Marketplace.Simulator.CommandLine;

/// <summary><c>--port</c>: fixed unless told, because the provider is told the issuer and the address of the API before it starts.</summary>
internal static class PortArgument
{
    private const int Default = 8090;

    public static Option<int> Create() => new("--port")
    {
        Description = "Where to listen on this machine.",
        DefaultValueFactory = _ => Default,
        CustomParser = result =>
        {
            if (int.TryParse(result.Tokens[0].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port <= ushort.MaxValue)
            {
                return port;
            }

            result.AddError("--port takes a number up to 65535, such as 8090; 0 takes one that is free.");
            return Default;
        },
    };

    /// <summary><c>--listen</c>: it knows no sign-in, so other machines reach it only when somebody says so.</summary>
    public static Option<IPAddress> CreateListen() => new("--listen")
    {
        Description = "Which of this machine's addresses to listen on; 0.0.0.0 is all of them, as a container needs.",
        DefaultValueFactory = _ => IPAddress.Loopback,
        CustomParser = result =>
        {
            if (IPAddress.TryParse(result.Tokens[0].Value, out var address))
            {
                return address;
            }

            result.AddError("--listen takes an IP address, such as 127.0.0.1 or 0.0.0.0.");
            return IPAddress.Loopback;
        },
    };

    public static string Urls(int port, IPAddress? listen = null) => $"http://{new IPEndPoint(listen ?? IPAddress.Loopback, port)}";
}
