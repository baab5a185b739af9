using Marketplace.Shell.Audit;
using Marketplace.Shell.Http;
using Marketplace.Shell.ProviderKeys;

namespace Marketplace.Shell.Idempotency;

/// <summary>
/// A write of the Provider API as its repetitions know it. A key belongs to whose API key it came with, and to one installation.
/// Source: the IETF's draft on the header field Idempotency-Key.
/// </summary>
/// <param name="By">Who asks, as the audit names them: a key, or somebody at the operator console.</param>
internal sealed record ProviderCall(string By, KeyedCall Keyed)
{
    private static readonly PartnerAnswer Reused = PartnerAnswer.Of(ProviderProblems.KeyReused);

    public static ProviderCall Of(ProviderCaller caller, HttpRequest request, RawBody body) => new(
        Actor.NameOf(caller),
        // A line break is in no header, so that no call of Vercel's has such a key.
        new KeyedCall(
            KeyedCall.KeyOf(request) is { } key ? $"\nprovider {caller.KeyId} {Bare(key)}" : null, KeyedCall.HashOf(request, body))
        {
            Reused = Reused, Route = KeyedCall.RouteOf(request),
        });

    /// <summary>The draft has it in quotes, and most that are sent have none: it is the same key.</summary>
    private static string Bare(string key) => key is ['"', .. var within, '"'] ? within : key;
}
