using System.Diagnostics;
using System.Text.Json;
using LanguageExt;
using Marketplace.Jobs.Vercel;
using Marketplace.Shell.Persistence;

namespace Marketplace.Shell.VercelApi;

/// <summary>Source: contract §D.11.</summary>
internal sealed record ExperimentationItemsWire(ExperimentationItemWire[] Items);

/// <param name="Id">Said where the item is new; afterwards it is in the address.</param>
/// <param name="CreatedAt">Milliseconds since 1970, as everywhere at Vercel.</param>
internal sealed record ExperimentationItemWire(
    string? Id,
    string Slug,
    string Origin,
    string? Category,
    string? Name,
    string? Description,
    bool? IsArchived,
    long? CreatedAt,
    long? UpdatedAt)
{
    public static ExperimentationItemWire OfNew(ExperimentationItem item) => OfKnown(item) with { Id = item.Id };

    public static ExperimentationItemWire OfKnown(ExperimentationItem item) =>
        new(null, item.Slug, item.Origin, item.Category.MatchUnsafe<string?>(Named, () => null), item.Name.OrNull(), item.Description.OrNull(),
            item.IsArchived.MatchUnsafe<bool?>(archived => archived, () => null), Moment(item.CreatedAt), Moment(item.UpdatedAt));

    private static string Named(ExperimentationCategory category) =>
        category switch
        {
            ExperimentationCategory.Experiment => "experiment",
            ExperimentationCategory.Flag => "flag",
            _ => throw new UnreachableException(category.ToString()),
        };

    private static long? Moment(Option<DateTimeOffset> moment) => moment.MatchUnsafe<long?>(at => at.ToUnixTimeMilliseconds(), () => null);
}

internal sealed record ConfigUpdateWire(JsonElement Data);

internal sealed record ConfigWire(JsonElement Items, decimal UpdatedAt, string Digest, string? Purpose)
{
    /// <summary>A purpose that is newer than this is none that anybody here asks for.</summary>
    public ExperimentationConfig ToConfig(Option<ConfigVersion> version) =>
        new(new ConfigItems(Items), UpdatedAt, Digest,
            Purpose switch
            {
                "experimentation" => ConfigPurpose.Experimentation,
                "flags" => ConfigPurpose.Flags,
                _ => Option<ConfigPurpose>.None,
            },
            version);
}
