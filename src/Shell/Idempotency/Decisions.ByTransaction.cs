using Marketplace.Core;
using Marketplace.Core.Installations;
using Marketplace.Shell.Persistence;
using Npgsql;

namespace Marketplace.Shell.Idempotency;

/// <summary>Decisions that look at one thing to know what to look at next.</summary>
internal sealed partial class Decisions
{
    /// <summary>A decision that is complete when it is committed.</summary>
    public async Task<IResult> Decide(
        InstallationId installation,
        KeyedCall call,
        Func<NpgsqlTransaction, Writes, Task<PartnerAnswer>> decide,
        CancellationToken cancel) =>
        await ObservedDecision.Run(
            installation, call,
            () => OnceMoreOnConflict(
                () => Begin(installation, call, async (transaction, writes) => new Decided.Answered(await decide(transaction, writes)), cancel), cancel));

    private async Task<Decided> Begin(
        InstallationId installation, KeyedCall call, Func<NpgsqlTransaction, Writes, Task<Decided>> decide, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        if (call.Key is { } key)
        {
            var loads = new Loads();
            var earlier = IdempotencyRows.Load(loads, installation, key);
            await loads.Send(transaction, cancel);
            if (earlier.Value is { } repeated)
                return Repeated(installation, call, key, repeated);
        }

        var writes = new Writes();
        var decided = await decide(transaction, writes);
        if (decided is Decided.Answered { Answer.IsKept: false })
            return decided;
        Keep(writes, installation, call, decided);
        await writes.Commit(transaction, cancel);
        return decided;
    }
}
