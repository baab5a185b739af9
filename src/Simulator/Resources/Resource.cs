using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Marketplace.Simulator.Experimentation;
using Marketplace.Simulator.Secrets;

namespace Marketplace.Simulator.Resources;

/// <summary>A product instance as Vercel knows it. Source: contract §C.2 and D.5.</summary>
internal sealed record Resource
{
    /// <summary>The provider's id.</summary>
    public required string Id { get; init; }

    /// <summary>Vercel's own id.</summary>
    public required string InternalId { get; init; }

    public required string ProductId { get; init; }

    public required string Name { get; init; }

    public required string Status { get; init; }

    /// <summary><c>owned</c>, <c>linked</c> or <c>sandbox</c>. Source: contract D.5.</summary>
    public string Ownership { get; init; } = "owned";

    /// <summary>It was the provider's own before, and stays it: not billed here, and not deleted with him.</summary>
    [JsonIgnore]
    public bool IsLinked => Ownership == "linked";

    /// <summary>When the provider last put it here by himself.</summary>
    public DateTimeOffset? ImportedAt { get; init; }

    public JsonElement? Metadata { get; init; }

    public JsonElement? Notification { get; init; }

    public JsonElement? BillingPlan { get; init; }

    public JsonElement? Extras { get; init; }

    public JsonElement? CustomClaims { get; init; }

    public PlanHistory Plans { get; init; } = PlanHistory.None;

    public ImmutableList<Secret> Secrets { get; init; } = [];

    public ImmutableSortedDictionary<string, ExperimentationItem> ExperimentationItems { get; init; } =
        ImmutableSortedDictionary.Create<string, ExperimentationItem>(StringComparer.Ordinal);

    /// <summary>Absent where the customer has opened none to the provider.</summary>
    public GlobalConfig? GlobalConfig { get; init; }

    public ImmutableList<Connection> Connections { get; init; } = [];

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? DeletedAt { get; init; }

    public string? BillingPlanId => BillingPlan is { } plan ? plan.GetProperty("id").GetString() : null;

    /// <summary>Takes a plan as the provider states it, and remembers from when it is in force.</summary>
    public Resource On(JsonElement plan, DateTimeOffset now) => this with
    {
        BillingPlan = plan,
        Plans = Plans.Begin(
            plan.GetProperty("id").GetString()!,
            plan.GetProperty("type").GetString(),
            EffectiveDate(plan) is { } date && date > now ? date : now),
    };

    public Resource Delete(DateTimeOffset now) =>
        this with { DeletedAt = now, Status = "uninstalled", Plans = Plans.End(now), Secrets = [], Connections = [] };

    private static DateTimeOffset? EffectiveDate(JsonElement plan) =>
        plan.TryGetProperty("effectiveDate", out var date) && date.TryGetDateTimeOffset(out var at) ? at : null;
}

/// <summary>A resource connected to a project, with the choices made there. Source: contract §E.4.</summary>
/// <param name="CustomPrefix">Wins over the prefix of a secret.</param>
/// <param name="Targets">Environments: <c>development</c>, <c>preview</c>, <c>production</c> or the slug of a custom one.</param>
internal sealed record Connection(
    string ProjectId, string? CustomPrefix, ImmutableList<string> Targets, bool IsSensitive, DateTimeOffset ConnectedAt);
