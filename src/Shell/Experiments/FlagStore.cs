using LanguageExt;
using Marketplace.Core;
using Marketplace.Core.Experiments;
using Marketplace.Core.Installations;
using Marketplace.Core.Products;
using Marketplace.Core.Resources;
using Marketplace.Jobs.Outbox;
using Marketplace.Jobs.Provisioning;
using Marketplace.Shell.Audit;
using Marketplace.Shell.Installations;
using Marketplace.Shell.Outbox;
using Marketplace.Shell.Persistence;
using Marketplace.Shell.Products;
using Marketplace.Shell.Provisioning.Keys;
using Marketplace.Shell.Resources;
using Npgsql;

namespace Marketplace.Shell.Experiments;

/// <summary>Flags of resources, and every change of them: durable with the message by which Vercel hears of it.</summary>
internal sealed class FlagStore(NpgsqlDataSource database, CatalogueInForce catalogue, Provisioners provisioners, TimeProvider clock)
{
    public Task<FlagAnswer> List(InstallationId installation, ResourceId resource, CancellationToken cancel) =>
        Decide(installation, resource, (scene, _) => new FlagAnswer.Found(scene.Flags, scene.Told, scene.Resource.Facts.EdgeConfigId), cancel);

    /// <summary>The flag is as it was asked for, whatever it was before.</summary>
    public Task<FlagAnswer> Set(
        InstallationId installation, ResourceId resource, SetFlagRequest asked, Actor actor, CancellationToken cancel) =>
        Decide(installation, resource, (scene, writes) => Set(scene, writes, asked, actor), cancel);

    public Task<FlagAnswer> Archive(InstallationId installation, ResourceId resource, FlagId id, Actor actor, CancellationToken cancel) =>
        Decide(
            installation, resource,
            (scene, writes) => scene.Find(id) is { } flag
                ? Set(scene, writes, Same(flag) with { IsArchived = true }, actor)
                : new FlagAnswer.NoFlag(id),
            cancel);

    public Task<FlagAnswer> Delete(InstallationId installation, ResourceId resource, FlagId id, Actor actor, CancellationToken cancel) =>
        Decide(
            installation, resource,
            (scene, writes) =>
            {
                if (scene.Find(id) is not { } flag)
                    return new FlagAnswer.NoFlag(id);

                FlagRows.Delete(writes, installation, resource, id);
                Follow(scene, writes, "flag.Deleted", actor, new { flag = id.Value });
                return new FlagAnswer.Deleted(flag);
            },
            cancel);

    /// <summary>Vercel is told everything once more. Also for flags that are kept elsewhere: so their keeper says that they have changed.</summary>
    public Task<FlagAnswer> Sync(InstallationId installation, ResourceId resource, Actor actor, CancellationToken cancel) =>
        Decide(
            installation, resource,
            (scene, writes) =>
            {
                ToldRows.Doubt(writes, installation, resource);
                Follow(scene, writes, "flags.SyncRequested", actor, new { });
                return new FlagAnswer.Syncing(scene.Flags.Count);
            },
            cancel, isKeptHere: false);

    private FlagAnswer Set(Scene scene, Writes writes, SetFlagRequest asked, Actor actor) =>
        SetFlag.Parse(asked, OriginOf(scene, asked.Id)).Match<FlagAnswer>(
            Succ: flag => flag.Decide(scene.Flags, Guid.CreateVersion7().ToString("N"), clock.GetUtcNow()).Match<FlagAnswer>(
                Right: changed =>
                {
                    changed.IfSome(next =>
                    {
                        FlagRows.Save(writes, scene.Installation, scene.Resource.Id, next);
                        Follow(scene, writes, "flag.Set", actor, new { flag = next.Id.Value, revision = next.Revision, archived = next.IsArchived });
                    });
                    return new FlagAnswer.IsSet(changed.IfNone(() => scene.Find(flag.Id)!));
                },
                Left: rejection => new FlagAnswer.Refused(rejection)),
            Fail: errors => new FlagAnswer.Invalid(errors));

    private void Follow(Scene scene, Writes writes, string what, Actor actor, object detail)
    {
        var now = clock.GetUtcNow();
        EventRows.Append(writes, scene.Installation, scene.Resource.Id, now, what, actor, detail);
        OutboxRows.Append(writes, scene.Installation, scene.Resource.Id, MessageKind.ResourceExperiments, now, now);
    }

    private static string OriginOf(Scene scene, string flag) => scene.Protocol.OriginOf(scene.Resource.Id, flag);

    private static SetFlagRequest Same(Flag flag) => new(
        flag.Id.Value, flag.Slug, flag.Origin, FlagRows.Name(flag.Category), flag.Name, flag.Description, flag.IsArchived, flag.Value);

    /// <summary>Under the lock of the resource: of two changes at once the second sees the first.</summary>
    private async Task<FlagAnswer> Decide(
        InstallationId installation, ResourceId resource, Func<Scene, Writes, FlagAnswer> decide, CancellationToken cancel, bool isKeptHere = true)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        var loads = new Loads();
        var owner = InstallationRows.Load(loads, installation);
        var held = ResourceRows.LoadForUpdate(loads, installation, resource);
        var flags = FlagRows.Load(loads, installation, resource);
        var told = ToldRows.Load(loads, installation, resource);
        await loads.Begin(connection, cancel);
        if (owner.Value is not Installation.Active)
            return owner.Value is null ? new FlagAnswer.NoInstallation(installation) : new FlagAnswer.InstallationLeaves(installation);
        if (held.Value is null or Resource.Uninstalled)
            return new FlagAnswer.NoResource(resource);
        if (catalogue.Now.Product(held.Value.Facts.Product).Bind(product => product.Experimentation.Map(protocol => (product, protocol))).Case
            is not SomeCase<(Product Product, ProductExperimentation Protocol)>(var sold))
            return new FlagAnswer.NoExperiments(held.Value.Facts.Product);
        if (isKeptHere && provisioners.Named(sold.Product.Provisioner) is not KeysProvisioner)
            return new FlagAnswer.KeptElsewhere(held.Value.Facts.Product);

        var writes = new Writes();
        var answer = decide(new Scene(installation, held.Value, sold.Protocol, flags.Value, told()), writes);
        if (!writes.IsEmpty)
            await writes.Commit(connection, cancel);
        return answer;
    }

    private sealed record Scene(
        InstallationId Installation, Resource Resource, ProductExperimentation Protocol, Seq<Flag> Flags, ToldFlags Told)
    {
        public Flag? Find(FlagId id) => Flags.Find(flag => flag.Id == id).MatchUnsafe<Flag?>(flag => flag, () => null);
    }
}

/// <summary>What became of a call about flags.</summary>
internal abstract record FlagAnswer
{
    private FlagAnswer() { }

    public sealed record Found(Seq<Flag> Flags, ToldFlags Told, Option<string> Store) : FlagAnswer;

    public sealed record IsSet(Flag Flag) : FlagAnswer;

    public sealed record Deleted(Flag Flag) : FlagAnswer;

    public sealed record Syncing(int Flags) : FlagAnswer;

    public sealed record Invalid(Seq<FieldError> Errors) : FlagAnswer;

    public sealed record Refused(FlagRejection Why) : FlagAnswer;

    public sealed record NoFlag(FlagId Id) : FlagAnswer;

    public sealed record NoInstallation(InstallationId Id) : FlagAnswer;

    public sealed record InstallationLeaves(InstallationId Id) : FlagAnswer;

    public sealed record NoResource(ResourceId Id) : FlagAnswer;

    /// <summary>The product does not declare the protocol.</summary>
    public sealed record NoExperiments(ProductId Product) : FlagAnswer;

    /// <summary>Its provisioner has them from somewhere else.</summary>
    public sealed record KeptElsewhere(ProductId Product) : FlagAnswer;
}
