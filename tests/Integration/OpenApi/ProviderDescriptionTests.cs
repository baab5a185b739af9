using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Marketplace.Shell;
using Marketplace.Shell.ProviderKeys;
using Marketplace.Simulator.Schemas;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Marketplace.Integration.OpenApi;

/// <summary>
/// <c>/openapi/provider.json</c> says what the Provider API does. Beside what is shown here, <see cref="Acme"/> holds every answer of every
/// test against it.
/// </summary>
[Collection(SharedAcme.Name)]
public sealed class ProviderDescriptionTests(Acme acme)
{
    private static readonly ApiDocument Api = ProviderApiDocument.Document;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_is_served_to_anybody_as_JSON()
    {
        using var answer = await acme.Server.Http.GetAsync("/openapi/provider.json", Cancel);

        Assert.Equal((HttpStatusCode.OK, "application/json"), (answer.StatusCode, answer.Content.Headers.ContentType!.ToString()));
        var document = JsonNode.Parse(await answer.Content.ReadAsStringAsync(Cancel))!;
        Assert.Equal("3.1.0", (string?)document["openapi"]);
        Assert.True(JsonNode.DeepEquals(Api.Root, document));
        Assert.NotNull(answer.Headers.ETag);
    }

    [Fact]
    public void It_has_an_operation_for_each_route_and_no_other() =>
        Assert.Equal(
            from endpoint in acme.Server.Services.GetServices<EndpointDataSource>().SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()
            let path = Regex.Replace(endpoint.RoutePattern.RawText!, ":[^}]*}", "}", RegexOptions.None, TimeSpan.FromSeconds(1))
            where path.StartsWith(ProviderApi.Root, StringComparison.Ordinal)
            from method in endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods
            where method != "HEAD"
            let name = $"{method} {path}"
            orderby name
            select name,
            Api.Operations.Select(operation => operation.Name).Order());

    [Fact]
    public async Task It_names_the_scope_without_which_each_operation_is_refused()
    {
        var (one, other) = (await acme.NewProviderKey("keys:verify"), await acme.NewProviderKey("usage:write"));
        foreach (var operation in Api.Operations)
        {
            var scopes = operation.Json["security"]![0]!["providerKey"]!.AsArray().Select(scope => (string)scope!).ToList();
            Assert.Subset(ScopeNames.All.ToHashSet(), scopes.ToHashSet());
            var path = Regex.Replace(operation.Path, "{[^}]*}", "1", RegexOptions.None, TimeSpan.FromSeconds(1))[ProviderApi.V1.Length..];
            (await acme.Provide(new HttpMethod(operation.Method), path, key: null)).IsProblem(HttpStatusCode.Unauthorized, "unauthorized");
            if (scopes is [var scope])
            {
                var refused = (await acme.Provide(new HttpMethod(operation.Method), path, scope == "keys:verify" ? other : one))
                    .IsProblem(HttpStatusCode.Forbidden, "insufficient-scope");
                Assert.EndsWith($" {scope}.", (string)refused["detail"]!, StringComparison.Ordinal);
            }
            else
            {
                Assert.Equal(("GET /provider/v1/key", 0), (operation.Name, scopes.Count));
            }
        }
    }

    [Fact]
    public void Every_operation_has_a_name_of_its_own_a_summary_its_parameters_and_the_refusals_that_may_always_come()
    {
        Assert.All(Api.Operations, operation =>
        {
            Assert.NotEmpty((string)operation.Json["summary"]!);
            Assert.Superset(new HashSet<int> { 400, 401, 403, 429, 500, 503 }, operation.Statuses.ToHashSet());
            Assert.Equal(
                operation.Path.Split('{').Skip(1).Select(part => part[..part.IndexOf('}')]).Order(StringComparer.Ordinal),
                operation.Parameters.Where(parameter => (string)parameter["in"]! == "path").Select(parameter => (string)parameter["name"]!).Order(StringComparer.Ordinal));
            Assert.All(operation.Statuses, status => Assert.NotEmpty((string)operation.Answer(status)!["description"]!));
        });
        var names = Api.Operations.Select(operation => (string)operation.Json["operationId"]!).ToList();
        Assert.Equal(names, names.Distinct());
    }

    /// <summary>What is asked twice by mistake is done once, or is the same when it is done twice.</summary>
    [Fact]
    public void Every_write_takes_a_key_but_those_that_can_be_asked_twice_without_harm() =>
        Assert.Equal(
            [
                "import-resource", "replay-events", "replay-outbox", "replay-webhooks", "report-usage", "resync-installation", "resync-resource",
                "rotate-credentials", "sync-flags", "test-events", "verify-key",
            ],
            from operation in Api.Operations
            where operation.Method is "POST" or "PATCH"
            where !operation.Parameters.Any(parameter => (string)parameter["name"]! == "Idempotency-Key")
            let name = (string)operation.Json["operationId"]!
            orderby name
            select name);

    [Fact]
    public void Each_refusal_is_a_problem_detail() =>
        Assert.All(
            from operation in Api.Operations from status in operation.Statuses where status >= 400 select operation.Answer(status),
            answer => Assert.Equal("#/components/schemas/Problem", (string)answer!["content"]!["application/problem+json"]!["schema"]!["$ref"]!));

    [Fact]
    public void Every_reference_leads_somewhere_and_every_schema_is_used()
    {
        var references = All(Api.Root, "$ref").Select(reference => (string)reference!).ToHashSet(StringComparer.Ordinal);
        Assert.All(references, reference => Api.Resolve(new JsonObject { ["$ref"] = reference }));
        Assert.Empty(Api.Root["components"]!["schemas"]!.AsObject().Select(schema => $"#/components/schemas/{schema.Key}").Except(references));
    }

    [Fact]
    public void Every_example_is_as_its_schema_says() =>
        Assert.All(All(Api.Root, "example").Where(example => example!.Parent!["schema"] is not null), example =>
        {
            using var json = JsonDocument.Parse(example!.ToJsonString());
            Assert.Empty(SchemaCheck.Faults(Api.SchemaOf(example.Parent!["schema"]!, isClosed: true), json.RootElement));
        });

    private static IEnumerable<JsonNode?> All(JsonNode? node, string name) => node switch
    {
        JsonObject fields => fields.SelectMany(field => field.Key == name ? [field.Value, .. All(field.Value, name)] : All(field.Value, name)),
        JsonArray items => items.SelectMany(item => All(item, name)),
        _ => [],
    };
}
