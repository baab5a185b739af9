using LanguageExt;
using Marketplace.Core;
using Marketplace.Core.Connections;
using Marketplace.Core.Installations;
using Marketplace.Jobs.Vercel;
using Marketplace.Shell.Audit;
using Marketplace.Shell.Installations;
using Marketplace.Shell.Persistence;
using Marketplace.Shell.VercelApi;
using Npgsql;
using static LanguageExt.Prelude;

namespace Marketplace.Shell.Connections;

/// <summary>Connections: made and made anew, each in one transaction with its audit.</summary>
internal sealed class ConnectionStore(NpgsqlDataSource database, SecretBox box, TimeProvider clock)
{
    private const int AttemptsMax = 3;

    public async Task<Either<ConnectionRejection, Connection>> Connect(ConnectedAccount account, CancellationToken cancel)
    {
        for (var attempts = 1; ; attempts++)
        {
            try
            {
                return await TryConnect(account, cancel);
            }
            catch (PostgresException raced) when (attempts < AttemptsMax && IsLostRace(raced))
            {
                // Another connection of the same owner, or the same one, came at the same moment. Now it is there to be seen.
            }
        }
    }

    private async Task<Either<ConnectionRejection, Connection>> TryConnect(ConnectedAccount account, CancellationToken cancel)
    {
        var asked = new ConnectAccount(account.Installation, ConnectionOwner.Of(account.Team, account.UserId), account.UserId);
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var loads = new Loads();
        ConnectionRows.Meet(loads, asked.Id);
        var removed = InstallationNewsRows.Load(loads, asked.Id, NewsSubject.End);
        var native = InstallationRows.Load(loads, asked.Id);
        var place = TeamRows.Active(loads, ConnectionRemoval.PlaceOf(asked.Owner), InstallationKind.Connectable);
        await loads.Send(transaction, cancel);

        // In the order of their ids, so that of two that replace each other none waits for the other in a circle.
        var locks = new Loads();
        var held = place.Value.ToSeq().Add(asked.Id).Distinct().OrderBy(id => id.Value, StringComparer.Ordinal)
            .ToDictionary(id => id, id => ConnectionRows.LoadForUpdate(locks, id));
        await locks.Send(transaction, cancel);

        var now = clock.GetUtcNow();
        return await asked.Decide(
                Optional(held[asked.Id].Value)!, place.Value.Bind(id => held[id].Value is { } former ? Some(former) : None), native.Value is not null, removed.Value is not null,
                now)
            .MatchAsync<Either<ConnectionRejection, Connection>>(
                LeftAsync: rejection => Task.FromResult<Either<ConnectionRejection, Connection>>(rejection),
                RightAsync: async decided =>
                {
                    var writes = new Writes();
                    Write(writes, held[asked.Id].Value, decided, account.Token, now);
                    await writes.Commit(transaction, cancel);
                    return decided.Connection.Next;
                });
    }

    private void Write(Writes writes, Connection? before, AccountConnected decided, AccessToken token, DateTimeOffset now)
    {
        var actor = new Actor("customer", "connect");
        decided.Former.IfSome(former => ConnectionRemoval.Write(writes, former, actor));
        var connected = (Connection.Active)decided.Connection.Next;
        if (before is Connection.Active active)
        {
            ConnectionRows.Reconnect(writes, box, connected, token);
            TeamRows.Release(writes, ConnectionRemoval.PlaceOf(active.Owner), active.Id, InstallationKind.Connectable);
            if (active.Owner != connected.Owner)
                InstallationNewsRows.Save(writes, active.Id, NewsSubject.Team, new Told(now, ""));
        }
        else
        {
            ConnectionRows.Insert(writes, box, connected, token);
        }

        TeamRows.Claim(writes, ConnectionRemoval.PlaceOf(connected.Owner), connected.Id, InstallationKind.Connectable);
        EventRows.Append(writes, decided.Connection.Events, actor);
    }

    private static bool IsLostRace(PostgresException fault) =>
        fault.SqlState is PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected
        || fault is { SqlState: PostgresErrorCodes.UniqueViolation, TableName: "connection" or "team_installation" };
}
