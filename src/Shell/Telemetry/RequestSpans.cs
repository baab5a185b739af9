using System.Diagnostics;
using Marketplace.Shell.Configuration;

namespace Marketplace.Shell.Telemetry;

/// <summary>What a request's span is called and says: the route and never the path, which may hold what opens something.</summary>
internal static class RequestSpans
{
    public static void UseRequestSpans(this WebApplication app)
    {
        if (app.Services.GetRequiredService<TelemetrySettings>().Traces is null)
            return;

        app.Use(static async (context, next) =>
        {
            try
            {
                await next(context);
            }
            finally
            {
                if (Activity.Current is { IsAllDataRequested: true } span)
                    Describe(span, context);
            }
        });
    }

    private static void Describe(Activity span, HttpContext context)
    {
        var (method, status) = (context.Request.Method, context.Response.StatusCode);
        span.SetTag("http.request.method", method).SetTag("http.response.status_code", status);
        if (context.GetEndpoint() is RouteEndpoint { RoutePattern.RawText: { } route })
            span.SetTag("http.route", route).DisplayName = $"{method} {route}";
        else
            span.DisplayName = method;
        if (status >= StatusCodes.Status500InternalServerError)
            span.SetStatus(ActivityStatusCode.Error);
    }
}
