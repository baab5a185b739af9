using Marketplace.Shell.Configuration;
using Npgsql;

namespace Marketplace.Shell.Products;

/// <summary>Looks for another catalogue again and again, in real time: a file that is mounted tells nobody that it was changed.</summary>
internal sealed partial class CatalogueWatch(CatalogueReload reload, CatalogSettings settings, ILogger<CatalogueWatch> log) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (settings.ReloadEvery is not { } pause)
            return;

        using var timer = new PeriodicTimer(pause);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
                await Look(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops, perhaps before it was up; that is no fault of this one.
        }
    }

    private async Task Look(CancellationToken cancel)
    {
        try
        {
            await reload.Look(cancel);
        }
        catch (Exception outage) when (outage is IOException or UnauthorizedAccessException or NpgsqlException)
        {
            LogOutage(settings.Path, outage.Message);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Nobody can say whether the catalogue {Path} was changed: {Reason}")]
    private partial void LogOutage(string path, string reason);
}
