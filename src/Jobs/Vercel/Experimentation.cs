using System.Text.Json;
using LanguageExt;

namespace Marketplace.Jobs.Vercel;

/// <summary>A flag or an experiment as Vercel lists it. Source: contract §D.11.</summary>
/// <param name="Id">Ours; at most 1024 characters.</param>
/// <param name="Slug">By which code asks for it; at most 1024 characters.</param>
/// <param name="Origin">Where it is to be changed; at most 2048 characters.</param>
public sealed record ExperimentationItem(string Id, string Slug, string Origin)
{
    public const int CountMax = 50;

    public Option<ExperimentationCategory> Category { get; init; }

    public Option<string> Name { get; init; }

    public Option<string> Description { get; init; }

    public Option<bool> IsArchived { get; init; }

    public Option<DateTimeOffset> CreatedAt { get; init; }

    public Option<DateTimeOffset> UpdatedAt { get; init; }
}

public enum ExperimentationCategory
{
    Experiment,
    Flag,
}

/// <summary>What deployments read: an object of any JSON, by names.</summary>
public readonly record struct ConfigItems(JsonElement Json);

/// <summary>Which of its versions a config is: Vercel's mark, to be given back as it is.</summary>
public readonly record struct ConfigVersion(string Mark);

/// <param name="UpdatedAt">As Vercel counts it.</param>
/// <param name="Version">None where Vercel gives no mark to ask with.</param>
public sealed record ExperimentationConfig(
    ConfigItems Items, decimal UpdatedAt, string Digest, Option<ConfigPurpose> Purpose, Option<ConfigVersion> Version);

public enum ConfigPurpose
{
    Experimentation,
    Flags,
}

/// <summary>The answer to whoever may have the newest already.</summary>
public abstract record ConfigReading
{
    private ConfigReading() { }

    public sealed record Read(ExperimentationConfig Config) : ConfigReading;

    /// <summary>What the caller knows is the newest (304).</summary>
    public sealed record Unchanged : ConfigReading;
}

/// <param name="IsUnchanged">What the caller knows is the newest (304).</param>
public sealed record ConfigStanding(bool IsUnchanged, Option<ConfigVersion> Version);
