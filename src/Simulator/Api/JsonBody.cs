using System.Text.Json;

namespace Marketplace.Simulator.Api;

/// <summary>Reads a request's JSON.</summary>
internal static class JsonBody
{
    private static readonly JsonElement Empty = JsonDocument.Parse("{}").RootElement;

    /// <summary>A request without a body counts as an empty object.</summary>
    public static async Task<(JsonElement Body, ApiAnswer? Refusal)> Read(HttpRequest request, CancellationToken cancel)
    {
        using var bytes = new MemoryStream();
        await request.Body.CopyToAsync(bytes, cancel);
        if (bytes.Length == 0)
        {
            return (Empty, null);
        }

        if (!request.HasJsonContentType())
        {
            return (Empty, ApiAnswer.BadRequest("the body: must be sent as application/json"));
        }

        try
        {
            using var document = JsonDocument.Parse(bytes.ToArray());
            return (document.RootElement.Clone(), null);
        }
        catch (JsonException malformed)
        {
            return (Empty, ApiAnswer.BadRequest(
                $"the body: is not JSON, line {malformed.LineNumber + 1}, byte {malformed.BytePositionInLine}"));
        }
    }
}
