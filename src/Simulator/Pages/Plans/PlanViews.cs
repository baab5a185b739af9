namespace Marketplace.Simulator.Pages.Plans;

/// <summary>The plans that a provider offered, as Vercel shows them.</summary>
/// <param name="Problem">Why there are none.</param>
public sealed record PlansView(IReadOnlyList<PlanView> Plans, string? Problem, Site.ExchangeView Exchange);

/// <summary>One plan. Source: contract §C.1.</summary>
/// <param name="Highlighted">What is always in sight.</param>
/// <param name="Terms">What it asks for, in words: a payment method, a charge at the start, the amounts of a purchase.</param>
/// <param name="EffectiveFrom">When a change to it takes hold.</param>
public sealed record PlanView(
    string Id, string Name, string Description, string? Cost, bool IsPrepaid, bool IsOfInstallation, bool IsDisabled, bool IsCurrent,
    IReadOnlyList<PlanLine> Highlighted, IReadOnlyList<PlanLine> Details, IReadOnlyList<string> Terms, DateTimeOffset? EffectiveFrom);

public sealed record PlanLine(string Label, string? Value);
