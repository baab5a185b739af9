using System.Diagnostics;
using System.Text.Json;
using LanguageExt;
using Marketplace.Core.Experiments;
using Marketplace.Core.Installations;
using Marketplace.Core.Resources;
using Marketplace.Shell.Audit;
using Marketplace.Shell.Http;
using Marketplace.Shell.ProviderKeys;
using Marketplace.Shell.Resources;
using static LanguageExt.Prelude;

namespace Marketplace.Shell.Experiments;

/// <summary>
/// /provider/v1/installations/{id}/resources/{rid}/flags: the flags of a resource, as the provider's own backend sets them. Each is
/// answered when it is durable; Vercel hears of it by the outbox.
/// </summary>
internal static class FlagEndpoints
{
    private const string Cause = "flags";

    public static readonly RequestDelegate List = ProviderEndpoint.Needing(
        ProviderScopes.FlagsRead,
        async (string installationId, string resourceId, FlagStore store, CancellationToken cancel) =>
            await store.List(new InstallationId(installationId), new ResourceId(resourceId), cancel) switch
            {
                FlagAnswer.Found found => (IResult)TypedResults.Ok(FlagsWire.Of(found)),
                var refused => FlagProblem.From(refused),
            });

    public static readonly RequestDelegate One = ProviderEndpoint.Needing(
        ProviderScopes.FlagsRead,
        async (string installationId, string resourceId, string flag, FlagStore store, CancellationToken cancel) =>
            await store.List(new InstallationId(installationId), new ResourceId(resourceId), cancel) switch
            {
                FlagAnswer.Found found => found.Flags.Find(one => one.Id.Value == flag).Match<IResult>(
                    one => TypedResults.Ok(FlagWire.Of(one, found.Told)), () => FlagProblem.From(new FlagAnswer.NoFlag(new FlagId(flag)))),
                var refused => FlagProblem.From(refused),
            });

    public static readonly RequestDelegate Set = ProviderEndpoint.Needing(
        ProviderScopes.FlagsWrite,
        async (string installationId, string resourceId, string flag, JsonBody<SetFlagWire> body, ProviderCaller caller, FlagStore store, CancellationToken cancel) =>
            await store.Set(
                new InstallationId(installationId), new ResourceId(resourceId), body.Value.ToRequest(flag), Actor.Of(caller, Cause), cancel) switch
            {
                FlagAnswer.IsSet set => (IResult)TypedResults.Ok(FlagWire.Of(set.Flag, told: null)),
                var refused => FlagProblem.From(refused),
            });

    public static readonly RequestDelegate Delete = ProviderEndpoint.Needing(
        ProviderScopes.FlagsWrite,
        async (string installationId, string resourceId, string flag, ProviderCaller caller, FlagStore store, CancellationToken cancel) =>
            await store.Delete(new InstallationId(installationId), new ResourceId(resourceId), new FlagId(flag), Actor.Of(caller, Cause), cancel) switch
            {
                FlagAnswer.Deleted or FlagAnswer.NoFlag => (IResult)TypedResults.NoContent(),
                var refused => FlagProblem.From(refused),
            });

    public static readonly RequestDelegate Sync = ProviderEndpoint.Needing(
        ProviderScopes.FlagsWrite,
        async (string installationId, string resourceId, ProviderCaller caller, FlagStore store, CancellationToken cancel) =>
            await store.Sync(new InstallationId(installationId), new ResourceId(resourceId), Actor.Of(caller, Cause), cancel) switch
            {
                FlagAnswer.Syncing syncing => (IResult)TypedResults.Accepted((string?)null, new SyncingWire(syncing.Flags)),
                var refused => FlagProblem.From(refused),
            });

    internal sealed record SetFlagWire(
        string? Slug = null, string? Origin = null, string? Category = null, string? Name = null, string? Description = null, bool? IsArchived = null,
        JsonElement? Value = null)
    {
        public SetFlagRequest ToRequest(string flag) => new(
            flag, Optional(Slug)!, Optional(Origin)!, Optional(Category)!, Optional(Name)!, Optional(Description)!, IsArchived ?? false,
            Value is { } json ? MetadataJson.ReadOne(json) : None);
    }

    private sealed record SyncingWire(int Flags);
}

/// <summary>The flags of a resource on the wire.</summary>
/// <param name="EdgeConfigId">Where the customer lets us push what deployments read; absent where nobody has opted in.</param>
internal sealed record FlagsWire(FlagWire[] Flags, string? EdgeConfigId)
{
    public static FlagsWire Of(FlagAnswer.Found found) =>
        new([.. found.Flags.Map(flag => FlagWire.Of(flag, found.Told))], found.Store.MatchUnsafe<string?>(store => store, () => null));
}

/// <param name="IsAtVercel">Whether Vercel is known to have it as it is; absent where it was just set.</param>
internal sealed record FlagWire(
    string Id, string Slug, string Origin, string Category, string? Name, string? Description, bool IsArchived, JsonElement Value,
    DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, bool? IsAtVercel)
{
    public static FlagWire Of(Flag flag, ToldFlags? told) => new(
        flag.Id.Value, flag.Slug, flag.Origin, Provisioning.Keys.FlagRows.Name(flag.Category),
        flag.Name.MatchUnsafe<string?>(name => name, () => null), flag.Description.MatchUnsafe<string?>(text => text, () => null), flag.IsArchived,
        MetadataJson.One(flag.Value), flag.CreatedAt, flag.UpdatedAt,
        told is null ? null : told.Items.Find(flag.Id).Flatten() == Some(flag.Revision));
}
