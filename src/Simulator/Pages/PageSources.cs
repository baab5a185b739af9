using Marketplace.Simulator.Dashboard;
using Marketplace.Simulator.Installations;
using Marketplace.Simulator.Pages.Site;
using Marketplace.Simulator.Resources;
using Marketplace.Simulator.State;

namespace Marketplace.Simulator.Pages;

/// <summary>What pages are made from: what Vercel knows, and the customer's hand.</summary>
internal sealed record PageSources(SimulatorServer Vercel, SimulatorOptions Options, BrowserAddresses Addresses)
{
    public VercelState State => Vercel.State;

    public CustomerDashboard Hand => Vercel.Dashboard;

    public DateTimeOffset Now => Vercel.Clock.GetUtcNow();

    public Team Team(string accountId) =>
        State.Teams.GetValueOrDefault(accountId) ?? throw new KeyNotFoundException($"There is no team {accountId}.");

    public Installation Installation(string installationId) => Hand.Installation(installationId);

    /// <summary>The resource of the address.</summary>
    public (Installation Installation, Resource Resource) Resource(Visit visit)
    {
        var installation = Installation(visit.Route("installationId"));
        return (installation, Hand.Resource(installation.Id, visit.Route("resourceId")));
    }

    public Team TeamOf(Installation installation) => Team(installation.AccountId);

    /// <summary>Whoever sits before the browser acts, with the role that they have.</summary>
    public CallOptions Actor(Installation installation) => new(Person: TeamOf(installation).Choose(who: null));

    public override string ToString() => nameof(PageSources);
}
