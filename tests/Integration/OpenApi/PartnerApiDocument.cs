using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Marketplace.Shell.OpenApi;
using Marketplace.Simulator.Schemas;

namespace Marketplace.Integration.OpenApi;

/// <summary>What <c>/openapi</c> says, and whether an answer is as it says.</summary>
internal static class PartnerApiDocument
{
    private static readonly ApiDocument Document = new(PartnerApiDescription.Document);

    public static JsonNode Root => Document.Root;

    public static ImmutableArray<DescribedOperation> Operations => Document.Operations;

    public static IEnumerable<string> Faults(string method, string path, Answer answer) => Document.Faults(method, path, answer);

    public static JsonNode Resolve(JsonNode node) => Document.Resolve(node);

    /// <param name="isClosed">Whether a field that is not described is a fault.</param>
    public static Schema SchemaOf(JsonNode node, bool isClosed) => Document.SchemaOf(node, isClosed);
}

/// <summary>The same of <c>/openapi/provider.json</c>.</summary>
internal static class ProviderApiDocument
{
    public static readonly ApiDocument Document = new(ProviderApiDescription.Document);
}
