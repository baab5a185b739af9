using System.Text.Json.Nodes;
using Marketplace.Simulator.Api;

namespace Marketplace.Simulator.IntegrationConsole;

/// <summary>What the console knows, for whoever looks: <c>GET /customer/integration</c>. The client secret is not in it.</summary>
internal sealed class IntegrationEndpoints(SimulatorServer vercel, SimulatorOptions options)
{
    public void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/customer/integration", (RequestDelegate)(http => ApiAnswer.Ok(View()).ToResult().ExecuteAsync(http)));

    private JsonObject View() => new()
    {
        ["integrationId"] = options.IntegrationId,
        ["slug"] = options.Slug,
        ["issuer"] = vercel.Tokens.Issuer,
        ["apiBaseUrl"] = vercel.Tokens.Issuer,
        ["baseUrl"] = Text(vercel.Provider),
        ["webhookUrl"] = Text(vercel.Webhook),
        ["redirectLoginUrl"] = Text(vercel.RedirectLogin),
        ["importResourceUrl"] = Text(vercel.ImportResource),
        ["redirectUrl"] = Text(vercel.ConnectAccount),
        ["policies"] = List(options.Policies, policy => new JsonObject { ["id"] = policy.Id, ["name"] = policy.Name, ["url"] = Text(policy.Url) }),
        ["products"] = List(options.Products, Of),
    };

    private static JsonObject Of(ConsoleProduct product) => new()
    {
        ["id"] = product.Id,
        ["name"] = product.Name,
        ["protocols"] = List(product.Protocols.Order(StringComparer.Ordinal), protocol => protocol),
        ["actions"] = List(product.Actions, action => action),
        ["metadata"] = List(product.Metadata.Fields, Of),
        ["exampleMetadata"] = product.Example(),
    };

    private static JsonObject Of(MetadataField field) => new()
    {
        ["key"] = field.Key,
        ["label"] = field.Label,
        ["control"] = field.Control.Name,
        ["required"] = field.IsRequired,
        ["default"] = field.Control.DefaultValue,
    };

    private static string? Text(Uri? address) => address?.AbsoluteUri.TrimEnd('/');

    private static JsonArray List<T>(IEnumerable<T> things, Func<T, JsonNode?> view) => new([.. things.Select(view)]);
}
