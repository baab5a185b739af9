using System.Diagnostics;
using Marketplace.Jobs.Telemetry;

namespace Marketplace.Shell.Telemetry;

/// <summary>Lets what a worker does have a trace and an installation in the log, also while nobody collects traces.</summary>
internal sealed class LoggedTraces : IHostedService, IDisposable
{
    private readonly ActivityListener listener = Traces.ForTheLog();

    public Task StartAsync(CancellationToken cancellationToken)
    {
        ActivitySource.AddActivityListener(listener);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => listener.Dispose();
}
