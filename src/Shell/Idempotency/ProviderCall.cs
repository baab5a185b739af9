using Marketplace.Shell.Http;
using Marketplace.Shell.ProviderKeys;

namespace Marketplace.Shell.Idempotency;

/// <summary>
/// A write of the Provider API as its repetitions know it. A key belongs to whose API key it came with, and to one installation.
/// Source: the IETF's draft on the header field Idempotency-Key.
/// </summary>
internal sealed record ProviderCall(ProviderCaller Caller, KeyedCall Keyed)
{
    private static readonly PartnerAnswer Reused = PartnerAnswer.Of(ProviderProblems.KeyReused);

    public static ProviderCall Of(ProviderCaller caller, HttpRequest request, RawBody body) => new(
        caller,
        // A line break is in no header, so that no call of Vercel's has such a key.
        new KeyedCall(
            KeyedCall.KeyOf(request) is { } key ? $"\nprovider {caller.KeyId} {Bare(key)}" : null, KeyedCall.HashOf(request, body))
        {
            Reused = Reused,
        });

    /// <summary>The draft has it in quotes, and most that are sent have none: it is the same key.</summary>
    private static string Bare(string key) => key is ['"', .. var within, '"'] ? within : key;
}
