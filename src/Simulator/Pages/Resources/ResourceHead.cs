namespace Marketplace.Simulator.Pages.Resources;

/// <summary>What stands at the head of every page of a resource.</summary>
/// <param name="SignOn">Leads a browser to the resource's page at the provider.</param>
/// <param name="Trouble">What went wrong when the provider was asked how the resource is.</param>
public sealed record ResourceHead(
    string Address, string Id, string InstallationId, string InstallationAddress, string Team, string TeamAddress, string Name, string Product,
    Site.Mark Status, bool IsLinked, Site.NotificationView? Notification, string? SignOn, string Actor, IReadOnlyList<Site.TabView> Tabs,
    Site.TellingView? Trouble);
