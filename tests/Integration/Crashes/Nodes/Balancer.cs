using System.Net;
using System.Net.Sockets;

namespace Marketplace.Integration.Crashes.Nodes;

/// <summary>
/// What stands in front of the API nodes: each connection goes to one that takes it, in turn. One that breaks breaks for the caller too, who
/// does not know how far his request came.
/// </summary>
internal sealed class Balancer : IDisposable
{
    private readonly Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly Func<IReadOnlyList<Uri>> nodes;
    private int turn;

    public Balancer(Func<IReadOnlyList<Uri>> nodes)
    {
        this.nodes = nodes;
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        Address = new Uri($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndPoint!).Port}");
        _ = Accept();
    }

    public Uri Address { get; }

    public void Dispose() => listener.Dispose();

    private async Task Accept()
    {
        try
        {
            while (true)
                _ = Carry(await listener.AcceptAsync());
        }
        catch (Exception over) when (over is SocketException or ObjectDisposedException)
        {
            // Nobody comes any more.
        }
    }

    private async Task Carry(Socket caller)
    {
        using var near = new NetworkStream(caller, ownsSocket: true);
        if (await Reach() is not { } node)
            return;

        using var far = new NetworkStream(node, ownsSocket: true);
        try
        {
            await Task.WhenAny(near.CopyToAsync(far), far.CopyToAsync(near)).Unwrap();
        }
        catch (Exception broken) when (broken is SocketException or IOException or ObjectDisposedException)
        {
            // One of the two has gone.
        }
    }

    /// <summary>Null where nobody takes it.</summary>
    private async Task<Socket?> Reach()
    {
        var alive = nodes();
        var first = Interlocked.Increment(ref turn);
        for (var tried = 0; tried < alive.Count; tried++)
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await socket.ConnectAsync(IPAddress.Loopback, alive[(first + tried) % alive.Count].Port);
                return socket;
            }
            catch (SocketException)
            {
                socket.Dispose();
            }
        }

        return null;
    }
}
