using System.Text.Json;

namespace Marketplace.Shell.Http;

/// <summary>
/// A request's body as it came, byte for byte: what a signature or an idempotency record is computed over. A handler
/// takes it as a parameter.
/// </summary>
public sealed record RawBody(ReadOnlyMemory<byte> Bytes)
{
    public bool IsEmpty => Bytes.IsEmpty;

    public static async ValueTask<RawBody?> BindAsync(HttpContext context) => await Read(context.Request, context.RequestAborted);

    /// <summary>Reads at most <see cref="BodyLimits.BytesMax"/> bytes; more is a 413, which the edge writes.</summary>
    public static async Task<RawBody> Read(HttpRequest request, CancellationToken cancel)
    {
        if (request.ContentLength > BodyLimits.BytesMax)
        {
            throw TooLarge();
        }

        using var buffer = new MemoryStream((int)(request.ContentLength ?? 0));
        var reader = request.BodyReader;
        while (true)
        {
            var read = await reader.ReadAsync(cancel);
            if (buffer.Length + read.Buffer.Length > BodyLimits.BytesMax)
            {
                reader.AdvanceTo(read.Buffer.End);
                throw TooLarge();
            }

            foreach (var segment in read.Buffer)
            {
                buffer.Write(segment.Span);
            }

            reader.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
            {
                return new RawBody(buffer.GetBuffer().AsMemory(0, (int)buffer.Length));
            }
        }
    }

    /// <summary>
    /// The body as JSON, whatever the content type claims: the routes that take a body take nothing else. Malformed or
    /// missing JSON is a 400, which the edge writes.
    /// </summary>
    public T Parse<T>()
    {
        var json = Bytes.Span;
        if (json.StartsWith("\uFEFF"u8))
        {
            json = json[3..];
        }

        if (json.IsEmpty)
        {
            throw new BadHttpRequestException("The request has no body; a JSON object is expected.");
        }

        try
        {
            return JsonSerializer.Deserialize<T>(json, WireJson.Options)
                ?? throw new BadHttpRequestException("The body is null; a JSON object is expected.");
        }
        catch (JsonException fault)
        {
            throw new BadHttpRequestException(MalformedJson.Describe(fault), fault);
        }
    }

    private static BadHttpRequestException TooLarge() =>
        new($"The body is larger than {BodyLimits.BytesMax} bytes.", StatusCodes.Status413PayloadTooLarge);

    public override string ToString() => $"{Bytes.Length} bytes";
}
