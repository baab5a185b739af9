namespace Marketplace.Simulator.Conformance;

/// <summary>A team that has installed the integration and has a resource.</summary>
internal sealed record Tenant(string AccountId, string InstallationId, string ResourceId, string ProductId, string PlanId);
