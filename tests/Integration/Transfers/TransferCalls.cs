using System.Net;
using System.Text.Json.Nodes;

namespace Marketplace.Integration.Transfers;

/// <summary>The three calls of a transfer, as Vercel makes them. Source: contract §B.5.</summary>
internal static class TransferCalls
{
    public static string Transfers(string installation) => $"{Paths.Installation(installation)}/resource-transfer-requests";

    public static string Transfer(string installation, string claim) => $"{Transfers(installation)}/{Uri.EscapeDataString(claim)}";

    public static JsonObject Body(DateTimeOffset expiresAt, params string[] resources) => new()
    {
        ["resourceIds"] = new JsonArray([.. resources.Select(id => JsonValue.Create(id))]),
        ["expiresAt"] = expiresAt.ToUnixTimeMilliseconds(),
    };

    public static Task<Answer> TryOffer(this Acme acme, string source, params string[] resources) =>
        acme.Post(Transfers(source), acme.System(source), Body(acme.Now.AddHours(24), resources), Acme.NewKey());

    /// <summary>Offers these, and gives the claim.</summary>
    public static async Task<string> Offer(this Acme acme, params Provisioned[] resources) =>
        (await acme.TryOffer(resources[0].Installation, [.. resources.Select(resource => resource.Id)]))
            .Is(HttpStatusCode.OK)["providerClaimId"]!.GetValue<string>();

    public static Task<Answer> Verify(this Acme acme, string target, string claim) =>
        acme.Get($"{Transfer(target, claim)}/verify", acme.System(target));

    public static Task<Answer> Accept(this Acme acme, string target, string claim, string? key = null) =>
        acme.Post($"{Transfer(target, claim)}/accept", acme.System(target), key: key ?? Acme.NewKey());

    /// <summary>Nothing new to agree to.</summary>
    public static void NeedsNoPlan(this Answer verified) => Assert.Equal("{}", verified.Is(HttpStatusCode.OK).ToJsonString());

    public static JsonNode IsImpossible(this Answer answer) => answer.IsRefusal(HttpStatusCode.UnprocessableEntity, "unprocessable");

    /// <summary>The same resource where it is now.</summary>
    public static Provisioned At(this Provisioned resource, string installation) => resource with { Installation = installation };
}

/// <summary>One <see cref="Acme"/> for the transfers that go behind the back of Vercel's side, which then differs from ours.</summary>
[CollectionDefinition(Name)]
public sealed class TransferAcme : ICollectionFixture<Acme>
{
    public const string Name = "Transfers";
}
