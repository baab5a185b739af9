using Marketplace.Simulator.Installations;
using Marketplace.Simulator.Invoices;
using Marketplace.Simulator.Pages.Installations;
using Marketplace.Simulator.Pages.Invoices;
using Marketplace.Simulator.Pages.Site;

namespace Marketplace.Simulator.Pages.Access;

/// <summary>Scopes, permissions, and the uninstallation. Source: contract §E.5, §F.</summary>
internal sealed class AccessPages(PageSources sources)
{
    private static readonly IReadOnlyList<string> KnownScopes =
    [
        "read:integration-configuration", "read-write:integration-configuration", "read-write:marketplace", "read-write:integration-resource",
        "read:project", "read-write:project-env-vars", "read:deployment", "read-write:deployment-check", "read:team", "read:user",
    ];

    public Shown Show(Visit visit)
    {
        var installation = sources.Hand.Installation(visit.Route("installationId"));
        var team = sources.State.Teams[installation.AccountId];
        return Shown.Of<AccessPage>(new AccessView(
            InstallationHeads.Of(sources, installation, InstallationHeads.Access), installation.Stage == InstallationStage.Installed,
            [
                .. installation.Scopes.Union(KnownScopes, StringComparer.Ordinal)
                    .Select(scope => new ScopeRow(scope, installation.Scopes.Contains(scope, StringComparer.Ordinal))),
            ],
            installation.SelectedProjects is null,
            [
                .. team.Projects.Values.Select(project => new ReachedProject(
                    project.Id, project.Name, installation.SelectedProjects?.Contains(project.Id, StringComparer.Ordinal) ?? true)),
            ],
            PagePaths.Card(installation.Id), installation.Payment.FailuresBeforePaid is not null,
            installation.DeletionRequestedAt is { } requestedAt ? End(installation, requestedAt) : null));
    }

    public async Task<Outcome> ConfirmScopes(Visit visit)
    {
        var installationId = visit.Route("installationId");
        var exchange = await sources.Hand.ConfirmScopes(installationId, visit.Fields("scope"), visit.Cancel);
        return Outcome.After(
            Address(installationId), "The customer has consented. The provider hears of it by webhook, and by the same installation once more.",
            exchange);
    }

    public Outcome SelectProjects(Visit visit)
    {
        var installationId = visit.Route("installationId");
        sources.Hand.SelectProjects(installationId, visit.Field("which") == "some" ? visit.Fields("project") : null);
        return Outcome.Done(Address(installationId), "The integration reaches other projects than before. A webhook says so.");
    }

    public async Task<Outcome> Uninstall(Visit visit)
    {
        var installationId = visit.Route("installationId");
        var exchange = await sources.Hand.Uninstall(installationId, visit.Cancel, cascade: visit.IsOn("cascade"), reason: visit.Field("reason"));
        return Outcome.After(
            Address(installationId),
            sources.Hand.Installation(installationId).Stage == InstallationStage.Finalized
                ? "Uninstalled, and gone at once: the provider had nothing left to bill."
                : "Uninstalled. The provider has a day to bill what is left.",
            exchange);
    }

    private EndView End(Installation installation, DateTimeOffset requestedAt)
    {
        var (now, windowEnd) = (sources.Now, requestedAt + Finalization.Window);
        var over = (now - requestedAt) / Finalization.Window;
        return new(
            requestedAt, windowEnd, now < windowEnd ? Words.Duration(windowEnd - now) : null, (int)Math.Clamp(over * 100, 0, 100),
            Finalization.ClosesAt(installation),
            [
                .. installation.Invoices.Where(invoice => invoice.IsOpen).Select(invoice => new OpenInvoice(
                    PagePaths.Invoice(installation.Id, invoice.Id), invoice.Number ?? invoice.ExternalId ?? invoice.Id,
                    InvoiceMarks.Of(invoice.State), Words.Dollars(invoice.Total))),
            ],
            installation.FinalizedAt);
    }

    private static string Address(string installationId) => $"{PagePaths.Installation(installationId)}{InstallationHeads.Access}";
}
