using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Marketplace.Integration.Conformance.Provider;

/// <summary>What is answered to a call of the Partner API. Source: contract §B.0.</summary>
internal sealed record Answer(int Status, string? Body)
{
    public static readonly Answer Nothing = new(StatusCodes.Status204NoContent, Body: null);

    public static Answer Ok(JsonNode body) => new(StatusCodes.Status200OK, body.ToJsonString());

    public static Answer Invalid(string message) => Refusal(StatusCodes.Status400BadRequest, "validation_error", message);

    public static Answer Forbidden(string message) => Refusal(StatusCodes.Status403Forbidden, "forbidden", message);

    public static Answer Unknown(string what) => Refusal(StatusCodes.Status404NotFound, "not_found", $"There is no such {what}.");

    public static Answer Conflict(string message) => Refusal(StatusCodes.Status409Conflict, "conflict", message);

    public static Answer Impossible(string message) =>
        Refusal(StatusCodes.Status422UnprocessableEntity, "unprocessable_entity", message);

    public static Answer Refusal(int status, string code, string message, JsonArray? fields = null)
    {
        var error = new JsonObject { ["code"] = code, ["message"] = message };
        if (fields is not null)
        {
            error["fields"] = fields;
        }

        return new(status, new JsonObject { ["error"] = error }.ToJsonString());
    }

    /// <param name="charset">As the type of the answer names it.</param>
    public async Task Write(HttpResponse response, string? charset = null)
    {
        response.StatusCode = Status;
        if (Body is not null)
        {
            response.ContentType = charset is null ? "application/json" : $"application/json; charset={charset}";
            await response.WriteAsync(Body);
        }
    }

    public override string ToString() => $"{Status}";
}
