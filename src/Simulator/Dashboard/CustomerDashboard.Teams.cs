using System.Collections.Immutable;
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
        AddMember(accountId, PersonRole.Admin, "Nora Next", $"next.{gone.Email}");
        RemoveMember(accountId, gone.UserId);
        return TeamOf(accountId);
    }

    public Person AddMember(string accountId, PersonRole role, string? name = null, string? email = null)
    {
        var person = store.Change(state => state.Meet(accountId, role, email, name));
        ChangeMembers(accountId, person, person.RoleText, members => members.Add(person));
        return person;
    }

    public Person ChangeRole(string accountId, string userId, PersonRole role)
    {
        var before = MemberOf(accountId, userId);
        var after = before with { Role = role };
        ChangeMembers(accountId, after, after.RoleText, members => members.Replace(before, after));
        return after;
    }

    public void RemoveMember(string accountId, string userId)
    {
        var gone = MemberOf(accountId, userId);
        ChangeMembers(accountId, gone, role: "NONE", members => members.Remove(gone));
    }

    /// <summary>Every installation of the team hears of it by webhook.</summary>
    private void ChangeMembers(string accountId, Person person, string role, Func<ImmutableList<Person>, ImmutableList<Person>> change)
    {
        store.Change(state =>
        {
            var team = TeamOf(accountId);
            var changed = team with { Members = change(team.Members) };
            if (!changed.Members.Exists(member => member.Role == PersonRole.Admin))
            {
                throw new InvalidOperationException("A team needs somebody who is ADMIN.");
            }

            return state
                .With(changed)
                .Send(state.Installations.Values
                    .Where(installation =>
                        installation.AccountId == accountId && installation is { Kind: InstallationKind.Native, Stage: not InstallationStage.Finalized })
                    .Select(installation => WebhookPayloads.MemberChanged(installation, person, role, clock.GetUtcNow())));
        });
        work.Wake();
    }

    private Person MemberOf(string accountId, string userId) =>
        TeamOf(accountId).Member(userId) ?? throw new KeyNotFoundException($"The team has no member {userId}.");

    /// <summary>Who sits before the browser from now on: <c>ADMIN</c>, <c>USER</c> or a member's id.</summary>
    public Team SignIn(string accountId, string who)
    {
        store.Change(state => state.With(TeamOf(accountId) with { SignedIn = TeamOf(accountId).Choose(who).UserId }));
        return TeamOf(accountId);
    }

    private Team TeamOf(string accountId) =>
        store.Current.Teams.GetValueOrDefault(accountId) ?? throw new KeyNotFoundException($"There is no team {accountId}.");
}
