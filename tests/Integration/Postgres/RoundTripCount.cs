using System.Buffers.Binary;

namespace Marketplace.Integration.Postgres;

/// <summary>
/// Reads along what one client says to PostgreSQL, and counts what it has to wait for: each Sync and each simple Query ends a round trip,
/// however many statements came before it.
/// </summary>
public sealed class RoundTripCount(Action ended)
{
    private const int LengthBytes = 4;
    private const int StartUpProtocol = 196608;

    private readonly List<byte> pending = [];
    private bool isStarted;
    private int skip;

    public void Hear(ReadOnlySpan<byte> said)
    {
        foreach (var octet in said)
        {
            if (skip > 0)
                skip--;
            else
                Hear(octet);
        }
    }

    private void Hear(byte octet)
    {
        pending.Add(octet);
        // Before the start-up message is over, messages have no type: requests for encryption, which the server declines, and itself.
        var typeBytes = isStarted ? 1 : 0;
        var headBytes = typeBytes + LengthBytes + (isStarted ? 0 : LengthBytes);
        if (pending.Count < headBytes)
            return;

        var head = pending.ToArray().AsSpan();
        skip = BinaryPrimitives.ReadInt32BigEndian(head[typeBytes..]) - (headBytes - typeBytes);
        if (!isStarted)
            isStarted = BinaryPrimitives.ReadInt32BigEndian(head[LengthBytes..]) == StartUpProtocol;
        else if (head[0] is (byte)'S' or (byte)'Q')
            ended();
        pending.Clear();
    }
}
