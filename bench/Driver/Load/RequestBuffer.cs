using System.Buffers.Text;

namespace Marketplace.Driver.Load;

/// <summary>The bytes of one request, put together from parts that are bytes already. One per connection, used again and again.</summary>
internal sealed class RequestBuffer
{
    private const int LengthDigits = 6;

    private readonly byte[] bytes = new byte[16 * 1024];
    private int length;
    private int bodyLengthAt;
    private int bodyAt;

    public ReadOnlyMemory<byte> Bytes => bytes.AsMemory(0, length);

    /// <summary>For a request that is to be bent.</summary>
    public Span<byte> Written => bytes.AsSpan(0, length);

    /// <summary>Starts anew, with the method and the beginning of the path.</summary>
    public RequestBuffer Start(ReadOnlySpan<byte> text)
    {
        length = 0;
        return Add(text);
    }

    public RequestBuffer Add(ReadOnlySpan<byte> text)
    {
        text.CopyTo(bytes.AsSpan(length));
        length += text.Length;
        return this;
    }

    public RequestBuffer Add(long number)
    {
        Utf8Formatter.TryFormat(number, bytes.AsSpan(length), out var written);
        length += written;
        return this;
    }

    /// <summary>The headers are complete and there is no body.</summary>
    public void End() => Add("\r\n"u8);

    /// <summary>The headers are complete but for the length of the JSON that follows, which is filled in at its end.</summary>
    public RequestBuffer StartBody()
    {
        Add("Content-Type: application/json\r\nContent-Length: "u8);
        bodyLengthAt = length;
        Add("      \r\n\r\n"u8);
        bodyAt = length;
        return this;
    }

    public void EndBody() => Utf8Formatter.TryFormat(length - bodyAt, bytes.AsSpan(bodyLengthAt, LengthDigits), out _);
}
