using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Marketplace.Integration.Simulator;

namespace Marketplace.Integration.OpenApi;

/// <summary>
/// <c>/openapi</c> against the contract's description of the Partner API, field by field: paths, methods, security, parameters, bodies and
/// statuses. The two were written independently of each other.
/// </summary>
public sealed class ContractComparisonTests
{
    /// <summary>Where we differ on purpose, and why. A name ends where a difference goes on; a star stands for every operation.</summary>
    private static readonly ImmutableDictionary<string, string> Intended = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["* answer 500: "] = "faults have the same body as refusals, and it is described",
        ["* answer 503: "] = "a database or an issuer that cannot be reached is told apart from a fault, with Retry-After",
        ["* answer 404: "] = "an id that is unknown here is a 404 (contract B.0: the natural answer)",
        ["* answer 400: "] = "an id with characters that cannot be stored is wrong by itself",
        ["* answer 413: "] = "a body of more than 1 MiB is not read",
        ["* header Idempotency-Key: length"] = "the longest key that is kept",
        ["* body: required"] = "where a field of it is required, so is the body; the contract's document leaves it open",
        ["PUT /v1/installations/{} body account.contact: required"] = "a team may name nobody, and Get Account says so too (contract B.1, D.2)",
        ["POST /v1/installations/{}/resources body metadata: required"] = "without it the form's defaults hold, and what has none is named",
        ["POST /v1/installations/{}/resources body billingPlanId: required"] =
            "it may be absent where installations are billed as a whole (contract B.2), which a schema cannot say",
        ["POST /v1/installations/{}/resource-transfer-requests/{}/verify: "] = "older documents call it by POST (contract J.2)",
        ["POST /v1/installations/{}/resources/{}/repl answer 200 media type application/jsonl: "] = "for who asks for lines (contract B.2)",
        ["POST /v1/installations/{}/resources/{}/repl answer 409: "] = "the resource is not in service, or the command was begun and left no answer",
        ["POST /v1/installations/{}/resources/{}/repl body input: "] = "the longest command that is run",
        ["PUT /v1/installations/{} answer 204: "] = "the installation is always told",
        ["PATCH /v1/installations/{} answer 204: "] = "as above",
        ["DELETE /v1/installations/{} answer 204: "] = "whether it is finalized is always told",
        ["DELETE /v1/installations/{} answer 200 finalized: required"] = "as above",
        ["GET /v1/products/{}/plans answer 409: "] = "no state stands in the way of reading a list",
        ["GET /v1/installations/{}/plans answer 409: "] = "as above",
        ["GET /v1/installations/{}/resources/{}/plans answer 409: "] = "as above",
    }.ToImmutableDictionary(StringComparer.Ordinal);

    /// <summary>Differences of a shape, wherever it appears.</summary>
    private static readonly ImmutableDictionary<string, string> IntendedInShapes = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["scope: required"] = "the default is always written out",
        ["preauthorizationAmount: least"] = "an amount is never negative",
        ["initialCharge: pattern"] = "decimal strings have the form of contract J.14",
        ["minimumAmount: pattern"] = "as above",
        ["maximumAmount: pattern"] = "as above",
        ["maximumAmountAutoPurchasePerPeriod: pattern"] = "as above",
        ["requiredPolicies: is published"] = "withdrawn on 2024-07-09",
        ["id: least length"] = "no id is empty",
        ["code: least length"] = "no code is empty",
        ["message: least length"] = "no message is empty",
        ["providerClaimId: least length"] = "no id is empty",
        ["invoiceId: least length"] = "an empty id is refused",
        ["invoiceId: greatest length"] = "no id of Vercel's is nearly as long",
        ["edgeConfigSyncingEnabled: is published"] = "Vercel's own; nothing that we have to say",
        ["edgeConfigTokenId: is published"] = "as above",
        ["credit: is published"] = "balances here are in dollars, so no units of our own are to be named",
        ["nameLabel: is published"] = "as above",
    }.ToImmutableDictionary(StringComparer.Ordinal);

    [Fact]
    public void It_says_what_the_contract_says_but_for_the_differences_that_are_listed()
    {
        if (Differences() is not { } differences)
            return;

        var unknown = differences.Where(difference => !Intended.Keys.Any(known => Is(known, difference)) && !IntendedInShapes.Keys.Any(known => IsIn(known, difference))).ToList();
        Assert.True(unknown.Count == 0, string.Join('\n', unknown));
    }

    [Fact]
    public void Every_difference_that_is_listed_still_exists()
    {
        if (Differences() is not { } differences)
            return;

        Assert.All(Intended.Keys, known => Assert.Contains(differences, difference => Is(known, difference)));
        Assert.All(IntendedInShapes.Keys, known => Assert.Contains(differences, difference => IsIn(known, difference)));
    }

    private static bool Is(string known, string difference) => known.StartsWith("* ", StringComparison.Ordinal)
        ? difference.Contains(known[1..], StringComparison.Ordinal)
        : difference.StartsWith(known, StringComparison.Ordinal);

    private static bool IsIn(string known, string difference) =>
        difference.Contains("." + known, StringComparison.Ordinal) || difference.Contains(" " + known, StringComparison.Ordinal);

    private static List<string>? Differences()
    {
        if (Repository.Contract("partner-api.openapi.json") is not { } file)
        {
            Console.WriteLine("not compared: shared/contract/partner-api.openapi.json is absent");
            return null;
        }

        var contract = JsonNode.Parse(File.ReadAllText(file))!;
        var published = new PublishedSchemas(contract);
        var missing =
            from path in contract["paths"]!.AsObject()
            from operation in path.Value!.AsObject()
            let name = $"{operation.Key.ToUpperInvariant()} {PublishedSchemas.Anonymous(path.Key)}"
            where PartnerApiDocument.Operations.All(ours => NameOf(ours) != name)
            select $"{name}: is published, and not described";
        return [.. missing, .. PartnerApiDocument.Operations.SelectMany(ours => Compare(ours, published))];
    }

    private static IEnumerable<string> Compare(DescribedOperation ours, PublishedSchemas published) =>
        published.Operation(ours.Method, ours.Path) is not { } theirs
            ? [$"{NameOf(ours)}: is not published"]
            : ((IEnumerable<string>)
                [
                    .. CompareSets("security", ours.Security, theirs["security"]!.AsArray().Select(way => way!.AsObject().Single().Key)),
                    .. CompareParameters(ours, theirs),
                    .. CompareBody(ours, theirs, published),
                    .. CompareAnswers(ours, theirs, published),
                ]).Select(difference => $"{NameOf(ours)} {difference}");

    private static IEnumerable<string> CompareParameters(DescribedOperation ours, JsonNode theirs)
    {
        var described = ours.Parameters.ToDictionary(Name, StringComparer.OrdinalIgnoreCase);
        var published = theirs["parameters"]!.AsArray().ToDictionary(parameter => Name(parameter!), parameter => parameter!, StringComparer.OrdinalIgnoreCase);
        return
        [
            .. CompareSets("parameter", described.Keys, published.Keys),
            .. described.Where(parameter => published.ContainsKey(parameter.Key)).SelectMany(parameter =>
                CompareParameter(parameter.Key, parameter.Value, published[parameter.Key])),
        ];

        static string Name(JsonNode parameter) => $"{parameter["in"]} {parameter["name"]}";
    }

    private static IEnumerable<string> CompareParameter(string name, JsonNode ours, JsonNode theirs)
    {
        if (((bool?)ours["required"] ?? false) != ((bool?)theirs["required"] ?? false))
            yield return $"{name}: required is different";
        foreach (var word in (string[])["type", "enum", "pattern", "format"])
        {
            if (!JsonNode.DeepEquals(ours["schema"]![word], theirs["schema"]![word]))
                yield return $"{name}: {word} is {theirs["schema"]![word]} as published, {ours["schema"]![word]} here";
        }

        if (!JsonNode.DeepEquals(ours["schema"]!["maxLength"], theirs["schema"]!["maxLength"]))
            yield return $"{name}: length is bounded here";
    }

    private static IEnumerable<string> CompareBody(DescribedOperation ours, JsonNode theirs, PublishedSchemas published)
    {
        var schema = theirs["requestBody"]?["content"]?["application/json"]?["schema"];
        return (ours.Body, schema) switch
        {
            (null, null) => [],
            (null, _) => ["body: is published, and not described"],
            (_, null) => ["body: is not published"],
            var (body, _) =>
            [
                .. (bool?)ours.Json["requestBody"]!["required"] == ((bool?)theirs["requestBody"]!["required"] ?? false) ? (string[])[] : ["body: required is different"],
                .. published.Differences(PartnerApiDocument.SchemaOf(body["schema"]!, isClosed: false), schema).Select(difference => $"body {difference}"),
            ],
        };
    }

    private static IEnumerable<string> CompareAnswers(DescribedOperation ours, JsonNode theirs, PublishedSchemas published)
    {
        var statuses = theirs["responses"]!.AsObject().Select(answer => int.Parse(answer.Key)).ToHashSet();
        return
        [
            .. statuses.Except(ours.Statuses).Select(status => $"answer {status}: is published, and not described"),
            .. ours.Statuses.Except(statuses).Select(status => $"answer {status}: is not published"),
            .. ours.Statuses.Where(statuses.Contains).SelectMany(status =>
                CompareAnswer(ours.Answer(status)!["content"], theirs["responses"]![status.ToString()]!["content"], published)
                    .Select(difference => $"answer {status} {difference}")),
        ];
    }

    private static IEnumerable<string> CompareAnswer(JsonNode? ours, JsonNode? theirs, PublishedSchemas published) =>
    [
        .. CompareSets("media type", ours?.AsObject().Select(type => type.Key) ?? [], theirs?.AsObject().Select(type => type.Key) ?? []),
        .. ours?["application/json"]?["schema"] is { } described && theirs?["application/json"]?["schema"] is { } schema
            ? published.Differences(PartnerApiDocument.SchemaOf(described, isClosed: false), schema)
            : [],
    ];

    private static IEnumerable<string> CompareSets(string what, IEnumerable<string> ours, IEnumerable<string> theirs)
    {
        var (described, published) = (ours.ToHashSet(StringComparer.OrdinalIgnoreCase), theirs.ToHashSet(StringComparer.OrdinalIgnoreCase));
        return
        [
            .. published.Except(described, StringComparer.OrdinalIgnoreCase).Select(name => $"{what} {name}: is published, and not described"),
            .. described.Except(published, StringComparer.OrdinalIgnoreCase).Select(name => $"{what} {name}: is not published"),
        ];
    }

    private static string NameOf(DescribedOperation operation) => $"{operation.Method} {PublishedSchemas.Anonymous(operation.Path)}";
}
