using LanguageExt;
using Marketplace.Core.Installations;
using Marketplace.Core.Resources;
using Marketplace.Jobs.Outbox;
using Marketplace.Shell.Audit;
using Marketplace.Shell.Installations;
using Marketplace.Shell.Outbox;
using Marketplace.Shell.Persistence;
using Marketplace.Shell.Resources;
using Marketplace.Shell.Secrets;
using Npgsql;
using static LanguageExt.Prelude;

namespace Marketplace.Shell.Resync;

/// <summary>
/// Has Vercel told everything that we hold once more: of a resource, or of an installation with all its resources. It goes through the outbox,
/// so that it outlives us and stands in the line with what else there is to say. What is said is read when it is sent.
/// </summary>
internal sealed class Resyncs(NpgsqlDataSource database, TimeProvider clock)
{
    private static readonly MessageKind[] Kinds =
        [MessageKind.InstallationSync, MessageKind.ResourceSync, MessageKind.ResourceRestore, MessageKind.ResourceRemoval];

    public async Task<ResyncAnswer> Request(ResyncRequest asked, Actor actor, CancellationToken cancel)
    {
        var (id, now) = (asked.Installation, clock.GetUtcNow());
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var loads = new Loads();
        var locked = InstallationRows.LoadForUpdate(loads, id);
        var resources = ResourceRows.LoadAll(loads, id);
        var withSecrets = SecretRows.Held(loads, id);
        var unsent = OutboxRows.Unsent(loads, id, Kinds);
        await loads.Send(transaction, cancel);
        if (locked.Value is not { } installation)
            return new ResyncAnswer.NoInstallation();
        if (installation is not Installation.Active)
            return new ResyncAnswer.InstallationLeaves();

        var wanted = asked.Resource is { } only
            ? Of(only, resources.Value.Find(resource => resource.Id == only), asked).Map(kind => Seq1<(ResourceId?, MessageKind)>((only, kind)))
            : Right<ResyncAnswer, Seq<(ResourceId?, MessageKind)>>(Everything(resources.Value, asked));
        return await wanted.MatchAsync<ResyncAnswer>(
            LeftAsync: refused => Task.FromResult(refused),
            RightAsync: async messages =>
            {
                var queued = await Queue(transaction, id, messages, unsent.Value, now, cancel);
                var writes = new Writes();
                EventRows.Append(
                    writes, id, asked.Resource, now, "resync.Requested", actor,
                    new { reason = asked.Reason, import = asked.Import, remove = asked.Remove, messages = queued.Select(one => one.Sequence).ToArray() });
                await writes.Commit(transaction, cancel);
                return new ResyncAnswer.Queued(queued, toHashSet(withSecrets.Value));
            });
    }

    /// <summary>What waits to be said already is not said twice.</summary>
    private static async Task<Seq<QueuedMessage>> Queue(
        NpgsqlTransaction transaction, InstallationId installation, Seq<(ResourceId? Resource, MessageKind Kind)> wanted,
        Seq<QueuedMessage> unsent, DateTimeOffset now, CancellationToken cancel)
    {
        var asked = wanted.ToHashSet();
        var waiting = unsent.Filter(known => asked.Contains((known.Resource, known.Kind))).Strict();
        asked.ExceptWith(waiting.Select(known => (known.Resource, known.Kind)));
        var missing = wanted.Filter(asked.Contains).Strict();
        if (missing.IsEmpty)
            return waiting;

        var loads = new Loads();
        var appended = OutboxRows.Append(loads, installation, missing, now);
        await loads.Send(transaction, cancel);
        return (waiting + appended.Value).OrderBy(message => message.Sequence).ToSeq().Strict();
    }

    private static Seq<(ResourceId?, MessageKind)> Everything(Seq<Resource> resources, ResyncRequest asked)
    {
        var living = resources.Filter(resource => resource is not Resource.Uninstalled).Map(resource => Message(resource, Living(asked)));
        var gone = resources.Filter(resource => asked.Remove && resource is Resource.Uninstalled)
            .Map(resource => Message(resource, MessageKind.ResourceRemoval));
        return (Seq1<(ResourceId?, MessageKind)>((null, MessageKind.InstallationSync)) + living + gone).Strict();

        static (ResourceId?, MessageKind) Message(Resource resource, MessageKind kind) => (resource.Id, kind);
    }

    private static Either<ResyncAnswer, MessageKind> Of(ResourceId id, Option<Resource> known, ResyncRequest asked) =>
        known.Match<Either<ResyncAnswer, MessageKind>>(
            resource => resource is not Resource.Uninstalled ? Living(asked)
                : asked.Remove ? MessageKind.ResourceRemoval : new ResyncAnswer.ResourceGone(id),
            () => asked.Remove ? MessageKind.ResourceRemoval : new ResyncAnswer.NoResource(id));

    private static MessageKind Living(ResyncRequest asked) => asked.Import ? MessageKind.ResourceRestore : MessageKind.ResourceSync;
}

/// <summary>What somebody wants Vercel to be told once more.</summary>
/// <param name="Resource">Everything of the installation, when null.</param>
/// <param name="Import">What lives here and Vercel does not know (any more) is put there.</param>
/// <param name="Remove">What is gone here and Vercel has still is deleted there.</param>
/// <param name="Reason">For the audit.</param>
internal sealed record ResyncRequest(InstallationId Installation, ResourceId? Resource, bool Import, bool Remove, string? Reason);

/// <summary>What became of the wish.</summary>
internal abstract record ResyncAnswer
{
    private ResyncAnswer() { }

    /// <param name="Messages">In the order in which they are sent; those too that waited already.</param>
    /// <param name="WithSecrets">Of which we hold secrets that can be pushed.</param>
    public sealed record Queued(Seq<QueuedMessage> Messages, LanguageExt.HashSet<ResourceId> WithSecrets) : ResyncAnswer;

    public sealed record NoInstallation : ResyncAnswer;

    /// <summary>It is uninstalled: Vercel shows nothing of it any more.</summary>
    public sealed record InstallationLeaves : ResyncAnswer;

    public sealed record NoResource(ResourceId Id) : ResyncAnswer;

    /// <summary>It was here, and nobody said that Vercel is to delete it too.</summary>
    public sealed record ResourceGone(ResourceId Id) : ResyncAnswer;
}
