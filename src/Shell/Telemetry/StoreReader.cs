using Marketplace.Shell.Configuration;
using Npgsql;

namespace Marketplace.Shell.Telemetry;

/// <summary>Counts what waits, again and again, in one worker for all: never within a request, and never twice at the same time.</summary>
internal sealed partial class StoreReader(
    NpgsqlDataSource database, StoreGauges gauges, TelemetrySettings settings, TimeProvider clock, ILogger<StoreReader> log) : BackgroundService
{
    private readonly string name = $"{Environment.MachineName}:{Environment.ProcessId}:{Guid.NewGuid():N}";

    /// <summary>Whoever is as late as that may be dead; then another one begins.</summary>
    private TimeSpan Lease => 3 * settings.ReadStoreEvery;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(settings.ReadStoreEvery, TimeProvider.System);
        try
        {
            do
                gauges.Show(await Read(stoppingToken));
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            await Resign();
        }
    }

    private async Task<StoreReading?> Read(CancellationToken cancel)
    {
        try
        {
            await using var connection = await database.OpenConnectionAsync(cancel);
            return await StoreReadingRows.Lead(connection, name, Lease, cancel)
                ? await StoreReadingRows.Read(connection, clock.GetUtcNow(), cancel)
                : null;
        }
        catch (NpgsqlException fault)
        {
            LogNotRead(fault);
            return null;
        }
    }

    private async Task Resign()
    {
        gauges.Show(null);
        try
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(2));
            await using var connection = await database.OpenConnectionAsync(limit.Token);
            await StoreReadingRows.Resign(connection, name, limit.Token);
        }
        catch (Exception fault) when (fault is NpgsqlException or OperationCanceledException)
        {
            // Its lease runs out.
            LogNotRead(fault);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "What waits could not be counted; the metrics say nothing of it until it can")]
    private partial void LogNotRead(Exception fault);
}
