using System.Security.Cryptography;
using Marketplace.Core;
using Marketplace.Core.Installations;
using Marketplace.Jobs.Provisioning;
using Marketplace.Shell.Http;
using Marketplace.Shell.Operations;
using Marketplace.Shell.Persistence;
using Npgsql;

namespace Marketplace.Shell.Idempotency;

/// <summary>
/// Runs one decision per call: loads, decides and commits in one transaction, together with the answer, so that a repeated
/// key is answered as the first time, byte for byte.
/// </summary>
internal sealed class Decisions(NpgsqlDataSource database, SecretBox box, InlineOperations operations, TimeProvider clock)
{
    private const int AttemptsMax = 3;

    /// <summary>A decision that is complete when it is committed.</summary>
    public Task<IResult> Decide(
        InstallationId installation,
        KeyedCall call,
        Func<NpgsqlTransaction, Writes, Task<PartnerAnswer>> decide,
        CancellationToken cancel) =>
        Saga(installation, call, async (transaction, writes) => new Decided.Answered(await decide(transaction, writes)),
             (_, _, _, _, _) => throw new InvalidOperationException("This decision starts no operation."), cancel);

    /// <summary>
    /// A decision that may have to change the world outside: the intent is committed, then carried out within a budget,
    /// then answered with the outcome, or as pending.
    /// </summary>
    /// <param name="answer">
    /// The answer once the operation is closed, or handed over to the worker, and what follows from somebody having been told.
    /// </param>
    public async Task<IResult> Saga(
        InstallationId installation,
        KeyedCall call,
        Func<NpgsqlTransaction, Writes, Task<Decided>> begin,
        Func<NpgsqlTransaction, Writes, OperationId, OperationState, CancellationToken, Task<PartnerAnswer>> answer,
        CancellationToken cancel)
    {
        var begun = await OnceMoreOnConflict(() => Begin(installation, call, begin, cancel), cancel);
        if (begun is Decided.Answered answered)
            return answered.Answer;

        // From here on the caller's patience no longer matters: the intent is durable, and its answer is kept for a repetition.
        var started = ((Decided.Started)begun).Operation;
        await operations.RunWithinBudget(installation, started);
        return await OnceMoreOnConflict(() => Finish(installation, call, started, answer, CancellationToken.None), CancellationToken.None);
    }

    private async Task<Decided> Begin(
        InstallationId installation, KeyedCall call, Func<NpgsqlTransaction, Writes, Task<Decided>> begin, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);

        if (call.Key is { } key
            && await IdempotencyRows.Begin(transaction, installation, key, call.RequestHash, clock.GetUtcNow(), cancel) is { } earlier)
        {
            return Repeated(installation, call, key, earlier);
        }

        var writes = new Writes();
        var decided = await begin(transaction, writes);
        if (call.Key is { } fresh)
        {
            switch (decided)
            {
                case Decided.Answered answered:
                    IdempotencyRows.Answer(
                        writes, installation, fresh, answered.Answer.StatusCode, Protect(installation, fresh, answered.Answer));
                    break;
                case Decided.Started started:
                    IdempotencyRows.NameOperation(writes, installation, fresh, started.Operation);
                    break;
                default:
                    throw new System.Diagnostics.UnreachableException(decided.GetType().Name);
            }
        }

        await writes.Commit(transaction, cancel);
        return decided;
    }

    private Decided Repeated(InstallationId installation, KeyedCall call, string key, EarlierCall earlier)
    {
        if (!CryptographicOperations.FixedTimeEquals(earlier.RequestHash, call.RequestHash))
        {
            return new Decided.Answered(PartnerAnswer.Of(PartnerResults.Conflict(
                "This Idempotency-Key was used for another request. Send a new key for a new request.",
                code: "idempotency_key_reused")));
        }

        if (earlier.StatusCode is { } statusCode)
            return new Decided.Answered(new PartnerAnswer(statusCode, Unprotect(installation, key, earlier.Body)));

        return earlier.Operation is { } operation
            ? new Decided.Started(operation)
            : throw new CorruptRowException("idempotency_record", key, "it has neither an answer nor an operation");
    }

    private async Task<IResult> Finish(
        InstallationId installation,
        KeyedCall call,
        OperationId operation,
        Func<NpgsqlTransaction, Writes, OperationId, OperationState, CancellationToken, Task<PartnerAnswer>> answer,
        CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);

        // A duplicate may have answered meanwhile: then its answer is the answer.
        if (call.Key is { } key
            && await IdempotencyRows.Lock(transaction, installation, key, cancel) is { StatusCode: { } statusCode } earlier)
        {
            return new PartnerAnswer(statusCode, Unprotect(installation, key, earlier.Body));
        }

        var state = await OperationRows.HandOver(transaction, installation, operation, cancel);
        var writes = new Writes();
        var answered = await answer(transaction, writes, operation, state, cancel);
        if (call.Key is { } fresh)
            IdempotencyRows.Answer(writes, installation, fresh, answered.StatusCode, Protect(installation, fresh, answered));
        await writes.Commit(transaction, cancel);
        return answered;
    }

    /// <summary>Only what is certain not to have happened is repeated.</summary>
    private static async Task<T> OnceMoreOnConflict<T>(Func<Task<T>> attempt, CancellationToken cancel)
    {
        for (var attempts = 1; ; attempts++)
        {
            try
            {
                return await attempt();
            }
            catch (PostgresException conflict) when (attempts < AttemptsMax && IsLostRace(conflict))
            {
                await Task.Delay(TimeSpan.FromMilliseconds(10 * attempts), cancel);
            }
        }
    }

    /// <summary>
    /// A deadlock, a failed serialization, or the first upsert of an installation of which another one, or one for another installation of
    /// the same team, came at the same moment: there was no row to lock yet, and now there is.
    /// </summary>
    private static bool IsLostRace(PostgresException conflict) =>
        conflict.SqlState is PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected
        || conflict is { SqlState: PostgresErrorCodes.UniqueViolation, TableName: "installation" or "team_installation" };

    private byte[] Protect(InstallationId installation, string key, PartnerAnswer answer) =>
        box.Protect(answer.Body.Span, "idempotency_record", installation.Value, key);

    private byte[] Unprotect(InstallationId installation, string key, byte[]? body) =>
        body is null ? [] : box.Unprotect(body, "idempotency_record", installation.Value, key);
}

/// <summary>What a decision comes to.</summary>
internal abstract record Decided
{
    private Decided() { }

    public sealed record Answered(PartnerAnswer Answer) : Decided;

    /// <summary>An intent is committed; its operation is to be carried out now.</summary>
    public sealed record Started(OperationId Operation) : Decided;
}
