using Marketplace.Core.Installations;
using Marketplace.Jobs.Vercel;
using Marketplace.Shell.Audit;
using Marketplace.Shell.Credentials;
using Marketplace.Shell.Installations;
using Marketplace.Shell.Persistence;
using Npgsql;

namespace Marketplace.Shell.VercelApi;

/// <summary>With which token calls about an installation are made: encrypted at rest, read anew for each call, kept by nobody.</summary>
internal sealed partial class InstallationTokens(NpgsqlDataSource database, SecretBox box, TimeProvider clock, ILogger<InstallationTokens> log)
{
    /// <summary>Null when there is none any more.</summary>
    public async Task<AccessToken?> Current(InstallationId installation, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return await InstallationRows.LoadAccessToken(connection, installation, cancel) is { } cipher
            ? new AccessToken(box.UnprotectText(cipher, "installation", installation.Value), "Bearer")
            : null;
    }

    /// <summary>
    /// Vercel has said that the installation is over: every token of it is forgotten, unless it has another by now. What is still to be
    /// told ends where it is told, and our side of the installation stays until its uninstall is asked for: one answer destroys nothing.
    /// </summary>
    public async Task Retire(InstallationId installation, AccessToken token, string reason, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        if (await CredentialRows.LoadForUpdate(transaction, box, installation, cancel) is not { } held || held.Current.Value != token.Value)
            return;

        var now = clock.GetUtcNow();
        var writes = new Writes();
        CredentialRows.Retire(writes, installation, now);
        EventRows.Append(writes, installation, null, now, "installation.TokenRetired", Actor.Worker("answer of Vercel"), new { reason });
        await writes.Commit(transaction, cancel);
        Retired(installation.Value, reason);
    }

    [LoggerMessage(Level = LogLevel.Error,
        Message = "Vercel says that installation {InstallationId} is over ({Reason}): its token is retired, and nothing can be told there any more")]
    private partial void Retired(string installationId, string reason);
}
