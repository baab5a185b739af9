using System.Security.Cryptography;
using System.Text;
using Marketplace.Shell.Http;
using Microsoft.AspNetCore.Http.Extensions;

namespace Marketplace.Shell.Idempotency;

/// <summary>A mutating call as repetitions know it: the key, and what was asked. Source: contract §B.0.</summary>
/// <param name="Key">Null when the caller sent none; then only natural keys prevent doubles.</param>
/// <param name="RequestHash">
/// Over method, path, query and body, byte for byte: one key stands for one request. Not over the token, which a repetition has anew.
/// </param>
internal sealed record KeyedCall(string? Key, byte[] RequestHash)
{
    private const int KeyCharactersMax = 255;

    private static readonly PartnerAnswer ReusedAtPartnerApi = PartnerAnswer.Of(Decisions.KeyReused);

    /// <summary>What is said when the key was used for another request, in the words of the API that was called.</summary>
    public PartnerAnswer Reused { get; init; } = ReusedAtPartnerApi;

    /// <summary>Method and route, by which traces and metrics tell one kind of decision from another.</summary>
    public string Route { get; init; } = "";

    public static KeyedCall Of(HttpRequest request, RawBody body) => new(KeyOf(request), HashOf(request, body)) { Route = RouteOf(request) };

    public static string RouteOf(HttpRequest request) =>
        request.HttpContext.GetEndpoint() is RouteEndpoint { RoutePattern.RawText: { } route } ? $"{request.Method} {route}" : request.Method;

    public static byte[] HashOf(HttpRequest request, RawBody body)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{request.Method} {request.GetEncodedPathAndQuery()}\n"));
        hash.AppendData(body.Bytes.Span);
        return hash.GetHashAndReset();
    }

    /// <summary>An empty one is none, and one that a proxy has doubled is still the same; but two keys for one call are a riddle.</summary>
    public static string? KeyOf(HttpRequest request)
    {
        string? key = null;
        foreach (var value in request.Headers["Idempotency-Key"])
        {
            if (string.IsNullOrEmpty(value) || value == key)
                continue;
            key = key is null
                ? value
                : throw new BadHttpRequestException("The header Idempotency-Key is there more than once, with different values.");
        }

        return key?.Length > KeyCharactersMax
            ? throw new BadHttpRequestException($"The header Idempotency-Key is longer than {KeyCharactersMax} characters.")
            : key;
    }
}
