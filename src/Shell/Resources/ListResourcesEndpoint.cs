using LanguageExt;
using Marketplace.Core.Installations;
using Marketplace.Core.Products;
using Marketplace.Core.Resources;
using Marketplace.Shell.Authentication;
using Marketplace.Shell.Http;
using Marketplace.Shell.Idempotency;
using Marketplace.Shell.Installations;
using Marketplace.Shell.Persistence;
using Marketplace.Shell.Products;
using Npgsql;

namespace Marketplace.Shell.Resources;

/// <summary>
/// GET /v1/installations/{installationId}/resources: those that are named by <c>ids</c>, or all; never with secrets. Source: contract §B.0,
/// where it is deprecated, and the schema of <c>list-resources</c>.
/// </summary>
internal static class ListResourcesEndpoint
{
    /// <summary>The contract knows no pages, so that one answer must not grow with the installation.</summary>
    public const int ResourcesMax = 500;

    public static readonly RequestDelegate Route = PartnerEndpoint.Reading(Accepts.System, Handle);

    private static async Task<IResult> Handle(
        Caller caller, HttpRequest request, NpgsqlDataSource database, Catalogue catalogue, CancellationToken cancel)
    {
        var named = Named(request);
        if (named is { Length: > ResourcesMax })
            return TooMany($"ids names {named.Length} resources");

        var loads = new Loads();
        var installation = InstallationRows.Load(loads, caller.Installation);
        // One more than may be, so that there being more is seen.
        var resources = ResourceRows.LoadLiving(loads, caller.Installation, named, ResourcesMax + 1);
        await loads.Read(database, cancel);
        if (installation.Value is not ({ } held and not Installation.Finalized))
            return InstallationProblem.Unknown(caller.Installation);

        return resources.Value.Count > ResourcesMax
            ? TooMany("this installation has more")
            : PartnerAnswer.Ok(new ResourcesWire(
                [.. resources.Value.Select(resource => ResourceWire.Of(resource, catalogue.OfferOf(held, resource)))]));
    }

    /// <summary>Null when all are asked for. <c>ids=a,b</c> and <c>ids=a&amp;ids=b</c> are the same; an empty list names nothing.</summary>
    private static string[]? Named(HttpRequest request) =>
        request.Query.TryGetValue("ids", out var lists)
            ? [.. lists.SelectMany(list => (list ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
                .Distinct(StringComparer.Ordinal)]
            : null;

    private static PartnerErrorResult TooMany(string found) =>
        PartnerResults.ValidationError(
            $"ids: at most {ResourcesMax} resources are listed at a time, and {found}.",
            new PartnerErrorField("ids", $"Name at most {ResourcesMax} resources."));

    internal sealed record ResourcesWire(ResourceWire[] Resources);
}
