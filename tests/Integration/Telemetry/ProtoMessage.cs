using System.Buffers.Binary;
using System.Text;

namespace Marketplace.Integration.Telemetry;

/// <summary>A message of Protocol Buffers as far as its bytes say it themselves: which fields it has, not what they are called.</summary>
internal sealed class ProtoMessage
{
    private readonly List<(int Number, ulong Value, ReadOnlyMemory<byte> Bytes)> fields = [];

    public ProtoMessage(ReadOnlyMemory<byte> bytes)
    {
        for (var at = 0; at < bytes.Length;)
        {
            var (number, kind) = Math.DivRem((int)Varint(bytes.Span, ref at), 8);
            switch (kind)
            {
                case 0:
                    fields.Add((number, Varint(bytes.Span, ref at), default));
                    break;
                case 1:
                    fields.Add((number, BinaryPrimitives.ReadUInt64LittleEndian(bytes.Span[at..]), default));
                    at += 8;
                    break;
                case 2:
                    var length = (int)Varint(bytes.Span, ref at);
                    fields.Add((number, 0, bytes.Slice(at, length)));
                    at += length;
                    break;
                case 5:
                    fields.Add((number, BinaryPrimitives.ReadUInt32LittleEndian(bytes.Span[at..]), default));
                    at += 4;
                    break;
                default:
                    throw new FormatException($"Field {number} is of the unknown wire type {kind}.");
            }
        }
    }

    public IEnumerable<ProtoMessage> Messages(int number) => Of(number).Select(field => new ProtoMessage(field.Bytes));

    public ProtoMessage? Message(int number) => Messages(number).FirstOrDefault();

    public string Text(int number) => Of(number).Select(field => Encoding.UTF8.GetString(field.Bytes.Span)).FirstOrDefault("");

    public string Hex(int number) => Of(number).Select(field => Convert.ToHexStringLower(field.Bytes.Span)).FirstOrDefault("");

    public ulong Number(int number) => Of(number).Select(field => field.Value).FirstOrDefault();

    public bool Has(int number) => Of(number).Any();

    private IEnumerable<(int Number, ulong Value, ReadOnlyMemory<byte> Bytes)> Of(int number) => fields.Where(field => field.Number == number);

    private static ulong Varint(ReadOnlySpan<byte> bytes, ref int at)
    {
        ulong value = 0;
        for (var shift = 0; ; shift += 7)
        {
            var next = bytes[at++];
            value |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80)
                return value;
        }
    }
}
