using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using Marketplace.Simulator.Api;

namespace Marketplace.Simulator.Experimentation;

/// <summary>Contract D.11, the store that the customer has opened for the provider. Reads and writes may be conditional on its content.</summary>
internal static class GlobalConfigOperations
{
    public static VercelDecision Read(VercelRequest request)
    {
        if (Refusal(request, out var config) is { } refusal)
        {
            return request.Answer(refusal);
        }

        return request.Answer(Names(request.Http.Headers.IfNoneMatch, config)
            ? new ApiAnswer(StatusCodes.Status304NotModified) { ETag = Tag(config) }
            : View(request, config));
    }

    /// <summary>Replaces the whole content.</summary>
    public static VercelDecision Write(VercelRequest request)
    {
        if (Refusal(request, out var config) is { } refusal)
        {
            return request.Answer(refusal);
        }

        if (!config.IsSynced)
        {
            return request.Answer(ApiAnswer.Conflict("The customer has switched syncing off."));
        }

        var headers = request.Http.Headers;
        if ((headers.IfMatch.Count > 0 && !Names(headers.IfMatch, config)) || Names(headers.IfNoneMatch, config))
        {
            return request.Answer(ApiAnswer.Refusal(StatusCodes.Status412PreconditionFailed, "precondition_failed", "The content is another one by now."));
        }

        var items = request.Body.GetProperty("data").EnumerateObject()
            .ToImmutableSortedDictionary(item => item.Name, item => item.Value.Clone(), StringComparer.Ordinal);
        var written = config with { Items = items };
        written = written with { UpdatedAt = written.Digest == config.Digest ? config.UpdatedAt : request.Now };
        return request.Keep(request.Installation.With(request.Resource! with { GlobalConfig = written }), View(request, written));
    }

    private static ApiAnswer? Refusal(VercelRequest request, out GlobalConfig config)
    {
        config = request.Resource?.GlobalConfig!;
        if (request.Options.KnowsEdgeConfigOnly && !IsByOlderName(request))
        {
            return ApiAnswer.NotFound("There is no such operation.");
        }

        return config is null ? ApiAnswer.NotFound("The customer has opened no config for this resource.") : null;
    }

    private static ApiAnswer View(VercelRequest request, GlobalConfig config)
    {
        var json = new JsonObject
        {
            ["items"] = new JsonObject(config.Items.Select(item => KeyValuePair.Create(item.Key, JsonNode.Parse(item.Value.GetRawText())))),
            ["updatedAt"] = config.UpdatedAt.ToUnixTimeMilliseconds(),
            ["digest"] = config.Digest,
        };
        if (!IsByOlderName(request))
        {
            json["purpose"] = "experimentation";
        }

        return ApiAnswer.Ok(json) with { ETag = Tag(config) };
    }

    private static bool IsByOlderName(VercelRequest request) =>
        request.Http.Path.Value!.EndsWith("/edge-config", StringComparison.Ordinal);

    private static string Tag(GlobalConfig config) => $"\"{config.Digest}\"";

    private static bool Names(Microsoft.Extensions.Primitives.StringValues header, GlobalConfig config) =>
        header.SelectMany(line => (line ?? "").Split(',', StringSplitOptions.TrimEntries))
            .Any(tag => tag == "*" || tag == Tag(config) || tag == $"W/{Tag(config)}");
}
