using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace Marketplace.Integration;

/// <summary>What the server answered, byte for byte. It may hold secrets: only refusals are printed.</summary>
internal sealed record Answer(HttpStatusCode Status, string? MediaType, byte[] Bytes, TimeSpan? RetryAfter)
{
    private static readonly HashSet<string> ErrorFields = new(StringComparer.Ordinal) { "code", "message", "user", "fields" };

    /// <summary>Each with all its values; the names in lower case.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; private init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    public static async Task<Answer> Of(HttpResponseMessage response, CancellationToken cancel) => new(
        response.StatusCode, response.Content.Headers.ContentType?.MediaType, await response.Content.ReadAsByteArrayAsync(cancel),
        response.Headers.RetryAfter?.Delta)
    {
        Headers = response.Headers.NonValidated.ToDictionary(
            header => header.Key.ToLowerInvariant(), header => header.Value.ToString(), StringComparer.Ordinal),
    };

    public string Text => Encoding.UTF8.GetString(Bytes);

    public JsonNode Json => JsonNode.Parse(Bytes) ?? throw new InvalidOperationException("The answer is null.");

    /// <summary>The answer as JSON, which it must be, with this status.</summary>
    public JsonNode Is(HttpStatusCode status)
    {
        Assert.True(Status == status, ToString());
        Assert.Equal("application/json", MediaType);
        return Json;
    }

    /// <summary>204 is without a body.</summary>
    public void IsEmpty()
    {
        Assert.True(Status == HttpStatusCode.NoContent, ToString());
        Assert.Empty(Bytes);
    }

    /// <summary>A refusal of the documented shape and nothing beside it. Source: contract §B.0.</summary>
    public JsonNode IsRefusal(HttpStatusCode status, string code)
    {
        var body = Is(status).AsObject();
        Assert.Equal(["error"], body.Select(field => field.Key));
        var error = body["error"]!.AsObject();
        Assert.Equal(code, error["code"]!.GetValue<string>());
        Assert.NotEmpty(error["message"]!.GetValue<string>());
        Assert.All(error, field => Assert.Contains(field.Key, ErrorFields));
        if (error["user"] is { } user)
            Assert.NotEmpty(user["message"]!.GetValue<string>());
        return error;
    }

    /// <summary>400 that names exactly these fields, each with a message.</summary>
    public JsonNode NamesFields(params string[] keys)
    {
        var error = IsRefusal(HttpStatusCode.BadRequest, "validation_error");
        var fields = error["fields"]!.AsArray();
        Assert.Equal(keys.Order(StringComparer.Ordinal), fields.Select(field => field!["key"]!.GetValue<string>()).Order(StringComparer.Ordinal));
        Assert.All(fields, field => Assert.NotEmpty(field!["message"]!.GetValue<string>()));
        return error;
    }

    /// <summary>A refusal of the Provider API. Source: RFC 9457.</summary>
    public JsonNode IsProblem(HttpStatusCode status, string type)
    {
        Assert.True(Status == status, ToString());
        Assert.Equal("application/problem+json", MediaType);
        Assert.Equal($"urn:problem-type:marketplace:{type}", Json["type"]!.GetValue<string>());
        Assert.Equal((int)status, Json["status"]!.GetValue<int>());
        Assert.NotEmpty(Json["title"]!.GetValue<string>());
        Assert.NotEmpty(Json["detail"]!.GetValue<string>());
        return Json;
    }

    public JsonNode IsInvalid() => IsRefusal(HttpStatusCode.BadRequest, "validation_error");

    public JsonNode IsForbidden() => IsRefusal(HttpStatusCode.Forbidden, "forbidden");

    public JsonNode IsUnknown() => IsRefusal(HttpStatusCode.NotFound, "not_found");

    public JsonNode IsConflict() => IsRefusal(HttpStatusCode.Conflict, "conflict");

    /// <summary>503, with the time after which to come again.</summary>
    public void IsUnavailable()
    {
        IsRefusal(HttpStatusCode.ServiceUnavailable, "unavailable");
        Assert.NotNull(RetryAfter);
    }

    public override string ToString() => (int)Status < 400 ? $"{(int)Status}, {Bytes.Length} bytes" : $"{(int)Status}: {Text}";
}
