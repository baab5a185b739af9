using System.Buffers;
using Microsoft.AspNetCore.Http.Features;

namespace Marketplace.Shell.Http;

/// <summary>A large body in a buffer that is lent, and given back when it is disposed.</summary>
internal sealed class PooledBody : IDisposable
{
    private const int FirstBytes = 64 * 1024;

    private byte[] buffer;
    private int length;

    private PooledBody(int expected) => buffer = ArrayPool<byte>.Shared.Rent(expected);

    public ReadOnlySpan<byte> Bytes => buffer.AsSpan(0, length);

    /// <summary>Null when there is more than <paramref name="bytesMax"/>.</summary>
    public static async ValueTask<PooledBody?> Read(HttpContext context, int bytesMax, CancellationToken cancel)
    {
        if (context.Request.ContentLength > bytesMax)
            return null;

        // Other routes take less, and the server itself would stop reading there.
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = bytesMax + (256 * 1024);
        var body = new PooledBody((int)(context.Request.ContentLength ?? FirstBytes));
        try
        {
            while (await context.Request.Body.ReadAsync(body.Free(), cancel) is > 0 and var read)
            {
                body.length += read;
                if (body.length > bytesMax)
                {
                    body.Dispose();
                    return null;
                }
            }

            return body;
        }
        catch
        {
            body.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        if (buffer.Length > 0)
            ArrayPool<byte>.Shared.Return(buffer);
        (buffer, length) = ([], 0);
    }

    private Memory<byte> Free()
    {
        if (length == buffer.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(2 * buffer.Length + 1);
            buffer.AsSpan(0, length).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(buffer);
            buffer = larger;
        }

        return buffer.AsMemory(length);
    }
}
