using Marketplace.Shell.OperatorConsole.Billing;
using Marketplace.Shell.OperatorConsole.CatalogueAsSold;
using Marketplace.Shell.OperatorConsole.Drift;
using Marketplace.Shell.OperatorConsole.Installations;
using Marketplace.Shell.OperatorConsole.Jobs;
using Marketplace.Shell.OperatorConsole.Outbox;
using Marketplace.Shell.OperatorConsole.ProviderEvents;
using Marketplace.Shell.OperatorConsole.Resources;
using Marketplace.Shell.OperatorConsole.Webhooks;

namespace Marketplace.Shell.OperatorConsole;

/// <summary>Where one can go, in the order of the navigation. A family of pages adds its line when its first page is there.</summary>
public static class OperatorSections
{
    public const string Overview = "overview";
    public const string Installations = "installations";
    public const string Resources = "resources";
    public const string Billing = "billing";
    public const string Outbox = "outbox";
    public const string Webhooks = "webhooks";
    public const string Events = "events";
    public const string Drift = "drift";
    public const string Catalogue = "catalogue";
    public const string Jobs = "jobs";
    public const string Audit = "audit";
    public const string Runbook = "runbook";

    public static IReadOnlyList<OperatorSection> All { get; } =
    [
        new(Overview, "Overview", OperatorPaths.Root),
        new(Installations, "Installations", InstallationDetail.List),
        new(Resources, "Resources", ResourceList.Address),
        new(Billing, "Billing", BillingPaths.Root),
        new(Outbox, "Outbox", OutboxPaths.Root),
        new(Webhooks, "Webhooks", WebhookPaths.Root),
        new(Events, "Events", EventPaths.Root),
        new(Drift, "Drift", DriftPaths.Root),
        new(Catalogue, "Catalogue", CataloguePaths.Root),
        new(Jobs, "Jobs", JobPaths.Root),
        new(Audit, "Audit", OperatorPaths.Audit),
        new(Runbook, "Runbook", OperatorPaths.Runbook),
    ];
}

/// <param name="Key">By which a page says that it belongs there.</param>
public sealed record OperatorSection(string Key, string Label, string Address);
