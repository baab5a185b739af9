using Marketplace.Core.Installations;
using Marketplace.Jobs.Installations;
using Marketplace.Shell.Audit;
using Marketplace.Shell.Persistence;
using Npgsql;

namespace Marketplace.Shell.Installations;

/// <summary>The accounts of installations, in PostgreSQL.</summary>
internal sealed class Accounts(NpgsqlDataSource database, TimeProvider clock) : IAccounts
{
    public async Task<IReadOnlyList<ClaimedAccount>> Claim(
        DateTimeOffset now, int installationsMax, TimeSpan lease, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return await AccountRows.Claim(connection, now, installationsMax, lease, cancel);
    }

    public async Task Learn(ClaimedAccount claimed, Account account, DateTimeOffset nextDueAt, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var current = await InstallationRows.LoadForUpdate(transaction, claimed.Installation, cancel)
            ?? throw new CorruptRowException("installation", claimed.Installation.Value, "its account was read, but it is gone");
        var writes = new Writes();
        if (await AccountRows.IsStillRegistered(transaction, claimed, cancel))
            Learn(writes, current, account);
        AccountRows.Done(writes, claimed, nextDueAt);
        await writes.Commit(transaction, cancel);
    }

    private void Learn(Writes writes, Installation current, Account account) =>
        InstallationTransitions.Apply(current, new InstallationCommand.LearnAccount(account), clock.GetUtcNow()).Match(
            Right: transition =>
            {
                if (!transition.Events.IsEmpty)
                    InstallationRows.Save(writes, transition.Next);
                EventRows.Append(writes, transition.Events, Actor.Worker("account"));
            },
            Left: rejection => throw new System.Diagnostics.UnreachableException(rejection.GetType().Name));

    public Task PutOff(ClaimedAccount claimed, DateTimeOffset nextDueAt, CancellationToken cancel)
    {
        var writes = new Writes();
        AccountRows.Done(writes, claimed, nextDueAt);
        return writes.Commit(database, cancel);
    }

    public async Task Postpone(ClaimedAccount claimed, TimeSpan delay, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await AccountRows.Postpone(connection, claimed, delay, cancel);
    }
}
