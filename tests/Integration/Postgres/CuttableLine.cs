using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace Marketplace.Integration.Postgres;

/// <summary>A line to the real server that a test can cut and mend, as a network does, and that counts what is waited for on it.</summary>
public sealed class CuttableLine : IAsyncDisposable
{
    private readonly NpgsqlConnectionStringBuilder _target;
    private readonly ConcurrentDictionary<Socket, bool> _open = new();
    private readonly int _port;
    private Socket? _listener;
    private int _roundTrips;

    public CuttableLine(string connectionString)
    {
        _target = new NpgsqlConnectionStringBuilder(connectionString);
        _listener = Listen(0);
        _port = ((IPEndPoint)_listener.LocalEndPoint!).Port;
        ConnectionString = new NpgsqlConnectionStringBuilder(connectionString) { Host = "127.0.0.1", Port = _port, Pooling = true }
            .ConnectionString;
    }

    /// <summary>Of the same database, through this line.</summary>
    public string ConnectionString { get; }

    /// <summary>How many times anybody has waited for an answer of the server, the start of a connection left out.</summary>
    public int RoundTrips => Volatile.Read(ref _roundTrips);

    /// <summary>Ends every connection, and refuses new ones.</summary>
    public void Cut()
    {
        _listener?.Dispose();
        _listener = null;
        foreach (var socket in _open.Keys)
        {
            socket.Dispose();
        }

        _open.Clear();
    }

    public void Mend() => _listener = Listen(_port);

    public ValueTask DisposeAsync()
    {
        Cut();
        return ValueTask.CompletedTask;
    }

    private Socket Listen(int port)
    {
        var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, optionValue: true);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, port));
        listener.Listen();
        _ = Accept(listener);
        return listener;
    }

    private async Task Accept(Socket listener)
    {
        try
        {
            while (true)
            {
                _ = Carry(await listener.AcceptAsync());
            }
        }
        catch (Exception cut) when (cut is SocketException or ObjectDisposedException)
        {
            // The line was cut.
        }
    }

    private async Task Carry(Socket near)
    {
        using var far = Reach();
        try
        {
            _open[near] = _open[far.Socket] = true;
            await far.Connect();
            using var nearStream = new NetworkStream(near, ownsSocket: true);
            using var farStream = new NetworkStream(far.Socket, ownsSocket: true);
            await Task.WhenAny(Listen(nearStream, farStream), farStream.CopyToAsync(nearStream));
        }
        catch (Exception cut) when (cut is SocketException or IOException or ObjectDisposedException)
        {
            // The line was cut.
        }
        finally
        {
            near.Dispose();
            _open.TryRemove(near, out _);
            _open.TryRemove(far.Socket, out _);
        }
    }

    private async Task Listen(NetworkStream near, NetworkStream far)
    {
        var count = new RoundTripCount(() => Interlocked.Increment(ref _roundTrips));
        var buffer = new byte[16 * 1024];
        int read;
        while ((read = await near.ReadAsync(buffer)) > 0)
        {
            count.Hear(buffer.AsSpan(0, read));
            await far.WriteAsync(buffer.AsMemory(0, read));
        }
    }

    private Far Reach()
    {
        var host = _target.Host!;
        return host.StartsWith('/')
            ? new Far(new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified), new UnixDomainSocketEndPoint($"{host}/.s.PGSQL.{_target.Port}"))
            : new Far(new Socket(SocketType.Stream, ProtocolType.Tcp), new DnsEndPoint(host, _target.Port));
    }

    private sealed record Far(Socket Socket, EndPoint Target) : IDisposable
    {
        public ValueTask Connect() => Socket.ConnectAsync(Target, CancellationToken.None);

        public void Dispose() => Socket.Dispose();
    }
}
