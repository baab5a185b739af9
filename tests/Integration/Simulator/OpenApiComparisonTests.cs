using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Marketplace.Simulator.Api;

namespace Marketplace.Integration.Simulator;

/// <summary>
/// Our own schemas of Vercel's request bodies against the published description, field by field: names, required, type,
/// choices, patterns, lengths, closedness. The two were written independently of each other.
/// </summary>
public sealed class OpenApiComparisonTests
{
    /// <summary>Where we differ on purpose, and why.</summary>
    private static readonly ImmutableDictionary<string, string> Intended = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["PATCH /v1/installations/{} notification"] =
            "the published shape is an object or a string, because its generator lost 'nullable'; null is what clears (contract J.17)",
        ["PATCH /v1/installations/{}/resources/{} notification"] = "as for the installation (contract J.17)",
        ["PATCH /v1/installations/{} billingPlan.effectiveDate"] = "a date and time (contract C.1), published as any string",
        ["PUT /v1/installations/{}/resources/{} billingPlan.effectiveDate"] = "as above",
        ["PATCH /v1/installations/{}/resources/{} billingPlan.effectiveDate"] = "as above",
        ["POST /v2/oauth/access_token"] = "not in the published part; from the prose of contract D.13",
        ["GET /v9/projects/{}"] = "not in the published part; from the prose of contract D.13",
        ["GET /v13/deployments/{}"] = "as above",
        ["GET /v1/installations/{}/resources/{}/experimentation/edge-config"] = "only its other methods are published by that name (contract D.11)",
        ["PATCH /v1/deployments/{}/checks/{} status"] = "its choices are all strings, published without their type",
        ["PATCH /v1/deployments/{}/checks/{} conclusion"] = "as above",
        ["PATCH /v1/deployments/{}/checks/{} output.metrics.TBT.source"] = "as above",
        ["PATCH /v1/deployments/{}/checks/{} output.metrics.virtualExperienceScore.source"] = "as above",
    }.ToImmutableDictionary(StringComparer.Ordinal);

    [Fact]
    public void Every_request_body_is_as_strict_as_the_published_description()
    {
        if (Repository.Contract("vercel-api.openapi.json") is not { } file)
        {
            TestContext.Current.SendDiagnosticMessage("not compared: shared/contract/vercel-api.openapi.json is absent");
            Console.WriteLine("not compared: shared/contract/vercel-api.openapi.json is absent");
            return;
        }

        var published = new PublishedSchemas(JsonNode.Parse(File.ReadAllText(file))!);
        var differences = VercelOperations.All
            .SelectMany(operation => Compare(operation, published))
            .Where(difference => !Intended.Keys.Any(known => difference.StartsWith(known + ":", StringComparison.Ordinal)))
            .ToList();

        Assert.True(differences.Count == 0, string.Join('\n', differences));
    }

    [Fact]
    public void Every_intended_difference_still_exists()
    {
        if (Repository.Contract("vercel-api.openapi.json") is not { } file)
        {
            return;
        }

        var published = new PublishedSchemas(JsonNode.Parse(File.ReadAllText(file))!);
        var differences = VercelOperations.All.SelectMany(operation => Compare(operation, published)).ToList();

        Assert.All(Intended.Keys, known =>
            Assert.Contains(differences, difference => difference.StartsWith(known + ":", StringComparison.Ordinal)));
    }

    private static IEnumerable<string> Compare(VercelOperation operation, PublishedSchemas published)
    {
        var name = $"{operation.Method.Method} {PublishedSchemas.Anonymous(operation.Path)}";
        if (!published.Has(operation.Method.Method, operation.Path))
        {
            return [$"{name}: is not published"];
        }

        var theirs = published.Body(operation.Method.Method, operation.Path);
        return (operation.Body, theirs) switch
        {
            (null, null) => [],
            (null, _) => [$"{name}: takes a body"],
            (_, null) => [$"{name}: takes no body"],
            var (ours, body) => published.Differences(ours, body).Select(difference => $"{name} {difference}"),
        };
    }
}
