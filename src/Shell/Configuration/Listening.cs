using System.Net.Sockets;
using Marketplace.Shell.Persistence;
using Npgsql;

namespace Marketplace.Shell.Configuration;

internal static class Listening
{
    /// <summary>Starts the host; an address that cannot be had is the person's matter, not a stack trace.</summary>
    public static async Task StartListening(this WebApplication app, CancellationToken cancel)
    {
        try
        {
            await app.StartAsync(cancel);
        }
        catch (Exception fault) when (fault is IOException or SocketException or FormatException)
        {
            throw new StartRefusedException(
                $"Marketplace cannot start: it cannot listen where --urls or ASPNETCORE_URLS say: {fault.Message}");
        }
        catch (NpgsqlException fault)
        {
            throw new StartRefusedException(
                $"Marketplace cannot start: the database of ConnectionStrings__Marketplace refuses what the job host needs: {FirstConnection.Reason(fault)}.");
        }
    }
}
