using Marketplace.Core.Installations;
using Marketplace.Jobs.Credentials;
using Marketplace.Jobs.Vercel;
using Marketplace.Shell.Audit;
using Marketplace.Shell.Configuration;
using Marketplace.Shell.Persistence;
using Npgsql;

namespace Marketplace.Shell.Credentials;

/// <summary>Tokens and their rotation, in PostgreSQL. Every step is decided by what is held under the installation's lock.</summary>
internal sealed class CredentialStore(NpgsqlDataSource database, SecretBox box, CredentialSettings settings, TimeProvider clock) : IRotations
{
    private static readonly Actor Worker = Actor.Worker("credentials");

    public async Task<IReadOnlyList<ClaimedRotation>> Claim(DateTimeOffset now, int installationsMax, TimeSpan lease, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return await CredentialRows.Claim(
            connection, settings.RotateEvery is { } age ? now - age : DateTimeOffset.UnixEpoch, installationsMax, lease, cancel);
    }

    public async Task<HeldTokens?> Load(InstallationId installation, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return await CredentialRows.Load(connection, box, installation, cancel);
    }

    public Task<HeldTokens?> Keep(InstallationId installation, AccessToken by, AccessToken made, CancellationToken cancel) =>
        Decide(installation, cancel, (held, writes) =>
        {
            if (held.Current == by with { Type = held.Current.Type })
                CredentialRows.Keep(writes, box, installation, made);
            else
                CredentialRows.KeepToRevoke(writes, box, installation, made);
        });

    public Task<HeldTokens?> Use(InstallationId installation, HeldTokens.Unproven proven, CancellationToken cancel) =>
        Decide(installation, cancel, (held, writes) =>
        {
            if (held is not HeldTokens.Unproven { Next: var next } || next != proven.Next)
                return;
            CredentialRows.Use(writes, installation, clock.GetUtcNow());
            Tell(writes, installation, "installation.TokenRotated");
        });

    public Task<HeldTokens?> Discard(InstallationId installation, HeldTokens.Unproven refused, CancellationToken cancel) =>
        Decide(installation, cancel, (held, writes) =>
        {
            if (held is HeldTokens.Unproven { Next: var next } && next == refused.Next)
                CredentialRows.Discard(writes, installation);
        });

    public Task<HeldTokens?> Forget(InstallationId installation, HeldTokens.Superseding revoked, CancellationToken cancel) =>
        Decide(installation, cancel, (held, writes) =>
        {
            if (held is not HeldTokens.Superseding { Former: var former } || former != revoked.Former)
                return;
            CredentialRows.Forget(writes, installation, clock.GetUtcNow());
            Tell(writes, installation, "installation.FormerTokenRevoked");
        });

    public async Task Postpone(InstallationId installation, TimeSpan delay, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await CredentialRows.Postpone(connection, installation, delay, cancel);
    }

    private async Task<HeldTokens?> Decide(InstallationId installation, CancellationToken cancel, Action<HeldTokens, Writes> decide)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        if (await CredentialRows.LoadForUpdate(transaction, box, installation, cancel) is not { } held)
            return null;

        var writes = new Writes();
        decide(held, writes);
        await writes.Commit(transaction, cancel);
        return await CredentialRows.Load(connection, box, installation, cancel);
    }

    private void Tell(Writes writes, InstallationId installation, string what) =>
        EventRows.Append(writes, installation, null, clock.GetUtcNow(), what, Worker, new { });
}
