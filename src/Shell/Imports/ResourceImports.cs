using LanguageExt;
using Marketplace.Core;
using Marketplace.Core.Installations;
using Marketplace.Core.Resources;
using Marketplace.Core.Secrets;
using Marketplace.Jobs.Outbox;
using Marketplace.Jobs.Vercel;
using Marketplace.Shell.Audit;
using Marketplace.Shell.Installations;
using Marketplace.Shell.Outbox;
using Marketplace.Shell.Persistence;
using Marketplace.Shell.Provisioning;
using Marketplace.Shell.Resources;
using Marketplace.Shell.Secrets;
using Npgsql;

namespace Marketplace.Shell.Imports;

/// <summary>
/// Shows at Vercel what is there already: the intent is committed, Vercel is told, the outcome is committed. Who dies in between leaves a
/// message, and the worker tells Vercel; told twice it is the same resource, because it goes by our id. Source: contract §D.5 PUT, §E.10.
/// </summary>
internal sealed class ResourceImports(NpgsqlDataSource database, SecretBox box, IVercel vercel, Fulfilment fulfilment, TimeProvider clock)
{
    /// <summary>Until then whoever asked is told the outcome by Vercel's own answer; after it, nobody is left who would hear one.</summary>
    private static readonly TimeSpan AnswerGrace = TimeSpan.FromMinutes(1);

    /// <summary>Shorter than the grace. What takes longer is the worker's.</summary>
    private static readonly TimeSpan AnswerMax = TimeSpan.FromSeconds(20);

    /// <param name="follow">What else is written with the intent.</param>
    public async Task<ImportOutcome> Import(
        InstallationId installation, ImportResource asked, Actor actor, Action<Writes, ResourceId> follow, CancellationToken cancel)
    {
        var intent = await Intend(installation, asked, actor, follow, cancel);
        return await intent.MatchAsync<ImportOutcome>(
            RightAsync: intended => Tell(installation, intended, actor),
            LeftAsync: Task.FromResult);
    }

    private async Task<Either<ImportOutcome, Intended>> Intend(
        InstallationId id, ImportResource asked, Actor actor, Action<Writes, ResourceId> follow, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var loads = new Loads();
        var installation = InstallationRows.LoadForUpdate(loads, id);
        var known = ResourceRows.LoadSourceForUpdate(loads, id, asked.Product.Id, Ownerships.ReferenceOf(asked.Ownership)!);
        await loads.Send(transaction, cancel);
        if (installation.Value is not { } found)
            return new ImportOutcome.InstallationUnknown();

        var now = clock.GetUtcNow();
        return await asked.Decide(found, Prelude.Optional(known.Value)!, Ids.Resource(), now).MatchAsync<Either<ImportOutcome, Intended>>(
            LeftAsync: rejection => Task.FromResult<Either<ImportOutcome, Intended>>(new ImportOutcome.Rejected(rejection)),
            RightAsync: async decided =>
            {
                var (writes, resource) = (new Writes(), decided.Next);
                if (known.Value is null)
                    ResourceRows.Insert(writes, id, resource);
                else if (!decided.Events.IsEmpty)
                    ResourceRows.Save(writes, id, resource);
                EventRows.Append(writes, id, decided.Events, actor);
                await Keep(transaction, writes, id, resource.Id, asked.Secrets, actor, now, cancel);
                OutboxRows.Withdraw(writes, id, resource.Id, MessageKind.ResourceImport);
                OutboxRows.Append(writes, id, resource.Id, MessageKind.ResourceImport, now, now + AnswerGrace);
                follow(writes, resource.Id);
                await writes.Commit(transaction, cancel);
                return new Intended(resource, asked.Secrets, IsNew: known.Value is null);
            });
    }

    /// <summary>The owner's credentials take the place of those that were given before, which nobody here ends: they are not ours.</summary>
    private async Task Keep(
        NpgsqlTransaction transaction, Writes writes, InstallationId installation, ResourceId resource, Seq<Secret> given, Actor actor,
        DateTimeOffset now, CancellationToken cancel)
    {
        var loads = new Loads();
        var generations = SecretRows.LoadForUpdate(loads, installation, resource);
        var values = SecretRows.LoadCurrent(loads, box, installation, resource);
        await loads.Send(transaction, cancel);
        var held = HeldSecrets.WholeOf(given);
        if (values.Value == held)
            return;

        var operation = Ids.Operation();
        var minted = generations.Value.IsEmpty
            ? SecretTransitions.Mint(resource, operation, now)
            : Applied(new ResourceSecrets(resource, generations.Value), new SecretCommand.Rotate(operation, TimeSpan.Zero), now);
        SecretRows.SaveMinted(writes, box, installation, minted.Next, held);
        EventRows.Append(writes, installation, minted.Events, actor);
        if (minted.Next.DueAt(now) is { IsEmpty: false } due)
        {
            var ended = Applied(minted.Next, new SecretCommand.ConfirmEnd(due), now);
            SecretRows.SaveEnded(writes, installation, ended.Next);
            EventRows.Append(writes, installation, ended.Events, actor);
        }
    }

    /// <summary>From here on the caller's patience does not matter: the intent is durable.</summary>
    private async Task<ImportOutcome> Tell(InstallationId installation, Intended intended, Actor actor)
    {
        var id = intended.Resource.Id;
        return await AnswerOf(installation, intended) switch
        {
            VercelAnswer<Nothing>.Accepted => await Close(installation, id, actor, ImportSettlement.Accept)
                ? new ImportOutcome.Done(id, intended.IsNew)
                : new ImportOutcome.Removed(),
            VercelAnswer<Nothing>.Refused refused => await Refused(installation, intended, $"{refused.Status}: {refused.Reason}", actor),
            VercelAnswer<Nothing>.NotFound missing => await Refused(installation, intended, $"404: {missing.Reason}", actor),
            VercelAnswer<Nothing>.Gone gone => await Refused(installation, intended, gone.Reason, actor),
            _ => new ImportOutcome.Waiting(id),
        };
    }

    private async Task<VercelAnswer<Nothing>> AnswerOf(InstallationId installation, Intended intended)
    {
        using var limit = new CancellationTokenSource(AnswerMax);
        try
        {
            return await vercel.ImportResource(installation, VercelImport.Of(intended.Resource, intended.Secrets), limit.Token);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            return new VercelAnswer<Nothing>.Unknown("no answer in time", null);
        }
    }

    private async Task<ImportOutcome> Refused(InstallationId installation, Intended intended, string words, Actor actor)
    {
        var reason = Setback.Without(intended.Secrets.Bind(secret => secret.Values), words);
        await Close(installation, intended.Resource.Id, actor, (writes, of, resource, by, now) => ImportSettlement.Refuse(writes, fulfilment, of, resource, reason, by, now));
        return new ImportOutcome.Refused(reason);
    }

    /// <summary>False when it was removed meanwhile, with its installation.</summary>
    private async Task<bool> Close(
        InstallationId installation, ResourceId id, Actor actor, Action<Writes, InstallationId, Resource, Actor, DateTimeOffset> settle)
    {
        await using var connection = await database.OpenConnectionAsync(CancellationToken.None);
        var loads = new Loads();
        var resource = ResourceRows.LoadForUpdate(loads, installation, id);
        await loads.Begin(connection, CancellationToken.None);
        if (resource.Value is not { } found)
            throw new CorruptRowException("resource", id.Value, "it is gone, though it was just imported");

        var writes = new Writes();
        settle(writes, installation, found, actor, clock.GetUtcNow());
        OutboxRows.Withdraw(writes, installation, id, MessageKind.ResourceImport);
        await writes.Commit(connection, CancellationToken.None);
        return found is not Resource.Uninstalled;
    }

    private static Transition<ResourceSecrets, SecretEvent> Applied(ResourceSecrets current, SecretCommand command, DateTimeOffset now) =>
        SecretTransitions.Apply(current, command, now).IfLeft(
            rejection => throw new System.Diagnostics.UnreachableException($"{command.GetType().Name}: {rejection.GetType().Name}"));

    private sealed record Intended(Resource Resource, Seq<Secret> Secrets, bool IsNew);
}

/// <summary>What became of an import.</summary>
internal abstract record ImportOutcome
{
    private ImportOutcome() { }

    /// <summary>Vercel has it.</summary>
    public sealed record Done(ResourceId Id, bool IsNew) : ImportOutcome;

    /// <summary>Vercel has not answered. It is told again until it does.</summary>
    public sealed record Waiting(ResourceId Id) : ImportOutcome;

    /// <param name="Reason">Vercel's own words.</param>
    public sealed record Refused(string Reason) : ImportOutcome;

    public sealed record Rejected(ProvisioningRejection Why) : ImportOutcome;

    /// <summary>It went with its installation while Vercel was told.</summary>
    public sealed record Removed : ImportOutcome;

    public sealed record InstallationUnknown : ImportOutcome;
}
