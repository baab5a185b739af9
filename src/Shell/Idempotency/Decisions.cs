using System.Diagnostics;
using System.Security.Cryptography;
using Marketplace.Core;
using Marketplace.Core.Installations;
using Marketplace.Core.Resources;
using Marketplace.Jobs.Provisioning;
using Marketplace.Shell.Http;
using Marketplace.Shell.Operations;
using Marketplace.Shell.Persistence;
using Npgsql;

namespace Marketplace.Shell.Idempotency;

/// <summary>
/// Runs one decision per call: loads in one round trip, decides, and commits in another, together with the answer, so that a repeated
/// key is answered as the first time, byte for byte.
/// </summary>
internal sealed partial class Decisions(
    NpgsqlDataSource database, SharedTransactions transactions, SecretBox box, InlineOperations operations, TimeProvider clock)
{
    private const int AttemptsMax = 3;

    /// <summary>One key stands for one request.</summary>
    public static PartnerErrorResult KeyReused { get; } = PartnerResults.Conflict(
        "This Idempotency-Key was used for another request. Send a new key for a new request.", code: "idempotency_key_reused");

    /// <summary>A decision that is complete when it is committed.</summary>
    /// <param name="look">Says what the decision has to know, in the order of locks, and gives the decision itself.</param>
    public async Task<IResult> Decide(
        InstallationId installation, KeyedCall call, Func<Loads, Func<Writes, PartnerAnswer>> look, CancellationToken cancel) =>
        await ObservedDecision.Run(
            installation, call,
            () => OnceMoreOnConflict(() => transactions.Run(installation, Keyed(installation, call, Complete(look)), cancel), cancel));

    /// <summary>The same for a decision that changes what belongs to another installation too, and shares its transaction with nobody.</summary>
    public async Task<IResult> DecideAlone(
        InstallationId installation, KeyedCall call, Func<Loads, Func<Writes, PartnerAnswer>> look, CancellationToken cancel) =>
        await ObservedDecision.Run(
            installation, call,
            () => OnceMoreOnConflict(() => transactions.RunAlone(Keyed(installation, call, Complete(look)), cancel), cancel));

    /// <summary>
    /// What a repetition of the call is answered, for a decision that has to ask outside before it begins: what was answered already must
    /// not depend on what is said there now. There once the loads were sent; null when the call is new.
    /// </summary>
    public Func<PartnerAnswer?> Earlier(Loads loads, InstallationId installation, KeyedCall call)
    {
        if (call.Key is not { } key)
            return () => null;
        var earlier = IdempotencyRows.Load(loads, installation, key);
        return () => earlier.Value is { } repeated ? Given(installation, call, key, repeated) : null;
    }

    /// <summary>The request is wrong by itself, whatever the state; that is the answer to its key like any other.</summary>
    public Task<IResult> Refuse(InstallationId installation, KeyedCall call, PartnerErrorResult refusal, CancellationToken cancel) =>
        call.Key is null
            ? Task.FromResult<IResult>(refusal)
            : Decide(installation, call, _ => _ => PartnerAnswer.Of(refusal), cancel);

    /// <summary>
    /// A decision that may have to change the world outside: the intent is committed, then carried out within a budget,
    /// then answered with the outcome, or as pending.
    /// </summary>
    /// <param name="look">As of <see cref="Decide(InstallationId, KeyedCall, Func{Loads, Func{Writes, PartnerAnswer}}, CancellationToken)"/>.</param>
    /// <param name="answer">
    /// The answer once the operation is closed, or handed over to the worker, and what follows from somebody having been told. The
    /// operation itself is locked after all that this loads.
    /// </param>
    public async Task<IResult> Saga(
        InstallationId installation,
        KeyedCall call,
        Func<Loads, Func<Writes, Decided>> look,
        Func<Loads, ResourceId, Func<Writes, OperationState, PartnerAnswer>> answer,
        CancellationToken cancel) =>
        await ObservedDecision.Run(installation, call, () => Whole(installation, call, look, answer, cancel));

    private async Task<Decided> Whole(
        InstallationId installation,
        KeyedCall call,
        Func<Loads, Func<Writes, Decided>> look,
        Func<Loads, ResourceId, Func<Writes, OperationState, PartnerAnswer>> answer,
        CancellationToken cancel)
    {
        var begun = await OnceMoreOnConflict(() => Begin(installation, call, look, cancel), cancel);
        if (begun is Decided.Answered)
            return begun;

        // From here on the caller's patience no longer matters: the intent is durable, and its answer is kept for a repetition.
        var started = (Decided.Started)begun;
        await operations.RunWithinBudget(installation, started.Operation);
        return await OnceMoreOnConflict(() => Finish(installation, call, started, answer, CancellationToken.None), CancellationToken.None);
    }

    private async Task<Decided> Begin(
        InstallationId installation, KeyedCall call, Func<Loads, Func<Writes, Decided>> look, CancellationToken cancel) =>
        await transactions.Run(installation, Keyed(installation, call, look), cancel) switch
        {
            Decided.Underway { Operation: var operation } =>
                new Decided.Started(operation, await ResourceOf(installation, operation, cancel)),
            var decided => decided,
        };

    private static Func<Loads, Func<Writes, Decided>> Complete(Func<Loads, Func<Writes, PartnerAnswer>> look) =>
        loads =>
        {
            var decide = look(loads);
            return writes => new Decided.Answered(decide(writes));
        };

    /// <summary>The same decision, which is made once for a key.</summary>
    private Func<Loads, Func<Writes, Decided>> Keyed(
        InstallationId installation, KeyedCall call, Func<Loads, Func<Writes, Decided>> look)
    {
        return loads =>
        {
            var earlier = call.Key is { } key ? IdempotencyRows.Load(loads, installation, key) : null;
            var decide = look(loads);
            return writes => earlier?.Value is { } repeated ? Repeated(installation, call, call.Key!, repeated) : Decide(writes, decide);
        };

        Decided Decide(Writes writes, Func<Writes, Decided> decide)
        {
            var decided = decide(writes);
            if (decided is Decided.Answered { Answer.IsKept: false })
                writes.Discard();
            else
                Keep(writes, installation, call, decided);
            return decided;
        }
    }

    private async Task<Decided> Finish(
        InstallationId installation,
        KeyedCall call,
        Decided.Started started,
        Func<Loads, ResourceId, Func<Writes, OperationState, PartnerAnswer>> answer,
        CancellationToken cancel)
    {
        return await transactions.Run(installation, Look, cancel);

        Func<Writes, Decided> Look(Loads loads)
        {
            var earlier = call.Key is { } key ? IdempotencyRows.Lock(loads, installation, key) : null;
            var decide = answer(loads, started.Resource);
            var state = OperationRows.HandOver(loads, installation, started.Operation);
            // A duplicate may have answered meanwhile: then its answer is the answer.
            return writes => new Decided.Answered(earlier?.Value is { StatusCode: { } statusCode } given
                ? new PartnerAnswer(statusCode, Unprotect(installation, call.Key!, given.Body))
                : Decide(writes, decide, state.Value ?? throw new CorruptRowException(
                    "operation", started.Operation.Value, "it is gone, though an answer names it")));
        }

        PartnerAnswer Decide(Writes writes, Func<Writes, OperationState, PartnerAnswer> decide, OperationState state)
        {
            var answered = decide(writes, state);
            if (call.Key is { } key && answered.IsKept)
                IdempotencyRows.Answer(writes, installation, key, answered.StatusCode, Protect(installation, key, answered));
            return answered;
        }
    }

    /// <summary>Last of all writes: whoever waits here for a duplicate must hold nothing that the duplicate still wants.</summary>
    private void Keep(Writes writes, InstallationId installation, KeyedCall call, Decided decided)
    {
        if (call.Key is not { } key)
            return;

        switch (decided)
        {
            case Decided.Answered { Answer: var answer }:
                IdempotencyRows.Insert(
                    writes, installation, key, call.RequestHash, answer.StatusCode, Protect(installation, key, answer), clock.GetUtcNow());
                break;
            case Decided.Started started:
                IdempotencyRows.Insert(writes, installation, key, call.RequestHash, started.Operation, clock.GetUtcNow());
                break;
            default:
                throw new UnreachableException(decided.GetType().Name);
        }
    }

    private Decided Repeated(InstallationId installation, KeyedCall call, string key, EarlierCall earlier) =>
        Given(installation, call, key, earlier) is { } given ? new Decided.Answered(given) { IsRepeated = true }
        : earlier.Operation is { } operation ? new Decided.Underway(operation)
        : throw new CorruptRowException("idempotency_record", key, "it has neither an answer nor an operation");

    private async Task<ResourceId> ResourceOf(InstallationId installation, OperationId operation, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return await OperationRows.ResourceOf(connection, installation, operation, cancel);
    }

    /// <summary>Null while there is no answer yet.</summary>
    private PartnerAnswer? Given(InstallationId installation, KeyedCall call, string key, EarlierCall earlier) =>
        !CryptographicOperations.FixedTimeEquals(earlier.RequestHash, call.RequestHash) ? call.Reused
        : earlier.StatusCode is { } statusCode ? new PartnerAnswer(statusCode, Unprotect(installation, key, earlier.Body))
        : null;

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
    /// A deadlock, a failed serialization, or something of which another one came at the same moment: the call with the same key, or the
    /// first upsert of the installation, or of another one of the same team. There was no row to find yet, and now there is.
    /// </summary>
    private static bool IsLostRace(PostgresException conflict) =>
        conflict.SqlState is PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected
        || conflict is
        {
            SqlState: PostgresErrorCodes.UniqueViolation, TableName: "installation" or "team_installation" or "idempotency_record",
        };

    private byte[] Protect(InstallationId installation, string key, PartnerAnswer answer) =>
        box.Protect(answer.Body.Span, "idempotency_record", installation.Value, key);

    private byte[] Unprotect(InstallationId installation, string key, byte[]? body) =>
        body is null ? [] : box.Unprotect(body, "idempotency_record", installation.Value, key);
}

/// <summary>What a decision comes to.</summary>
internal abstract record Decided
{
    private Decided() { }

    public sealed record Answered(PartnerAnswer Answer) : Decided
    {
        /// <summary>It was given before: nothing was decided now.</summary>
        public bool IsRepeated { get; init; }
    }

    /// <summary>An intent is committed; its operation is to be carried out now.</summary>
    public sealed record Started(OperationId Operation, ResourceId Resource) : Decided;

    /// <summary>An earlier call with the key has committed this intent.</summary>
    public sealed record Underway(OperationId Operation) : Decided;
}
