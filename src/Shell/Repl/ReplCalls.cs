using System.Security.Cryptography;
using LanguageExt;
using Marketplace.Core.Installations;
using Marketplace.Core.Products;
using Marketplace.Core.Repl;
using Marketplace.Core.Resources;
using Marketplace.Jobs.Provisioning;
using Marketplace.Shell.Audit;
using Marketplace.Shell.Authentication;
using Marketplace.Shell.Http;
using Marketplace.Shell.Idempotency;
using Marketplace.Shell.Installations;
using Marketplace.Shell.Persistence;
using Marketplace.Shell.Products;
using Marketplace.Shell.Resources;
using Npgsql;

namespace Marketplace.Shell.Repl;

/// <summary>
/// Runs a command once for its key: the claim and the audit are committed first, then it runs, outside any transaction of ours, and its
/// answer is kept. The audit says who ran one, never what: a command may hold secrets.
/// </summary>
/// <remarks>
/// A read-only command changes nothing, so a repetition reads anew, and what the customer has read is not kept. For another one the answer
/// is kept, encrypted; one that was begun and has left none is not run again.
/// </remarks>
internal sealed class ReplCalls(
    NpgsqlDataSource database, SecretBox box, CatalogueInForce catalogue, Provisioners provisioners, ReplLimits limits, TimeProvider clock)
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);

    /// <summary>For what the first call does before and after its command.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(5);

    private static readonly ReplText GivenUp = new("Stopped, because the caller did not wait for the end.", Color: "red");

    public async Task<IResult> Run(
        Caller caller, ResourceId id, KeyedCall call, ReplCommand command, ReplTranscript transcript, CancellationToken cancel)
    {
        switch (await Begin(caller, id, call, command, cancel))
        {
            case Begun.Answered answered:
                return answered.Refusal;
            case Begun.Repeated:
                return await AnswerOfFirst(caller.Installation, call.Key!, cancel);
            case Begun.Admitted admitted:
                await Run(admitted, caller.Installation, call, command, transcript, cancel);
                return await Keep(caller.Installation, call, command, transcript.Complete());
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    private async Task<Begun> Begin(
        Caller caller, ResourceId id, KeyedCall call, ReplCommand command, CancellationToken cancel)
    {
        try
        {
            return await Decide(caller, id, call, command, cancel);
        }
        catch (PostgresException race) when (race is { SqlState: PostgresErrorCodes.UniqueViolation, TableName: "idempotency_record" })
        {
            // The same call came at the same moment; now it can be seen.
            return await Decide(caller, id, call, command, cancel);
        }
    }

    private async Task<Begun> Decide(
        Caller caller, ResourceId id, KeyedCall call, ReplCommand command, CancellationToken cancel)
    {
        var loads = new Loads();
        var earlier = call.Key is { } key ? IdempotencyRows.Load(loads, caller.Installation, key) : null;
        var installation = InstallationRows.Load(loads, caller.Installation);
        var resource = ResourceRows.Load(loads, caller.Installation, id);
        await using var connection = await database.OpenConnectionAsync(cancel);
        await loads.Begin(connection, cancel);
        if (earlier?.Value is { } first && !CryptographicOperations.FixedTimeEquals(first.RequestHash, call.RequestHash))
            return new Begun.Answered(Decisions.KeyReused);
        if (earlier?.Value is not null && !command.IsReadOnly)
            return new Begun.Repeated();

        var (writes, now) = (new Writes(), clock.GetUtcNow());
        var begun = Decide(caller, id, installation.Value, resource.Value, command, writes, now);
        if (call.Key is { } fresh && earlier?.Value is null)
            Claim(writes, caller.Installation, fresh, call, begun, now);
        await writes.Commit(connection, cancel);
        return begun;
    }

    private Begun Decide(
        Caller caller, ResourceId id, Installation? installation, Resource? resource, ReplCommand command, Writes writes, DateTimeOffset now)
    {
        if (installation is null || resource is null)
            return new Begun.Answered(ResourceProblem.Unknown(id));

        var product = catalogue.Now.ProductOf(resource);
        return RunReplCommand.Allowed(product, resource, command).Match<Begun>(
            Right: _ =>
            {
                EventRows.Append(
                    writes, caller.Installation, id, now, "repl.CommandAdmitted", Actor.Of(caller, "run repl command"),
                    new { readOnly = command.IsReadOnly });
                return new Begun.Admitted(product, catalogue.Now.Provisioned(installation, resource));
            },
            Left: rejection => new Begun.Answered(ReplProblem.From(rejection)));
    }

    private void Claim(Writes writes, InstallationId installation, string key, KeyedCall call, Begun begun, DateTimeOffset now)
    {
        if (begun is Begun.Answered { Refusal: var refusal })
        {
            var answer = PartnerAnswer.Of(refusal);
            IdempotencyRows.Insert(
                writes, installation, key, call.RequestHash, answer.StatusCode, Protect(installation, key, answer.Body), now);
        }
        else
        {
            IdempotencyRows.Claim(writes, installation, key, call.RequestHash, now);
        }
    }

    private async Task Run(
        Begun.Admitted admitted, InstallationId installation, KeyedCall call, ReplCommand command, ReplTranscript transcript,
        CancellationToken cancel)
    {
        try
        {
            if (string.IsNullOrWhiteSpace(command.Input) && admitted.Welcome is { } welcome)
                await transcript.Show(ReplBlock.Sentence(welcome), cancel);
            else
                await provisioners.Repl(admitted.Product.Provisioner).Run(admitted.Resource, command, transcript, cancel);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            await transcript.Show(ReplBlock.Sentence(GivenUp), CancellationToken.None);
        }
        catch when (transcript.IsBlank && call.Key is not null)
        {
            // Nothing of the command was run, so that the same call may come again.
            await Write(writes => IdempotencyRows.Release(writes, installation, call.Key));
            throw;
        }
    }

    /// <summary>The caller may have gone: what was done is kept all the same.</summary>
    private async Task<ReplAnswer> Keep(InstallationId installation, KeyedCall call, ReplCommand command, ReplAnswer answer)
    {
        if (call.Key is { } key && !command.IsReadOnly)
        {
            await Write(writes => IdempotencyRows.Answer(
                writes, installation, key, StatusCodes.Status200OK, Protect(installation, key, answer.Body)));
        }

        return answer;
    }

    private async Task Write(Action<Writes> write)
    {
        await using var connection = await database.OpenConnectionAsync(CancellationToken.None);
        await using var transaction = await connection.BeginTransactionAsync(CancellationToken.None);
        var writes = new Writes();
        write(writes);
        await writes.Commit(transaction, CancellationToken.None);
    }

    /// <summary>Waits for a first call that may still be under way, in real time; one that died will never answer.</summary>
    private async Task<IResult> AnswerOfFirst(InstallationId installation, string key, CancellationToken cancel)
    {
        using var patience = new CancellationTokenSource(limits.Duration + Margin);
        while (!patience.IsCancellationRequested)
        {
            var loads = new Loads();
            var found = IdempotencyRows.Load(loads, installation, key);
            await loads.Read(database, cancel);
            switch (found.Value)
            {
                case { StatusCode: StatusCodes.Status200OK } first:
                    return new ReplAnswer(Unprotect(installation, key, first.Body), IsSent: false);
                case { StatusCode: { } refused } first:
                    return new PartnerAnswer(refused, Unprotect(installation, key, first.Body));
                case null:
                    return ReplProblem.FirstFailed;
            }

            await Task.Delay(Look, cancel);
        }

        return ReplProblem.OutcomeUnknown;
    }

    private byte[] Protect(InstallationId installation, string key, ReadOnlyMemory<byte> body) =>
        box.Protect(body.Span, "idempotency_record", installation.Value, key);

    private byte[] Unprotect(InstallationId installation, string key, byte[]? body) =>
        body is null ? [] : box.Unprotect(body, "idempotency_record", installation.Value, key);

    private abstract record Begun
    {
        private Begun() { }

        /// <summary>Nothing is to be run.</summary>
        public sealed record Answered(PartnerErrorResult Refusal) : Begun;

        /// <summary>A call with this key came before.</summary>
        public sealed record Repeated : Begun;

        public sealed record Admitted(Product Product, ProvisionedResource Resource) : Begun
        {
            public string? Welcome => Product.Repl.Bind(repl => repl.WelcomeMessage).OrNull();
        }
    }
}
