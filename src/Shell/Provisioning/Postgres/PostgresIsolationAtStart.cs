using Npgsql;

namespace Marketplace.Shell.Provisioning.Postgres;

/// <summary>Closes what is open on the target server as soon as the process starts, beside whatever else starts.</summary>
/// <remarks>A target server that is down must not stop the start: provisioning does the same again before it hands out a login.</remarks>
internal sealed partial class PostgresIsolationAtStart(
    NpgsqlDataSource pool, PostgresIsolation isolation, ILogger<PostgresIsolationAtStart> log) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await isolation.Enforce(pool, stoppingToken);
        }
        catch (NpgsqlException down)
        {
            LogDown(log, down);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The process ends before it was up.
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The server of Acme Postgres did not answer; whether customers are kept apart is checked with the next database")]
    private static partial void LogDown(ILogger log, Exception down);
}
