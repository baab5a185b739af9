using LanguageExt;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Notifications;
using Marketplace.Core.Products;
using Marketplace.Core.Resources;

namespace Marketplace.Jobs.Vercel;

/// <summary>A resource as Vercel has it. Source: contract §D.5 GET.</summary>
/// <param name="Id">Ours.</param>
/// <param name="InternalId">Vercel's own.</param>
/// <param name="Status">By its name in contract §C.2, or by one that is newer; none when Vercel does not say.</param>
public sealed record VercelResource(ResourceId Id, string InternalId, string Name, ProductId Product, Option<string> Status)
{
    public Option<PlanId> Plan { get; init; }

    public Option<Notice> Notification { get; init; }

    /// <summary>None when Vercel does not say. A value of a kind that metadata does not have is left out.</summary>
    public Option<Map<string, MetadataValue>> Metadata { get; init; }

    public ProtocolSettings Protocols { get; init; } = ProtocolSettings.None;
}

/// <summary>What Vercel keeps of a resource for the protocols of its product. Source: contract §C.6.</summary>
public sealed record ProtocolSettings(Option<ExperimentationSettings> Experimentation, Seq<AppUrl> AppUrls)
{
    public static readonly ProtocolSettings None = new(Option<ExperimentationSettings>.None, Seq<AppUrl>.Empty);
}

/// <param name="EdgeConfigId">Present when the customer opted in (contract §E.13); newer installations have the other.</param>
public sealed record ExperimentationSettings(Option<string> EdgeConfigId, Option<string> GlobalConfigId, Option<string> TokenId, bool IsSyncing);

/// <param name="Target">Such as <c>production</c>.</param>
public sealed record AppUrl(string Target, string Url);
