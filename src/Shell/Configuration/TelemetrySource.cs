using System.Globalization;

namespace Marketplace.Shell.Configuration;

/// <summary>
/// Where traces and metrics go, by the variables that OpenTelemetry names for every program. The exporter reads them itself, from the same
/// configuration; here they are examined, so that a slip is named at the start and not lost in silence.
/// </summary>
internal static class TelemetrySource
{
    private const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";
    private const string TracesEndpoint = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT";
    private const string MetricsEndpoint = "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT";
    private const string ReadEveryKey = "Telemetry:ReadStoreEvery";

    private static readonly TimeSpan LongestExport = TimeSpan.FromMinutes(10);

    public static TelemetrySettings Read(SettingsReader reader)
    {
        var (all, traces, metrics) = (Url(reader, Endpoint), Url(reader, TracesEndpoint), Url(reader, MetricsEndpoint));
        Choice(reader, "OTEL_EXPORTER_OTLP_PROTOCOL", "grpc", "http/protobuf");
        Pairs(reader, "OTEL_EXPORTER_OTLP_HEADERS");
        Pairs(reader, "OTEL_RESOURCE_ATTRIBUTES");
        var most = (int)LongestExport.TotalMilliseconds;
        reader.Number("OTEL_EXPORTER_OTLP_TIMEOUT", 10_000, 1, most);
        reader.Number("OTEL_BSP_SCHEDULE_DELAY", 5_000, 1, most);
        reader.Number("OTEL_METRIC_EXPORT_INTERVAL", 60_000, 1, most);
        var name = reader.Optional("OTEL_SERVICE_NAME") ?? "marketplace";
        var sampling = Sampling(reader);
        var readEvery = reader.Duration(ReadEveryKey, TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(1), TimeSpan.FromHours(1));
        return reader.Flag("OTEL_SDK_DISABLED")
            ? new TelemetrySettings(null, null, name, sampling, readEvery)
            : new TelemetrySettings(traces ?? all, metrics ?? all, name, sampling, readEvery);
    }

    /// <summary>A collector stands within one's own network, where plain http is usual; what is sent holds no secret.</summary>
    private static Uri? Url(SettingsReader reader, string key) => reader.Url(key, plainHttpAnywhere: true);

    private static string? Choice(SettingsReader reader, string key, params string[] choices)
    {
        if (reader.Optional(key) is not { } text || choices.Contains(text, StringComparer.Ordinal))
            return reader.Optional(key);
        reader.Wrong(key, text, $"one of {string.Join(", ", choices)}");
        return null;
    }

    /// <summary>What stands in them may be a key of the collector's: it is not repeated.</summary>
    private static void Pairs(SettingsReader reader, string key)
    {
        if (reader.Optional(key) is { } text && text.Split(',', StringSplitOptions.TrimEntries).Any(pair => pair.IndexOf('=', StringComparison.Ordinal) < 1))
            reader.WrongSecret(key, "is no list of pairs", "names and values as name=value, with commas between");
    }

    private static Sampling Sampling(SettingsReader reader)
    {
        const string Key = "OTEL_TRACES_SAMPLER";
        const string RatioKey = "OTEL_TRACES_SAMPLER_ARG";
        var kind = Choice(
            reader, Key, "always_on", "always_off", "traceidratio", "parentbased_always_on", "parentbased_always_off", "parentbased_traceidratio")
            ?? "parentbased_always_on";
        var ratio = 1.0;
        if (reader.Optional(RatioKey) is { } text
            && !(double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out ratio) && ratio is >= 0 and <= 1))
        {
            reader.Wrong(RatioKey, text, "the part of all traces that is kept, from 0 to 1, like 0.1");
            ratio = 1;
        }

        return new Sampling(
            kind.StartsWith("parentbased_", StringComparison.Ordinal),
            kind.EndsWith("always_on", StringComparison.Ordinal) ? 1 : kind.EndsWith("always_off", StringComparison.Ordinal) ? 0 : ratio);
    }
}
