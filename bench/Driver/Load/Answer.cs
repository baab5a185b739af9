using System.Buffers.Text;
using System.Text;
using System.Text.Json;

namespace Marketplace.Driver.Load;

/// <summary>An HTTP answer, as far as a driver must understand it. It lives in the connection's buffer: copy what is kept.</summary>
internal readonly ref struct Answer(int status, ReadOnlySpan<byte> body)
{
    private const int StatusAt = 9;
    private const int StatusDigits = 3;

    public int Status { get; } = status;

    public ReadOnlySpan<byte> Body { get; } = body;

    /// <summary>False while a part of it is still on its way.</summary>
    /// <exception cref="WrongAnswerException">No HTTP/1.1, or a body whose end cannot be known.</exception>
    public static bool TryRead(ReadOnlySpan<byte> received, out Answer answer)
    {
        answer = default;
        var head = received.IndexOf("\r\n\r\n"u8);
        if (head < 0)
            return false;

        var headers = received[..(head + 2)];
        var rest = received[(head + 4)..];
        if (!headers.StartsWith("HTTP/1.1 "u8) || !Utf8Parser.TryParse(headers.Slice(StatusAt, StatusDigits), out int status, out _))
            throw new WrongAnswerException($"no answer of HTTP/1.1: {Encoding.UTF8.GetString(headers)}");

        if (HeaderOf(headers, "\r\nContent-Length: "u8, out var text))
        {
            if (!Utf8Parser.TryParse(text, out int length, out _))
                throw new WrongAnswerException($"a Content-Length that is no number: {Encoding.UTF8.GetString(headers)}");
            answer = rest.Length >= length ? new Answer(status, rest[..length]) : default;
            return rest.Length >= length;
        }

        if (HeaderOf(headers, "\r\nTransfer-Encoding: "u8, out _))
        {
            // Only refusals of the framework come in chunks; nothing is read out of them.
            answer = new Answer(status, rest);
            return rest.EndsWith("0\r\n\r\n"u8);
        }

        answer = new Answer(status, []);
        return status is 204 or 304
            ? true
            : throw new WrongAnswerException($"an answer without a length: {Encoding.UTF8.GetString(headers)}");
    }

    /// <exception cref="WrongAnswerException">It has another status.</exception>
    public void MustBe(int status, string call)
    {
        if (Status != status)
            throw new WrongAnswerException($"{call} answered {Status} instead of {status}: {Encoding.UTF8.GetString(Body)}");
    }

    /// <summary>The text of a property of the outermost object, as its bytes.</summary>
    /// <exception cref="WrongAnswerException">There is none.</exception>
    public byte[] Text(ReadOnlySpan<byte> property, string call)
    {
        var json = new Utf8JsonReader(Body);
        while (json.Read())
        {
            if (json.CurrentDepth == 1 && json.TokenType == JsonTokenType.PropertyName && json.ValueTextEquals(property))
            {
                json.Read();
                if (json.TokenType == JsonTokenType.String && !json.ValueIsEscaped)
                    return json.ValueSpan.ToArray();
            }
        }

        throw new WrongAnswerException($"{call} answered without {Encoding.UTF8.GetString(property)}: {Encoding.UTF8.GetString(Body)}");
    }

    private static bool HeaderOf(
        ReadOnlySpan<byte> headers, ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        var at = headers.IndexOf(name);
        value = at < 0 ? [] : headers[(at + name.Length)..];
        return at >= 0;
    }
}

/// <summary>A server said what it must not say: the numbers of such a run are worth nothing.</summary>
internal sealed class WrongAnswerException(string message) : Exception(message);
