using Marketplace.Core.Installations;
using Marketplace.Shell.Audit;
using Marketplace.Shell.Installations;
using Marketplace.Shell.Persistence;
using Npgsql;

namespace Marketplace.Shell.Credentials;

/// <summary>Has the token of an installation replaced by the word of a person or of the provider's own system: the worker does it within seconds.</summary>
internal sealed class RotationRequests(NpgsqlDataSource database, SecretBox box, TimeProvider clock)
{
    /// <summary>Asked again before it is done, it is done once.</summary>
    public async Task<RotationAnswer> Request(InstallationId id, Actor actor, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        switch (await InstallationRows.LoadForUpdate(transaction, id, cancel))
        {
            case null:
                return new RotationAnswer.NoInstallation(id);
            case not Installation.Active:
                return new RotationAnswer.InstallationLeaves(id);
        }

        if (await CredentialRows.LoadForUpdate(transaction, box, id, cancel) is null)
            return new RotationAnswer.NoToken(id);

        var writes = new Writes();
        CredentialRows.Request(writes, id);
        EventRows.Append(writes, id, null, clock.GetUtcNow(), "installation.TokenRotationRequested", actor, new { });
        await writes.Commit(transaction, cancel);
        return new RotationAnswer.Requested();
    }
}

/// <summary>What became of the wish.</summary>
internal abstract record RotationAnswer
{
    private RotationAnswer() { }

    public sealed record Requested : RotationAnswer;

    public sealed record NoInstallation(InstallationId Id) : RotationAnswer;

    /// <summary>It is uninstalled, and its token dies with it.</summary>
    public sealed record InstallationLeaves(InstallationId Id) : RotationAnswer;

    /// <summary>Vercel has said that the installation is over: there is nothing to rotate.</summary>
    public sealed record NoToken(InstallationId Id) : RotationAnswer;
}
