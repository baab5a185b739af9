using LanguageExt;
using Marketplace.Core.Resources;

namespace Marketplace.Core.Experiments;

/// <summary>What code of the customer's asks for by its slug: a flag or an experiment of one resource. Source: contract §D.11, §E.13.</summary>
/// <param name="Slug">Unique among the flags of the resource; also the key in the config that deployments read.</param>
/// <param name="Origin">Where it is to be changed.</param>
/// <param name="Value">What deployments get.</param>
/// <param name="Revision">Another one after each change, and never the same again.</param>
public sealed record Flag(
    FlagId Id, string Slug, string Origin, FlagCategory Category, Option<string> Name, Option<string> Description, bool IsArchived,
    MetadataValue Value, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, string Revision)
{
    /// <summary>Whether everything is the same that anybody could see.</summary>
    public bool Says(Flag other) => this == other with { UpdatedAt = UpdatedAt, Revision = Revision };
}

/// <summary>The provider's name for a flag of one resource.</summary>
public readonly record struct FlagId(string Value)
{
    public override string ToString() => Value;
}

public enum FlagCategory
{
    Flag,
    Experiment,
}
