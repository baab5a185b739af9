using LanguageExt;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Notifications;
using Marketplace.Core.Resources;

namespace Marketplace.Core.Installations;

/// <summary>What can be asked of an installation that exists.</summary>
public abstract record InstallationCommand
{
    private InstallationCommand() { }

    /// <summary>The same id arrives again, with new credentials: re-consent, scope change, a race. Data is kept.</summary>
    /// <param name="OfTeam">The active installation of the team that is named now, if there is one.</param>
    public sealed record Register(Registration Registration, Option<InstallationId> OfTeam) : InstallationCommand;

    /// <summary>Vercel says, when it is asked, who the team is now: the contact changes, and whoever installed it may be gone.</summary>
    public sealed record LearnAccount(Account Account) : InstallationCommand;

    /// <summary>The whole installation changes hands, as it is (contract §E.11): its id, its resources and its token stay.</summary>
    /// <param name="OfTeam">The active installation that the new team has, if there is one.</param>
    public sealed record MoveToTeam(AccountId Team, Option<InstallationId> OfTeam) : InstallationCommand;

    /// <summary>The team has agreed to other scopes.</summary>
    /// <param name="Scopes">All that hold from now on.</param>
    public sealed record ChangeScopes(Seq<string> Scopes) : InstallationCommand;

    /// <summary>Moves an installation that is billed as a whole to another plan.</summary>
    public sealed record ChangePlan(PlanId Plan) : InstallationCommand;

    /// <summary>Tells the customer this in place of what the same source told before, or nothing any more.</summary>
    public sealed record Notify(NoticeSource Source, Option<Notice> Notice) : InstallationCommand;

    /// <summary>The customer, or Vercel for a deleted account, removes the integration.</summary>
    /// <param name="Kept">Resources that are there and, so the caller says, are not to go with it.</param>
    public sealed record Uninstall(string Reason, Seq<ResourceId> Kept) : InstallationCommand;

    /// <summary>Everything is billed and torn down, or Vercel says that it is over.</summary>
    public sealed record Complete : InstallationCommand;
}
