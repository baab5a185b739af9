using Marketplace.Core.Installations;
using Marketplace.Jobs.Vercel;
using Marketplace.Shell.Installations;
using Marketplace.Shell.Persistence;
using Npgsql;

namespace Marketplace.Shell.VercelApi;

/// <summary>With which token calls about an installation are made: encrypted at rest, read anew for each call, kept by nobody.</summary>
internal sealed class InstallationTokens(NpgsqlDataSource database, SecretBox box)
{
    /// <summary>Null when there is none any more.</summary>
    public async Task<AccessToken?> Current(InstallationId installation, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return await InstallationRows.LoadAccessToken(connection, installation, cancel) is { } cipher
            ? new AccessToken(box.UnprotectText(cipher, "installation", installation.Value), "Bearer")
            : null;
    }
}
