using System.Net;
using System.Net.Sockets;

namespace Marketplace.Driver.Load;

/// <summary>
/// One HTTP/1.1 connection that is kept open, with one request under way at a time. It knows no more of HTTP than the
/// servers under measurement speak, so that it takes little from the processors that it shares with them.
/// </summary>
internal sealed class Connection : IDisposable
{
    private readonly Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] received = new byte[64 * 1024];

    public async Task Open(Uri server, CancellationToken cancel) =>
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Parse(server.Host), server.Port), cancel);

    /// <summary>Sends the request and waits for the whole answer; how many bytes it has.</summary>
    public async ValueTask<int> Exchange(ReadOnlyMemory<byte> request, CancellationToken cancel)
    {
        await socket.SendAsync(request, cancel);
        var length = 0;
        while (true)
        {
            var more = await socket.ReceiveAsync(received.AsMemory(length), cancel);
            if (more == 0)
                throw new WrongAnswerException("the connection was closed instead of an answer");
            length += more;
            if (Answer.TryRead(received.AsSpan(0, length), out _))
                return length;
        }
    }

    /// <summary>The answer that was received last.</summary>
    public Answer Last(int length) => Answer.TryRead(received.AsSpan(0, length), out var answer)
        ? answer
        : throw new InvalidOperationException("The answer is not complete.");

    public void Dispose() => socket.Dispose();
}
