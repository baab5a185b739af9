using System.Net;
using System.Text.Json.Nodes;

namespace Marketplace.Integration.Imports;

/// <summary>What the provider's own backend does to show at Vercel what a customer has already.</summary>
internal static class ImportCalls
{
    public static JsonObject Body(string reference) => new()
    {
        ["productId"] = "acme-tools", ["name"] = reference, ["externalReference"] = reference, ["secrets"] = KeySecret($"key-of-{reference}"),
    };

    public static JsonArray KeySecret(string key) => new(new JsonObject { ["name"] = "ACME_KEY", ["value"] = key });

    public static async Task<Answer> Import(this Acme acme, string installation, JsonObject body) =>
        await acme.Provide(HttpMethod.Post, $"/installations/{installation}/imports", await acme.NewProviderKey("resources:write"), body);

    /// <summary>Imports, and expects that Vercel has it at once.</summary>
    public static async Task<Provisioned> Link(this Acme acme, string installation, string reference) =>
        Imported(installation, await acme.Import(installation, Body(reference)), HttpStatusCode.Created);

    public static Provisioned Imported(string installation, Answer answer, HttpStatusCode status, string stage = "ready")
    {
        var json = answer.Is(status);
        Assert.Equal(stage, json["status"]!.GetValue<string>());
        return new Provisioned(installation, new JsonObject { ["id"] = json["resourceId"]!.GetValue<string>(), ["status"] = stage });
    }
}

/// <summary>
/// One <see cref="Acme"/> for imports and connections, in which the worker comes to an end: no installation in it is unknown to Vercel's side.
/// </summary>
[CollectionDefinition(Name)]
public sealed class ImportAcme : ICollectionFixture<Acme>
{
    public const string Name = "Imports";
}
