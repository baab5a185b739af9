using Carter;
using Marketplace.Jobs.Telemetry;
using Marketplace.Shell.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Marketplace.Shell.Health;

/// <summary>For load balancers and orchestrators: nothing secret, no sign-in.</summary>
public sealed class HealthModule : CarterModule
{
    private static readonly RequestDelegate Live =
        HandlerDelegate.Create(() =>
        {
            // Asked every few seconds by everybody, and no trace of anything.
            Traces.Forget();
            return TypedResults.Ok(new Liveness("live"));
        });

    private static readonly RequestDelegate Ready = HandlerDelegate.Create(
        async Task<JsonHttpResult<Readiness>> (ReadinessCheck check) =>
        {
            Traces.Forget();
            var readiness = await check.Ask();
            return TypedResults.Json(
                readiness, WireJson.Options,
                statusCode: readiness.IsUnready ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status200OK);
        });

    public HealthModule()
    {
        Get("/health/live", Live);
        Get("/health/ready", Ready);
    }

    /// <summary>The process runs and answers; it says nothing of what it depends on.</summary>
    private sealed record Liveness(string Status);
}
