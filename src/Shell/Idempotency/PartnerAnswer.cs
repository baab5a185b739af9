using System.Text.Json;
using Marketplace.Shell.Http;

namespace Marketplace.Shell.Idempotency;

/// <summary>An answer as bytes, so that a repeated call gets the very same. It may hold secrets: it is stored encrypted.</summary>
internal sealed record PartnerAnswer(int StatusCode, ReadOnlyMemory<byte> Body) : IResult
{
    /// <summary>
    /// Whether a repetition of the key is answered with it. A refusal is: the caller knows that this call has failed, and a duplicate
    /// that comes late must not do it after all. What depended on the permission, or went wrong, says nothing of the next attempt.
    /// </summary>
    public bool IsKept => StatusCode is not StatusCodes.Status403Forbidden and < StatusCodes.Status500InternalServerError;

    public static PartnerAnswer NoContent { get; } = new(StatusCodes.Status204NoContent, ReadOnlyMemory<byte>.Empty);

    public static PartnerAnswer Ok<T>(T body) => Json(StatusCodes.Status200OK, body);

    public static PartnerAnswer Json<T>(int statusCode, T body) =>
        new(statusCode, JsonSerializer.SerializeToUtf8Bytes(body, WireJson.Options));

    public static PartnerAnswer Of(PartnerErrorResult refusal) =>
        Json(refusal.StatusCode, new PartnerErrorBody(refusal.Value));

    /// <summary>The same in the words of the Provider API.</summary>
    public static PartnerAnswer Of(ProblemResult refusal) => Json(refusal.Problem.Status, refusal.Problem);

    public Task ExecuteAsync(HttpContext httpContext) => Write(httpContext, "application/json; charset=utf-8");

    public async Task Write(HttpContext httpContext, string mediaType)
    {
        var response = httpContext.Response;
        response.StatusCode = StatusCode;
        if (Body.IsEmpty)
            return;
        response.ContentType = mediaType;
        response.ContentLength = Body.Length;
        await response.Body.WriteAsync(Body, httpContext.RequestAborted);
    }

    public override string ToString() => $"{StatusCode}, {Body.Length} bytes";
}
