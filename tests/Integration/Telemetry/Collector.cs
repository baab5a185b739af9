using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Marketplace.Integration.Telemetry;

/// <summary>A collector of OpenTelemetry, which keeps every byte that it is sent. Source: OTLP/HTTP with protobuf.</summary>
internal sealed class Collector : IAsyncDisposable
{
    private readonly ConcurrentQueue<byte[]> traces = new();
    private readonly ConcurrentQueue<byte[]> metrics = new();
    private readonly WebApplication app;

    private Collector(WebApplication app) => this.app = app;

    public Uri Address => new(app.Urls.Single());

    /// <summary>What a server is configured with that sends here.</summary>
    public Dictionary<string, string> Settings => new(StringComparer.Ordinal)
    {
        ["OTEL_EXPORTER_OTLP_ENDPOINT"] = Address.AbsoluteUri,
        ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
        // The test's own calls bring along that nobody keeps their trace.
        ["OTEL_TRACES_SAMPLER"] = "always_on",
        ["OTEL_SERVICE_NAME"] = "acme-integration",
        ["OTEL_BSP_SCHEDULE_DELAY"] = "100",
        ["OTEL_METRIC_EXPORT_INTERVAL"] = "500",
        ["Telemetry:ReadStoreEvery"] = "00:00:01",
    };

    public IReadOnlyList<CollectedSpan> Spans =>
        [.. from body in traces
            from resource in new ProtoMessage(body).Messages(1)
            from scope in resource.Messages(2)
            from span in scope.Messages(2)
            select CollectedSpan.Of(resource, scope, span)];

    /// <summary>As of the last export that is here.</summary>
    public IReadOnlyList<CollectedMetric> Metrics =>
        [.. from body in metrics.TakeLast(4)
            from resource in new ProtoMessage(body).Messages(1)
            from scope in resource.Messages(2)
            from metric in scope.Messages(2)
            from point in CollectedMetric.Points(scope.Message(1)?.Text(1) ?? "", metric)
            select point];

    /// <summary>Everything, as text: whatever is not text is unreadable in it, and does no harm.</summary>
    public string Text => string.Concat(traces.Concat(metrics).Select(Encoding.UTF8.GetString));

    public static async Task<Collector> Open(CancellationToken cancel)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var collector = new Collector(builder.Build());
        collector.app.Run(collector.Take);
        await collector.app.StartAsync(cancel);
        return collector;
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private async Task Take(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        if (context.Request.Path == "/v1/traces")
            traces.Enqueue(body.ToArray());
        else if (context.Request.Path == "/v1/metrics")
            metrics.Enqueue(body.ToArray());
        else
            context.Response.StatusCode = StatusCodes.Status404NotFound;
        context.Response.ContentType = "application/x-protobuf";
    }
}

/// <param name="Links">The traces that it is linked to.</param>
internal sealed record CollectedSpan(
    string Service, string Scope, string Name, string Trace, string Id, string Parent, IReadOnlyDictionary<string, string> Tags, IReadOnlyList<string> Links)
{
    public string? this[string tag] => Tags.GetValueOrDefault(tag);

    public static CollectedSpan Of(ProtoMessage resource, ProtoMessage scope, ProtoMessage span) => new(
        Attributes(resource.Message(1), 1).GetValueOrDefault("service.name", ""), scope.Message(1)?.Text(1) ?? "", span.Text(5), span.Hex(1), span.Hex(2),
        span.Hex(4), Attributes(span, 9), [.. span.Messages(13).Select(link => link.Hex(1))]);

    public static IReadOnlyDictionary<string, string> Attributes(ProtoMessage? of, int number) =>
        (of?.Messages(number) ?? []).ToDictionary(pair => pair.Text(1), pair => Value(pair.Message(2)!), StringComparer.Ordinal);

    private static string Value(ProtoMessage value) =>
        value.Has(1) ? value.Text(1)
        : value.Has(2) ? value.Number(2) == 1 ? "true" : "false"
        : value.Has(5) ? string.Join(',', value.Message(5)!.Messages(1).Select(Value))
        : $"{value.Number(3)}";
}

/// <param name="Value">Of a histogram, how many were counted.</param>
internal sealed record CollectedMetric(string Meter, string Name, string Unit, IReadOnlyDictionary<string, string> Tags, double Value)
{
    public string? this[string tag] => Tags.GetValueOrDefault(tag);

    public static IEnumerable<CollectedMetric> Points(string meter, ProtoMessage metric)
    {
        foreach (var (kind, tags) in new[] { (5, 7), (7, 7), (9, 9) })
        {
            foreach (var point in metric.Message(kind)?.Messages(1) ?? [])
            {
                var value = kind == 9 ? point.Number(4)
                    : point.Has(4) ? BitConverter.UInt64BitsToDouble(point.Number(4))
                    : unchecked((long)point.Number(6));
                yield return new CollectedMetric(meter, metric.Text(1), metric.Text(3), CollectedSpan.Attributes(point, tags), value);
            }
        }
    }
}
