using Marketplace.Simulator.Pages.Metadata;
using Marketplace.Simulator.Pages.Plans;

namespace Marketplace.Simulator.Pages.Products;

/// <summary>What the integration sells.</summary>
public sealed record ProductsView(IReadOnlyList<ProductRow> Products, string Provider);

public sealed record ProductRow(string Address, string Id, string Name, IReadOnlyList<string> Protocols, string Fields, int Resources);

/// <summary>One product, before anybody has it.</summary>
/// <param name="Teams">Who can have it, each with the form.</param>
public sealed record ProductView(
    string Id, string Name, IReadOnlyList<string> Protocols, IReadOnlyList<string> Actions, IReadOnlyList<FieldView> Fields, PlansView? Plans,
    IReadOnlyList<(string Team, string Address)> Teams);

/// <summary>The form for a new resource. Source: contract §E.2.</summary>
/// <param name="Fields">None where the settings do not know the product: then metadata is written as JSON.</param>
/// <param name="Elsewhere">What the provider does not take, and has no field in the form.</param>
/// <param name="HasConfig">A config for flags can be opened with it. Source: contract §E.13.</param>
public sealed record NewResourceView(
    string Address, string InstallationAddress, string Team, string ProductId, string Product, string Name, string? NameError,
    IReadOnlyList<FieldView>? Fields, string? Json, string? JsonError, IReadOnlyList<string> Elsewhere, PlansView Plans, string? PlanId, string? PlanError,
    bool HasConfig, bool OpensConfig, string? ExternalId);
