using System.Collections.Immutable;
using System.Text.Json;
using Marketplace.Simulator.Dashboard;
using Marketplace.Simulator.Secrets;

namespace Marketplace.Simulator.Conformance;

internal sealed partial class Trial
{
    /// <summary>In real time: a provider that ends secrets in the background has done so by then.</summary>
    private static readonly TimeSpan Afterwards = TimeSpan.FromSeconds(1);

    /// <summary>As Vercel has them now.</summary>
    public ImmutableList<Secret> Secrets(Tenant tenant) => Resource(tenant).Secrets;

    /// <summary>Those of an answer; none where it carries none.</summary>
    public static ImmutableList<Secret> Secrets(Exchange exchange) =>
        exchange is { Json: { ValueKind: JsonValueKind.Object } answer } && answer.Optional("secrets") is { ValueKind: JsonValueKind.Array } list
            ? ProviderAnswers.Secrets(list)
            : [];

    /// <summary>Whether both hold the same names with the same values. Neither is printed.</summary>
    public static bool AreSame(ImmutableList<Secret> one, ImmutableList<Secret> other) =>
        one.Count == other.Count && one.TrueForAll(secret => other.Exists(same => same.Name == secret.Name && same.Value == secret.Value));

    /// <summary>Secrets that are new may need a moment.</summary>
    public Task ExpectOpen(ImmutableList<Secret> secrets, string whose) =>
        Eventually($"{whose} open the resource", () => Opens(secrets), opens => opens);

    /// <summary>Secrets that were good stay good, also when the provider goes on working in the background.</summary>
    public async Task ExpectStillOpen(ImmutableList<Secret> secrets, string whose)
    {
        Expect(await Opens(secrets), $"{whose} still open the resource", "they are refused");
        await Task.Delay(Afterwards, Cancel);
        Expect(await Opens(secrets), $"{whose} still open the resource a second later", "they are refused");
    }

    public Task ExpectShut(ImmutableList<Secret> secrets, string whose) =>
        Eventually($"{whose} do not open the resource any more", () => Opens(secrets), opens => !opens);

    private async Task<bool> Opens(ImmutableList<Secret> secrets)
    {
        var probe = Offer.Product.Console.SecretProbe
            ?? throw NotObserved("Nothing says how to see whether a secret is good: give secretProbe in the settings.");
        return SecretProbing.Lacks(probe, secrets) is { } name
            ? throw NotObserved($"The resource has no secret {name}, which secretProbe names.")
            : await SecretProbing.Opens(probe, secrets, Cancel);
    }
}
