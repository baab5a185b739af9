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
internal sealed partial class Decisions(NpgsqlDataSource database, SecretBox box, InlineOperations operations, TimeProvider clock)
{
    private const int AttemptsMax = 3;

    /// <summary>One key stands for one request.</summary>
    public static PartnerErrorResult KeyReused { get; } = PartnerResults.Conflict(
        "This Idempotency-Key was used for another request. Send a new key for a new request.", code: "idempotency_key_reused");

    /// <summary>A decision that is complete when it is committed.</summary>
    /// <param name="look">Says what the decision has to know, in the order of locks, and gives the decision itself.</param>
    public async Task<IResult> Decide(
        InstallationId installation, KeyedCall call, Func<Loads, Func<Writes, PartnerAnswer>> look, CancellationToken cancel)
    {
        return await OnceMoreOnConflict(() => Begin(installation, call, Look, cancel), cancel) is Decided.Answered answered
            ? answered.Answer
            : throw new InvalidOperationException("This decision starts no operation.");

        Func<Writes, Decided> Look(Loads loads)
        {
            var decide = look(loads);
            return writes => new Decided.Answered(decide(writes));
        }
    }

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
        CancellationToken cancel)
    {
        var begun = await OnceMoreOnConflict(() => Begin(installation, call, look, cancel), cancel);
        if (begun is Decided.Answered answered)
            return answered.Answer;

        // From here on the caller's patience no longer matters: the intent is durable, and its answer is kept for a repetition.
        var started = (Decided.Started)begun;
        await operations.RunWithinBudget(installation, started.Operation);
        return await OnceMoreOnConflict(() => Finish(installation, call, started, answer, CancellationToken.None), CancellationToken.None);
    }

    private async Task<Decided> Begin(
        InstallationId installation, KeyedCall call, Func<Loads, Func<Writes, Decided>> look, CancellationToken cancel)
    {
        var loads = new Loads();
        var earlier = call.Key is { } key ? IdempotencyRows.Load(loads, installation, key) : null;
        var decide = look(loads);

        await using var connection = await database.OpenConnectionAsync(cancel);
        await loads.Begin(connection, cancel);
        if (earlier?.Value is { } repeated)
            return await Repeated(connection, installation, call, call.Key!, repeated, cancel);

        var writes = new Writes();
        var decided = decide(writes);
        if (decided is Decided.Answered { Answer.IsKept: false })
            return decided;
        Keep(writes, installation, call, decided);
        await writes.Commit(connection, cancel);
        return decided;
    }

    private async Task<PartnerAnswer> Finish(
        InstallationId installation,
        KeyedCall call,
        Decided.Started started,
        Func<Loads, ResourceId, Func<Writes, OperationState, PartnerAnswer>> answer,
        CancellationToken cancel)
    {
        var loads = new Loads();
        var earlier = call.Key is { } key ? IdempotencyRows.Lock(loads, installation, key) : null;
        var decide = answer(loads, started.Resource);
        var state = OperationRows.HandOver(loads, installation, started.Operation);

        await using var connection = await database.OpenConnectionAsync(cancel);
        await loads.Begin(connection, cancel);
        // A duplicate may have answered meanwhile: then its answer is the answer.
        if (earlier?.Value is { StatusCode: { } statusCode } given)
            return new PartnerAnswer(statusCode, Unprotect(installation, call.Key!, given.Body));

        var writes = new Writes();
        var answered = decide(
            writes, state.Value ?? throw new CorruptRowException("operation", started.Operation.Value, "it is gone, though an answer names it"));
        if (call.Key is { } fresh && answered.IsKept)
            IdempotencyRows.Answer(writes, installation, fresh, answered.StatusCode, Protect(installation, fresh, answered));
        await writes.Commit(connection, cancel);
        return answered;
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
                throw new System.Diagnostics.UnreachableException(decided.GetType().Name);
        }
    }

    private async Task<Decided> Repeated(
        NpgsqlConnection connection, InstallationId installation, KeyedCall call, string key, EarlierCall earlier, CancellationToken cancel)
    {
        if (Given(installation, call, key, earlier) is { } given)
            return new Decided.Answered(given);

        return earlier.Operation is { } operation
            ? new Decided.Started(operation, await OperationRows.ResourceOf(connection, installation, operation, cancel))
            : throw new CorruptRowException("idempotency_record", key, "it has neither an answer nor an operation");
    }

    /// <summary>Null while there is no answer yet.</summary>
    private PartnerAnswer? Given(InstallationId installation, KeyedCall call, string key, EarlierCall earlier) =>
        !CryptographicOperations.FixedTimeEquals(earlier.RequestHash, call.RequestHash) ? PartnerAnswer.Of(KeyReused)
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

    public sealed record Answered(PartnerAnswer Answer) : Decided;

    /// <summary>An intent is committed; its operation is to be carried out now.</summary>
    public sealed record Started(OperationId Operation, ResourceId Resource) : Decided;
}
