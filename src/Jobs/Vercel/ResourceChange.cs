using System.Text.Json;
using LanguageExt;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Notifications;
using Marketplace.Core.Products;
using Marketplace.Core.Resources;
using Marketplace.Core.Secrets;

namespace Marketplace.Jobs.Vercel;

/// <summary>What is to be different about a resource at Vercel. What is none stays as it is there. Source: contract §D.5 PATCH.</summary>
public sealed record ResourceChange
{
    public Option<string> Name { get; init; }

    /// <summary>One of <see cref="ResourceStatus.All"/>.</summary>
    public Option<string> Status { get; init; }

    public Option<Map<string, MetadataValue>> Metadata { get; init; }

    public Option<PlanOffer> Plan { get; init; }

    public Option<NoticeChange> Notification { get; init; }

    public Option<Ownership> Ownership { get; init; }

    public Option<SecretsChange> Secrets { get; init; }

    /// <summary>An object of the provider's own.</summary>
    public Option<JsonElement> Extras { get; init; }

    public Option<CustomClaims> CustomClaims { get; init; }
}

/// <summary>A resource that Vercel is told of first by us, or anew. Source: contract §D.5 PUT.</summary>
/// <param name="Status">One of <see cref="ResourceStatus.All"/>.</param>
public sealed record ImportedResource(ResourceId Id, ProductId Product, string Name, string Status)
{
    /// <summary>None leaves it to Vercel, which takes it for owned.</summary>
    public Option<Ownership> Ownership { get; init; }

    public Option<Map<string, MetadataValue>> Metadata { get; init; }

    public Option<PlanOffer> Plan { get; init; }

    public Option<Notice> Notification { get; init; }

    public Option<Seq<Secret>> Secrets { get; init; }

    /// <summary>An object of the provider's own.</summary>
    public Option<JsonElement> Extras { get; init; }

    public Option<CustomClaims> CustomClaims { get; init; }
}

/// <summary>What is to be different about an installation at Vercel. What is none stays as it is there. Source: contract §D.1.</summary>
public sealed record InstallationChange
{
    /// <summary>One of <see cref="ResourceStatus.All"/>.</summary>
    public Option<string> Status { get; init; }

    public Option<string> ExternalId { get; init; }

    public Option<PlanOffer> Plan { get; init; }

    public Option<NoticeChange> Notification { get; init; }
}

/// <summary>What becomes of the one thing that Vercel shows beside a resource or an installation. Source: contract §C.4.</summary>
public abstract record NoticeChange
{
    private NoticeChange() { }

    public sealed record Show(Notice Notice) : NoticeChange;

    /// <summary>Sent as <c>null</c>.</summary>
    public sealed record TakeAway : NoticeChange;

    public static NoticeChange To(Option<Notice> notice) => notice.Match<NoticeChange>(shown => new Show(shown), () => new TakeAway());
}

/// <summary>New secrets of a resource. Source: contract §D.6, <c>partial</c>.</summary>
public abstract record SecretsChange(Seq<Secret> Secrets)
{
    /// <summary>What is held, as Vercel is to have it: all of it where it is whole; none where there is nothing to tell.</summary>
    public static Option<SecretsChange> To(HeldSecrets held) =>
        held.All.IsEmpty ? Option<SecretsChange>.None
        : held.IsWhole ? new Whole(held.All)
        : new Part(held.All);

    /// <summary>These and no others.</summary>
    public sealed record Whole(Seq<Secret> Secrets) : SecretsChange(Secrets);

    /// <summary>These, and beside them those of other names that are there.</summary>
    public sealed record Part(Seq<Secret> Secrets) : SecretsChange(Secrets);
}

/// <summary>Who a resource belongs to. Source: contract §D.5, <c>ownership</c>.</summary>
public enum Ownership
{
    Owned,

    /// <summary>Not billed through Vercel, and not deleted with it there.</summary>
    Linked,

    /// <summary>May be claimed later.</summary>
    Sandbox,
}
