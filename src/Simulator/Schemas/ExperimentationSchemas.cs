using System.Collections.Immutable;
using static Marketplace.Simulator.Schemas.Field;
using static Marketplace.Simulator.Schemas.Schema;

namespace Marketplace.Simulator.Schemas;

/// <summary>The request bodies of Vercel's API that are about flags and experiments. Source: contract §D.11.</summary>
internal static class ExperimentationSchemas
{
    private static readonly ImmutableArray<Field> Item =
    [
        Required("slug", AtMost(1024)),
        Required("origin", AtMost(2048)),
        Optional("category", Choice("experiment", "flag")),
        Optional("name", AtMost(1024)),
        Optional("description", AtMost(1024)),
        Optional("isArchived", AnyFlag),
        Optional("createdAt", AnyNumber),
        Optional("updatedAt", AnyNumber),
    ];

    /// <summary><c>POST …/experimentation/items</c>.</summary>
    public static readonly Schema CreateItems = Closed(
        Required("items", new ListOf(Closed([Required("id", AtMost(1024)), .. Item]), CountMax: 50)));

    /// <summary><c>PATCH …/experimentation/items/{itemId}</c>.</summary>
    public static readonly Schema UpdateItem = Closed(Item);

    /// <summary><c>PUT …/experimentation/global-config</c>.</summary>
    public static readonly Schema WriteConfig = Closed(Required("data", new MapOf(new Anything())));
}
