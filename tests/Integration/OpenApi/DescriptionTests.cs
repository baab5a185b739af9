using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Marketplace.Integration.Authentication;
using Marketplace.Simulator.Schemas;

namespace Marketplace.Integration.OpenApi;

/// <summary>
/// <c>/openapi</c> says what the server does. Beside what is shown here, <see cref="Acme"/> holds every answer of every test against it.
/// </summary>
[Collection(SharedAcme.Name)]
public sealed class DescriptionTests(Acme acme)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_is_served_to_anybody_as_JSON()
    {
        using var answer = await acme.Server.Http.GetAsync("/openapi", Cancel);

        Assert.Equal((HttpStatusCode.OK, "application/json"), (answer.StatusCode, answer.Content.Headers.ContentType!.ToString()));
        var document = JsonNode.Parse(await answer.Content.ReadAsStringAsync(Cancel))!;
        Assert.Equal("3.0.3", (string?)document["openapi"]);
        Assert.True(JsonNode.DeepEquals(PartnerApiDocument.Root, document));
    }

    [Fact]
    public async Task It_may_be_cached_and_is_not_sent_again_to_who_has_it()
    {
        using var first = await acme.Server.Http.GetAsync("/openapi", Cancel);
        Assert.True(first.Headers.CacheControl is { Public: true, MaxAge.TotalSeconds: > 0 });
        var tag = first.Headers.ETag!;

        using var again = await Get(tag);
        using var other = await Get(new EntityTagHeaderValue("\"another\""));

        Assert.Equal(HttpStatusCode.NotModified, again.StatusCode);
        Assert.Equal((tag, ""), (again.Headers.ETag, await again.Content.ReadAsStringAsync(Cancel)));
        Assert.Equal(HttpStatusCode.OK, other.StatusCode);

        Task<HttpResponseMessage> Get(EntityTagHeaderValue known)
        {
            var request = new HttpRequestMessage(HttpMethod.Get, "/openapi") { Headers = { IfNoneMatch = { known } } };
            return acme.Server.Http.SendAsync(request, Cancel);
        }
    }

    [Fact]
    public async Task HEAD_tells_its_tag_and_sends_nothing()
    {
        using var answer = await acme.Server.Http.SendAsync(new HttpRequestMessage(HttpMethod.Head, "/openapi"), Cancel);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.NotNull(answer.Headers.ETag);
        Assert.Empty(await answer.Content.ReadAsByteArrayAsync(Cancel));
    }

    /// <summary>The table of routes is itself held against the server's.</summary>
    [Fact]
    public void It_has_an_operation_for_each_route_and_no_other() =>
        Assert.Equal(
            PartnerRoute.All.Select(route => route.Name).Order(StringComparer.Ordinal),
            PartnerApiDocument.Operations.Select(operation => operation.Name).Order(StringComparer.Ordinal));

    [Fact]
    public void It_names_for_each_operation_the_styles_of_authentication_that_are_let_in() =>
        Assert.All(PartnerRoute.All, route =>
            Assert.Equal(
                ((string[])[.. route.TakesPeople ? ["userAuth"] : (string[])[], .. route.TakesVercel ? ["systemAuth"] : (string[])[]]),
                PartnerApiDocument.Operations.Single(operation => operation.Name == route.Name).Security));

    [Fact]
    public void Each_parameter_of_a_path_is_described_and_each_mutation_takes_a_key() =>
        Assert.All(PartnerApiDocument.Operations, operation =>
        {
            var parameters = operation.Parameters.ToLookup(parameter => (string)parameter["in"]!, parameter => (string)parameter["name"]!, StringComparer.Ordinal);
            Assert.Equal(
                operation.Path.Split('{').Skip(1).Select(part => part[..part.IndexOf('}')]).Order(StringComparer.Ordinal),
                parameters["path"].Order(StringComparer.Ordinal));
            Assert.Contains("X-Vercel-Auth", parameters["header"]);
            Assert.Equal(operation.Method != "GET", parameters["header"].Contains("Idempotency-Key"));
        });

    [Fact]
    public void Every_operation_has_a_name_of_its_own_a_summary_and_the_refusals_that_may_always_come()
    {
        Assert.All(PartnerApiDocument.Operations, operation =>
        {
            Assert.NotEmpty((string)operation.Json["summary"]!);
            Assert.Superset(new HashSet<int> { 400, 403, 500, 503 }, operation.Statuses.ToHashSet());
            Assert.Equal(operation.Body is not null, operation.Body is null ? false : operation.Statuses.Contains(413));
            Assert.All(operation.Statuses, status => Assert.NotEmpty((string)operation.Answer(status)!["description"]!));
        });
        var names = PartnerApiDocument.Operations.Select(operation => (string)operation.Json["operationId"]!).ToList();
        Assert.Equal(names, names.Distinct());
    }

    [Fact]
    public void Each_refusal_has_the_documented_error_body() =>
        Assert.All(
            from operation in PartnerApiDocument.Operations from status in operation.Statuses where status >= 400 select operation.Answer(status),
            answer => Assert.Contains(
                (string)answer!["content"]!["application/json"]!["schema"]!["$ref"]!,
                (string[])["#/components/schemas/Error", "#/components/schemas/ValidationError"]));

    [Fact]
    public void Every_reference_leads_somewhere_and_every_component_is_used()
    {
        var references = All(PartnerApiDocument.Root, "$ref").Select(reference => (string)reference!).ToHashSet(StringComparer.Ordinal);
        Assert.All(references, reference => PartnerApiDocument.Resolve(new JsonObject { ["$ref"] = reference }));

        var components =
            from kind in PartnerApiDocument.Root["components"]!.AsObject()
            where kind.Key != "securitySchemes"
            from component in kind.Value!.AsObject()
            select $"#/components/{kind.Key}/{component.Key}";
        Assert.Empty(components.Except(references));
    }

    [Fact]
    public void Every_example_is_as_its_schema_says()
    {
        var examples = All(PartnerApiDocument.Root, "example").Where(example => example!.Parent!["schema"] is not null).ToList();

        Assert.True(examples.Count > 10);
        Assert.All(examples, example =>
        {
            using var json = JsonDocument.Parse(example!.ToJsonString());
            Assert.Empty(SchemaCheck.Faults(PartnerApiDocument.SchemaOf(example.Parent!["schema"]!, isClosed: true), json.RootElement));
        });
    }

    [Fact]
    public void No_example_holds_a_secret()
    {
        var examples = string.Concat(All(PartnerApiDocument.Root, "example").Select(example => example!.ToJsonString()));

        Assert.DoesNotContain("eyJ", examples, StringComparison.Ordinal);
        Assert.DoesNotContain("postgres://", examples, StringComparison.Ordinal);
        Assert.DoesNotContain("secrets", examples, StringComparison.Ordinal);
    }

    private static IEnumerable<JsonNode?> All(JsonNode? node, string name) => node switch
    {
        JsonObject fields => fields.SelectMany(field => field.Key == name ? [field.Value, .. All(field.Value, name)] : All(field.Value, name)),
        JsonArray items => items.SelectMany(item => All(item, name)),
        _ => [],
    };
}
