using System.Net;
using System.Text.Json.Nodes;
using Marketplace.Integration.Authentication;
using Marketplace.Simulator.Schemas;

namespace Marketplace.Integration.OpenApi;

/// <summary>What <c>/openapi</c> calls required is what a call cannot go without, and nothing else is. Source: contract §B.1 to §B.5.</summary>
[Collection(SharedAcme.Name)]
public sealed class RequiredFieldTests(Acme acme)
{
    /// <summary>What Acme asks for, as its catalogue is.</summary>
    private static readonly HashSet<string> AskedForHere = new(StringComparer.Ordinal)
    {
        // Here each resource has a plan of its own. Where it has not, see WholeInstallationTests.
        "POST /v1/installations/{installationId}/resources billingPlanId",
    };

    public static IEnumerable<TheoryDataRow<string, string, bool>> Fields() =>
        from operation in PartnerApiDocument.Operations
        where operation.Body is not null
        from field in Fields(PartnerApiDocument.SchemaOf(operation.Body!["schema"]!, isClosed: false), "")
        select new TheoryDataRow<string, string, bool>(operation.Name, field.Path, field.IsRequired);

    public static IEnumerable<TheoryDataRow<string, bool>> Bodies() =>
        from operation in PartnerApiDocument.Operations
        where operation.Body is not null
        select new TheoryDataRow<string, bool>(operation.Name, (bool)operation.Json["requestBody"]!["required"]!);

    [Theory]
    [MemberData(nameof(Fields))]
    public async Task A_field_is_described_as_required_if_and_only_if_a_call_without_it_is_refused(string operation, string field, bool isRequired)
    {
        var (route, call) = await Prepare(operation);
        var body = call.Body ?? [];

        var answer = await Send(route, call, Without(body, field.Split('.')));

        Assert.Equal(isRequired || AskedForHere.Contains($"{operation} {field}"), answer.Status == HttpStatusCode.BadRequest);
        if (answer.Status == HttpStatusCode.BadRequest)
            Assert.All(answer.IsInvalid()["fields"]!.AsArray(), named => Assert.StartsWith(field, (string?)named!["key"], StringComparison.Ordinal));
        else
            Assert.True((int)answer.Status is >= 200 and < 300, answer.ToString());
    }

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task A_body_is_described_as_required_if_and_only_if_a_call_without_it_is_refused(string operation, bool isRequired)
    {
        var (route, call) = await Prepare(operation);

        var answer = await Send(route, call, body: null);

        Assert.True(isRequired ? answer.Status == HttpStatusCode.BadRequest : (int)answer.Status is >= 200 and < 300, answer.ToString());
    }

    private async Task<(PartnerRoute Route, PartnerCall Call)> Prepare(string operation)
    {
        var route = PartnerRoute.All.Single(known => known.Name == operation);
        return (route, await route.Prepare(acme));
    }

    private Task<Answer> Send(PartnerRoute route, PartnerCall call, JsonObject? body) => acme.Call(
        new HttpMethod(route.Method), call.Path, route.TakesPeople ? acme.Admin(call.Installation) : acme.System(call.Installation), body, Acme.NewKey());

    private static JsonObject Without(JsonObject body, string[] path)
    {
        if (path is [var name])
            body.Remove(name);
        else if (body[path[0]] is JsonObject inner)
            Without(inner, path[1..]);
        return body;
    }

    /// <summary>By its path. What is within something that may be absent is required only there.</summary>
    private static IEnumerable<(string Path, bool IsRequired)> Fields(Schema schema, string path) => schema is not Schema.Fields fields
        ? []
        : fields.Named.SelectMany(field => Fields(field.Shape, $"{path}{field.Name}.").Prepend(($"{path}{field.Name}", field.IsRequired)));
}
