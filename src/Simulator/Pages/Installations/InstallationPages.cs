using System.Collections.Immutable;
using Marketplace.Simulator.Dashboard;
using Marketplace.Simulator.Installations;
using Marketplace.Simulator.Pages.Plans;
using Marketplace.Simulator.Pages.Site;
using Marketplace.Simulator.Resources;

namespace Marketplace.Simulator.Pages.Installations;

/// <summary>From the consent of a customer to what he has by it. Source: contract §E.1, §E.3.</summary>
internal sealed class InstallationPages(PageSources sources)
{
    public Shown InstallForm(Visit visit) => Shown.Of<InstallPage>(Consent(sources.Team(visit.Route("accountId")), accepted: [], problem: null));

    public async Task<Outcome> Install(Visit visit)
    {
        var team = sources.Team(visit.Route("accountId"));
        var accepted = visit.Fields("policy");
        if (Policies.Exists(policy => !accepted.Contains(policy.Id, StringComparer.Ordinal)))
        {
            return new Outcome.Again(Shown.Of<InstallPage>(
                Consent(team, accepted, "To install, accept all of the terms."), StatusCodes.Status422UnprocessableEntity));
        }

        var (installationId, exchange) = await sources.Hand.Install(team.AccountId, visit.Cancel, new CallOptions(Person: team.Choose(who: null)));
        return Outcome.After(PagePaths.Installation(installationId), $"The integration is installed for {team.Name}.", exchange);
    }

    public async Task<Outcome> Again(Visit visit)
    {
        var installation = InstallationOf(visit);
        var exchange = await sources.Hand.InstallAgain(installation.Id, visit.Cancel, sources.Actor(installation));
        return Outcome.After(PagePaths.Installation(installation.Id), "The provider has taken the installation, with a new token.", exchange);
    }

    public Shown Show(Visit visit)
    {
        var installation = InstallationOf(visit);
        return Shown.Of<InstallationPage>(new InstallationView(
            InstallationHeads.Of(sources, installation, InstallationHeads.Overview), installation.Stage == InstallationStage.Installed,
            installation.Stage == InstallationStage.Installing,
            [.. installation.Resources.Values.Where(resource => resource.DeletedAt is null).Select(resource => Card(installation, resource))],
            [.. sources.Options.Products.Select(product => new ProductCard(
                PagePaths.NewResource(installation.Id, product.Id), product.Id, product.Name))],
            installation.BillingPlan is { } plan ? OfferedPlans.Of(plan) : null, installation.InstalledAt, sources.TeamOf(installation).Contact?.Email,
            installation.Scopes, installation.Status, installation.ExternalId));
    }

    public async Task<Shown> ShowPlan(Visit visit)
    {
        var installation = InstallationOf(visit);
        var exchange = await sources.Hand.InstallationPlans(installation.Id, visit.Cancel);
        return Shown.Of<InstallationPlanPage>(new InstallationPlanView(
            InstallationHeads.Of(sources, installation, InstallationHeads.Plan), OfferedPlans.Of(exchange, PlanId(installation)),
            installation.BillingPlan is { } plan ? OfferedPlans.Of(plan).Name : null));
    }

    public async Task<Outcome> ChangePlan(Visit visit)
    {
        var installation = InstallationOf(visit);
        var exchange = await sources.Hand.ChangeInstallationPlan(
            installation.Id, visit.Required("billingPlanId"), visit.Cancel, sources.Actor(installation));
        return Outcome.After(PagePaths.Installation(installation.Id), "The plan is changed.", exchange);
    }

    private Installation InstallationOf(Visit visit) => sources.Installation(visit.Route("installationId"));

    /// <summary>Those that the console names, or what Vercel asks of everybody.</summary>
    private ImmutableList<(string Id, string Name, string? Url)> Policies => sources.Options.Policies.IsEmpty
        ? [("eula", "the End User Licence Agreement", null), ("privacy", "the Privacy Policy", null)]
        : sources.Options.Policies.ConvertAll(policy => (policy.Id, policy.Name, (string?)policy.Url.AbsoluteUri));

    private InstallView Consent(Team team, IReadOnlyCollection<string> accepted, string? problem) => new(
        PagePaths.Install(team.AccountId), team.Name, PagePaths.Team(team.AccountId), InstallationHeads.NameOf(team.Choose(who: null)),
        Installation.AskedScopes,
        Policies.ConvertAll(policy => new PolicyRow(policy.Id, policy.Name, policy.Url, accepted.Contains(policy.Id, StringComparer.Ordinal))), problem);

    private ResourceCard Card(Installation installation, Resource resource) => new(
        PagePaths.Resource(installation.Id, resource.Id), resource.Name, ProductName(resource.ProductId), Stages.OfResource(resource.Status),
        resource.BillingPlan is { } plan ? OfferedPlans.Of(plan).Name : "Plan of the installation",
        Words.Count(resource.Connections.Count, "project"), resource.IsLinked);

    private string ProductName(string productId) => sources.Options.Product(productId)?.Name ?? productId;

    private static string? PlanId(Installation installation) => installation.BillingPlan?.OptionalText("id");
}
