using System.Collections.Immutable;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Marketplace.Simulator.Dashboard;
using Marketplace.Simulator.Schemas;

namespace Marketplace.Simulator.Conformance.Cases;

/// <summary>Bodies that are no JSON, too much of it, or JSON of a kind that programs stumble over.</summary>
internal static class RawBodyCases
{
    private static readonly Source Robustness = Source.Experience("what comes over a network can be anything");

    private static readonly ImmutableArray<RawBody> Bodies =
    [
        // What is no object says nothing, so that nothing could be done.
        new("no-json", "when the body is no JSON", "{\"name\":", _ => true),
        new("cut-off", "when the body ends in the middle", body => body.ToJsonString()[..^1], _ => true),
        new("array", "when the body is an array", "[]", _ => true),
        new("text", "when the body is a text", "\"conformance\"", _ => true),
        new("null", "when the body is null", "null", HasRequiredFields),
        new("empty", "when there is no body", "", HasRequiredFields),
        new("deep", "when the body is nested ten thousand levels deep", _ => Deep(10_000), _ => false),
        new("not-utf8", "when the body is no UTF-8", "{\"name\":\"\u00ff\"}", _ => false) { Encoding = Encoding.Latin1 },
        new("other-content-type", "when the body is said to be plain text", body => body.ToJsonString(), _ => false) { MediaType = "text/plain" },
        new("without-content-type", "when nobody says what the body is", body => body.ToJsonString(), _ => false) { MediaType = null },
        new("huge", "when the body has eight million characters", body => With(body, "undocumented", new string('x', 8_000_000)), _ => false)
        {
            MayBeCutOff = true,
        },
    ];

    /// <summary>Where a customer's own words go.</summary>
    private static readonly ImmutableArray<(PartnerOperation Operation, string Field)> Words =
    [
        (PartnerOperation.UpsertInstallation, "account.name"),
        (PartnerOperation.ProvisionResource, "name"),
        (PartnerOperation.UpdateResource, "name"),
        (PartnerOperation.RunReplCommand, "input"),
        (PartnerOperation.RotateSecrets, "reason"),
        (PartnerOperation.DeleteInstallation, "reason"),
        (PartnerOperation.ProvisionPurchase, "invoiceId"),
    ];

    private static readonly ImmutableArray<(string Name, string What, string Json)> Values =
    [
        ("nul", "the character U+0000", "\"con\\u0000formance\""),
        ("half-a-character", "one half of a surrogate pair", "\"con\\ud83dformance\""),
        ("very-long", "a hundred thousand characters", $"\"{new string('x', 100_000)}\""),
        ("right-to-left", "letters that run from right to left, and marks that no one sees", "\"\\u202e\\u05e9\\u05dc\\u05d5\\u05dd\\u200b\\ufeff\""),
    ];

    private static readonly ImmutableArray<(PartnerOperation Operation, string Field, string Name, string What, string Json)> Numbers =
    [
        (PartnerOperation.RotateSecrets, "delayOldSecretsExpirationHours", "beyond-double", "is beyond what a double can hold", "1e400"),
        (PartnerOperation.RotateSecrets, "delayOldSecretsExpirationHours", "very-exact", "has a hundred decimals", $"0.{new string('1', 100)}"),
        (PartnerOperation.CreateTransfer, "expiresAt", "beyond-calendar", "is beyond the calendar", "99999999999999999999"),
        (PartnerOperation.CreateTransfer, "expiresAt", "before-calendar", "is before the calendar", "-99999999999999999999"),
        (PartnerOperation.CreateTransfer, "expiresAt", "fraction", "has a fraction of a millisecond", "1900000000000.5"),
    ];

    public static readonly ImmutableArray<ConformanceCase> All =
    [
        .. from operation in CalledOperation.All
           where operation.Body is not null
           from body in Bodies
           select Case(operation, body),
        .. from word in Words
           from value in Values
           let operation = Row(word.Operation)
           select new ConformanceCase(
               $"bodies/{operation.Name}/{Spelling.Dashed(word.Field)}-{value.Name}",
               $"{operation.Title} is answered, by a success or by a refusal, when {word.Field} holds {value.What}.", Robustness, Level.Recommended,
               async trial => trial.ExpectAnswer(await Send(trial, operation, body => Literal(body, word.Field, value.Json))))
           {
               Of = word.Operation,
           },
        .. from number in Numbers
           let operation = Row(number.Operation)
           select new ConformanceCase(
               $"bodies/{operation.Name}/{Spelling.Dashed(number.Field)}-{number.Name}",
               $"{operation.Title} is answered, by a success or by a refusal, when {number.Field} {number.What}.", Robustness, Level.Recommended,
               async trial => trial.ExpectAnswer(await Send(trial, operation, body => Literal(body, number.Field, number.Json))))
           {
               Of = number.Operation,
           },
        .. from field in new[] { "name", "billingPlanId", "metadata" }
           from operation in new[] { Row(PartnerOperation.ProvisionResource), Row(PartnerOperation.UpdateResource) }
           select new ConformanceCase(
               $"bodies/{operation.Name}/{Spelling.Dashed(field)}-twice", $"{operation.Title} is answered, by a success or by a refusal, when {field} is there twice.",
               Robustness, Level.Recommended, async trial => trial.ExpectAnswer(await Send(trial, operation, body => Twice(body, field))))
           {
               Of = operation.Operation,
           },
        new("bodies/upsert-installation/account-name-of-any-script", "The name of a team is taken in any script.", Robustness, Level.Required,
            async trial => trial.ExpectSuccess(await SuccessfulCalls.UpsertInstallation(
                trial, new CallOptions { Body = body => body["account"]!["name"] = "Größe & 漢字 <ünïcode> 🐳" }))),
        new("bodies/delete-installation/without-body", "Delete Installation succeeds without a body, as every field of it is optional.",
            Source.Partner("Delete Installation"), Level.Required,
            async trial => trial.ExpectSuccess(await SuccessfulCalls.DeleteInstallation(trial, new CallOptions { Request = request => request.Content = null }))),
        new("bodies/delete-installation/any-reason", "Delete Installation succeeds with any reason: its values are shown nowhere.",
            Source.Partner("Delete Installation"), Level.Required,
            async trial => trial.ExpectSuccess(await SuccessfulCalls.DeleteInstallation(
                trial, new CallOptions { Body = body => body["reason"] = "conformance" }))),
        new("bodies/rotate-secrets/fraction-of-an-hour", "The delay of a rotation can be a fraction of an hour.", Source.SecretRotation, Level.Required,
            async trial => trial.ExpectSuccess(await SuccessfulCalls.RotateSecrets(
                trial, new CallOptions { Body = body => body["delayOldSecretsExpirationHours"] = 0.25 })))
        {
            Of = PartnerOperation.RotateSecrets,
        },
        new("bodies/rotate-secrets/nothing-asked", "A rotation needs neither a reason nor a delay.", Source.SecretRotation, Level.Required,
            async trial => trial.ExpectSuccess(await SuccessfulCalls.RotateSecrets(trial, new CallOptions { Body = body => body.Clear() })))
        {
            Of = PartnerOperation.RotateSecrets,
        },
        new("bodies/update-resource/nothing-asked", "An update of nothing succeeds, and tells the whole resource.", Source.Partner("Update Resource"),
            Level.Required, async trial => trial.ExpectSuccess(await SuccessfulCalls.UpdateResource(trial, new CallOptions { Body = body => body.Clear() })))
        {
            Of = PartnerOperation.UpdateResource,
        },
    ];

    private static CalledOperation Row(PartnerOperation operation) => CalledOperation.All.Single(row => row.Operation == operation);

    private static bool HasRequiredFields(PartnerOperation operation) =>
        PartnerRequestSchemas.All[operation].Named.Any(field => field.IsRequired);

    private static ConformanceCase Case(CalledOperation operation, RawBody raw)
    {
        // To uninstall is asked by the path alone.
        var isVital = operation.Operation != PartnerOperation.DeleteInstallation && raw.IsVitalFor(operation.Operation);
        return new(
            $"bodies/{operation.Name}/{raw.Name}",
            isVital ? $"{operation.Title} does not succeed {raw.When}." : $"{operation.Title} is answered, by a success or by a refusal, {raw.When}.",
            // A success would tell the customer that something was done; a failure alone loses nobody's money or data.
            Robustness, isVital ? Level.Required : Level.Recommended, async trial =>
            {
                var exchange = await Send(trial, operation, raw.Write, raw);
                if (isVital)
                {
                    trial.ExpectTurnedDown(exchange);
                }
                else if (exchange.Status is not null || !raw.MayBeCutOff)
                {
                    trial.ExpectAnswer(exchange);
                }
            })
        {
            Of = operation.Operation,
        };
    }

    private static async Task<Exchange> Send(Trial trial, CalledOperation operation, Func<JsonObject, string> write, RawBody? raw = null)
    {
        var tenant = await BodyGround.Of(trial, operation);
        var content = new ByteArrayContent((raw?.Encoding ?? Encoding.UTF8).GetBytes(write(operation.Body!(trial, tenant))));
        content.Headers.ContentType = (raw is null ? "application/json" : raw.MediaType) is { } mediaType ? new MediaTypeHeaderValue(mediaType) : null;
        var call = operation.For(trial, tenant) with { Bend = request => request.Content = content };
        return await BodyGround.Send(trial, operation, call);
    }

    private static string With(JsonObject body, string name, string value)
    {
        body[name] = value;
        return body.ToJsonString();
    }

    /// <summary>The body with a field as it is written, which no object in memory can hold.</summary>
    private static string Literal(JsonObject body, string field, string json)
    {
        const string Place = "the place of the literal";
        var path = field.Split('.');
        path[..^1].Aggregate(body, (inner, name) => inner[name]!.AsObject())[path[^1]] = Place;
        return body.ToJsonString().Replace($"\"{Place}\"", json, StringComparison.Ordinal);
    }

    private static string Twice(JsonObject body, string field)
    {
        var json = body.ToJsonString();
        return $"{{\"{field}\":{(body[field] ?? new JsonObject()).ToJsonString()},{json[1..]}";
    }

    private static string Deep(int levels) => $"{{\"undocumented\":{new string('[', levels)}{new string(']', levels)}}}";

    /// <param name="When">The end of a sentence.</param>
    /// <param name="IsVitalFor">Whether the operation cannot be done by it.</param>
    private sealed record RawBody(string Name, string When, Func<JsonObject, string> Write, Func<PartnerOperation, bool> IsVitalFor)
    {
        public RawBody(string name, string when, string text, Func<PartnerOperation, bool> isVitalFor) : this(name, when, _ => text, isVitalFor) { }

        public Encoding Encoding { get; init; } = Encoding.UTF8;

        public string? MediaType { get; init; } = "application/json";

        /// <summary>A server may hang up instead of reading it.</summary>
        public bool MayBeCutOff { get; init; }
    }
}
