using System.Text.Json;
using Marketplace.Shell.Http;
using Marketplace.Shell.ProviderKeys;
using Microsoft.Net.Http.Headers;

namespace Marketplace.Shell.UsageEvents;

/// <summary>
/// POST /provider/v1/usage/events: takes many events at once, each of which is counted once however often it is sent, and says of each
/// that is not counted why. Source: CloudEvents 1.0.
/// </summary>
internal static class ReportUsageEndpoint
{
    public const int BytesMax = 8 * 1024 * 1024;

    public static readonly RequestDelegate Route = ProviderEndpoint.Needing(ProviderScopes.UsageWrite, Handle, RequestKind.UsageReport);

    private static async Task<IResult> Handle(HttpContext context, UsageIntakeStore intake, CancellationToken cancel)
    {
        if (!MediaTypeHeaderValue.TryParse(context.Request.ContentType, out var mediaType)
            || EventBodies.FormOf(mediaType.MediaType.Value?.ToLowerInvariant()) is not { } form)
        {
            return ProviderProblems.UnknownMediaType(
                "Send application/json, application/cloudevents+json or application/cloudevents-batch+json.");
        }

        using var body = await PooledBody.Read(context, BytesMax, cancel);
        if (body is null)
        {
            // The rest of the body is not read, so nothing else can come through this connection.
            context.Response.Headers.Connection = "close";
            return ProviderProblems.TooLarge($"The body is larger than {BytesMax} bytes. Send the events in several requests.");
        }

        try
        {
            var outcome = await intake.Take(EventBodies.Read(body.Bytes, form), cancel);
            // Not every sender looks into the body, and some look at the status alone.
            return Results.Json(
                outcome, UsageEventJson.Default.IntakeOutcome,
                statusCode: outcome.Refused.Count == 0 ? StatusCodes.Status200OK : StatusCodes.Status207MultiStatus);
        }
        catch (TooManyEventsException tooMany)
        {
            return ProviderProblems.TooLarge(tooMany.Message);
        }
        catch (JsonException malformed)
        {
            return ProviderProblems.Invalid(malformed.Path == "$" ? malformed.Message : MalformedJson.Describe(malformed));
        }
    }
}
