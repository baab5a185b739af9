using Marketplace.Simulator.Installations;
using Marketplace.Simulator.Tokens;
using Marketplace.Simulator.Webhooks;

namespace Marketplace.Simulator.Dashboard;

/// <summary>People come and go, and with them the contact of their team. Source: contract §D.2, §F.</summary>
internal sealed partial class CustomerDashboard
{
    /// <summary>The provider is not told: it reads the account again by itself.</summary>
    public Team ChangeContact(string accountId, Contact? contact)
    {
        store.Change(state => state.With(TeamOf(accountId) with { Contact = contact }));
        return TeamOf(accountId);
    }

    /// <summary>
    /// Whoever has installed is removed from the team, and somebody else has the say. Every installation of the team hears of it by webhook.
    /// </summary>
    public Team InstallerLeaves(string accountId)
    {
        var gone = TeamOf(accountId).Admin;
        var next = Person.New(accountId, PersonRole.Admin, $"next.{gone.Email}", "Nora Next");
        store.Change(state => state
            .With(state.Teams[accountId] with { Members = state.Teams[accountId].Members.Replace(gone, next) })
            .Send(state.Installations.Values
                .Where(installation => installation.AccountId == accountId && installation.Stage != InstallationStage.Finalized)
                .Select(installation => WebhookPayloads.MemberRemoved(installation, gone, clock.GetUtcNow()))));
        work.Wake();
        return TeamOf(accountId);
    }

    /// <summary>Who sits before the browser from now on: <c>ADMIN</c>, <c>USER</c> or a member's id.</summary>
    public Team SignIn(string accountId, string who)
    {
        store.Change(state => state.With(TeamOf(accountId) with { SignedIn = TeamOf(accountId).Choose(who).UserId }));
        return TeamOf(accountId);
    }

    private Team TeamOf(string accountId) =>
        store.Current.Teams.GetValueOrDefault(accountId) ?? throw new KeyNotFoundException($"There is no team {accountId}.");
}
