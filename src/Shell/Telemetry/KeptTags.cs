using System.Diagnostics.Metrics;
using OpenTelemetry.Metrics;

namespace Marketplace.Shell.Telemetry;

/// <summary>Of the tags that the framework and the driver give to what they measure, those that are kept: few values, and nobody's words.</summary>
internal static class KeptTags
{
    private static readonly MetricStreamConfiguration OfPools = new() { TagKeys = ["db.client.connection.pool.name", "db.client.connection.state", "error.type"] };

    private static readonly MetricStreamConfiguration OfCalls =
        new() { TagKeys = ["http.request.method", "http.response.status_code", "server.address", "server.port", "error.type", "http.connection.state"] };

    private static readonly MetricStreamConfiguration OfRequests =
        new() { TagKeys = ["http.request.method", "http.route", "http.response.status_code", "error.type"] };

    public static MetricStreamConfiguration? Of(Instrument instrument) => instrument.Meter.Name switch
    {
        "Npgsql" => OfPools,
        "System.Net.Http" => OfCalls,
        "Microsoft.AspNetCore.Hosting" => OfRequests,
        _ => null,
    };
}
