using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace Marketplace.Simulator.IntegrationConsole;

/// <summary>One product of the integration, as the console knows it. Its plans are not here: they are asked of the provider.</summary>
/// <param name="Id">The <c>productId</c> of a provision, and the slug of <c>GET /v1/products/{slug}/plans</c>.</param>
/// <param name="Metadata">What a customer fills in. Source: contract §C.5.</param>
internal sealed record ConsoleProduct(string Id, string Name, MetadataSchema Metadata)
{
    /// <summary>Every protocol that a product can declare. Source: contract §C.6.</summary>
    public static readonly ImmutableArray<string> KnownProtocols =
        ["storage", "experimentation", "checks", "log-drain", "ai", "observability", "video", "workflow", "authentication"];

    /// <summary>Some of <see cref="KnownProtocols"/>.</summary>
    public ImmutableHashSet<string> Protocols { get; init; } = [];

    /// <summary>The slugs of its deployment actions. Source: contract §E.15.</summary>
    public ImmutableList<string> Actions { get; init; } = [];

    /// <summary>Metadata that the provider is known to take, where the schema alone does not tell: an account that must exist.</summary>
    public JsonObject? SampleMetadata { get; init; }

    /// <summary>How to see whether the secrets of its resources are good; none when nobody can tell from outside.</summary>
    public SecretProbe? SecretProbe { get; init; }

    /// <summary>Its resources have a console for commands. Source: contract §B.2.</summary>
    public bool HasRepl => Protocols.Contains("storage");

    /// <summary>Its resources have flags or experiments. Source: contract §D.11.</summary>
    public bool HasExperimentation => Protocols.Contains("experimentation");

    /// <summary>Metadata with which a resource can be provisioned; each call gives a copy of its own.</summary>
    public JsonObject Example() => SampleMetadata?.DeepClone().AsObject() ?? Metadata.Example();
}
