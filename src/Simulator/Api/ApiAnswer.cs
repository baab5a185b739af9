using System.Text.Json.Nodes;

namespace Marketplace.Simulator.Api;

/// <summary>What Vercel's API answers.</summary>
internal sealed record ApiAnswer(int Status, JsonNode? Body = null)
{
    /// <summary>Names the content, so that a later call can be conditional on it.</summary>
    public string? ETag { get; init; }

    public static readonly ApiAnswer Created = new(StatusCodes.Status201Created);

    public static readonly ApiAnswer NoContent = new(StatusCodes.Status204NoContent);

    public static ApiAnswer Ok(JsonNode body) => new(StatusCodes.Status200OK, body);

    public static ApiAnswer BadRequest(string message) => Refusal(StatusCodes.Status400BadRequest, "bad_request", message);

    public static ApiAnswer NotFound(string message) => Refusal(StatusCodes.Status404NotFound, "not_found", message);

    public static ApiAnswer Conflict(string message) => Refusal(StatusCodes.Status409Conflict, "conflict", message);

    public static ApiAnswer Forbidden(string message) => Refusal(StatusCodes.Status403Forbidden, "forbidden", message);

    /// <summary>The REST API's usual shape of an error. Source: contract A.2.</summary>
    public static ApiAnswer Refusal(int status, string code, string message) =>
        new(status, new JsonObject { ["error"] = new JsonObject { ["code"] = code, ["message"] = message } });

    public IResult ToResult() =>
        Body is null ? TypedResults.StatusCode(Status) : TypedResults.Json(Body, statusCode: Status);
}
