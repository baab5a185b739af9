using System.Diagnostics;
using System.Reflection;
using Marketplace.Jobs.Telemetry;
using Marketplace.Shell.Configuration;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Marketplace.Shell.Telemetry;

/// <summary>Sends traces and metrics to the collector that the configuration names, as long as the server runs, and the last of them at its end.</summary>
internal sealed class TelemetryExport(TelemetrySettings settings, Role role, IConfiguration configuration) : IHostedService, IDisposable
{
    /// <summary>A stop has 25 seconds for everything.</summary>
    private const int LastExportMilliseconds = 5_000;

    /// <summary>Of what the framework and the driver measure; with which tags each is kept, where they have more than anybody wants.</summary>
    private static readonly string[] Meters =
        [Measures.MeterName, "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Net.Http", "System.Runtime", "Npgsql"];

    private readonly ActivityListener faults = KeptSpans.Faults();
    private TracerProvider? traces;
    private MeterProvider? metrics;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (settings.Traces is not null)
        {
            ActivitySource.AddActivityListener(faults);
            traces = Sdk.CreateTracerProviderBuilder()
                .ConfigureServices(services => services.AddSingleton(configuration))
                .ConfigureResource(Describe)
                .SetSampler(new WithinTraces(settings.Sampling))
                .AddSource(Traces.SourceName, "Microsoft.AspNetCore", "System.Net.Http", "Npgsql")
                .AddProcessor(new KeptSpans())
                .AddOtlpExporter()
                .Build();
        }

        if (settings.Metrics is not null)
        {
            metrics = Sdk.CreateMeterProviderBuilder()
                .ConfigureServices(services => services.AddSingleton(configuration))
                .ConfigureResource(Describe)
                .AddMeter(Meters)
                .AddView(KeptTags.Of)
                .AddOtlpExporter()
                .Build();
            Measures.Begin();
            // Now, and not in a minute: what happens until then would begin with its first event all the same. Nobody waits for a collector.
            _ = Task.Run(() => metrics.ForceFlush(LastExportMilliseconds), CancellationToken.None);
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) =>
        Task.Run(
            () =>
            {
                traces?.Shutdown(LastExportMilliseconds);
                metrics?.Shutdown(LastExportMilliseconds);
            },
            CancellationToken.None);

    public void Dispose()
    {
        traces?.Dispose();
        metrics?.Dispose();
        faults.Dispose();
    }

    private void Describe(ResourceBuilder resource) => resource
        .AddService(
            settings.ServiceName,
            serviceVersion: typeof(TelemetryExport).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion,
            serviceInstanceId: $"{Environment.MachineName}-{Environment.ProcessId}")
        .AddAttributes([new("marketplace.role", role.ToString().ToLowerInvariant())]);
}
