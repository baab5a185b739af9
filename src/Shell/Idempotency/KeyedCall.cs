using System.Security.Cryptography;
using System.Text;
using Marketplace.Shell.Http;

namespace Marketplace.Shell.Idempotency;

/// <summary>A mutating call as repetitions know it: the key, and what was asked. Source: contract §B.0.</summary>
/// <param name="Key">Null when the caller sent none; then only natural keys prevent doubles.</param>
/// <param name="RequestHash">Over method, path and body: one key stands for one request.</param>
internal sealed record KeyedCall(string? Key, byte[] RequestHash)
{
    private const int KeyCharactersMax = 255;

    public static KeyedCall Of(HttpRequest request, RawBody body)
    {
        var key = request.Headers["Idempotency-Key"].ToString();
        if (key.Length > KeyCharactersMax)
            throw new BadHttpRequestException($"The header Idempotency-Key is longer than {KeyCharactersMax} characters.");

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{request.Method} {request.Path}\n"));
        hash.AppendData(body.Bytes.Span);
        return new KeyedCall(key.Length == 0 ? null : key, hash.GetHashAndReset());
    }
}
