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
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await reload.Look(stoppingToken);
            }
            catch (Exception outage) when (outage is IOException or UnauthorizedAccessException or NpgsqlException)
            {
                LogOutage(settings.Path, outage.Message);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Nobody can say whether the catalogue {Path} was changed: {Reason}")]
    private partial void LogOutage(string path, string reason);
}
