using LanguageExt;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Notifications;
using Marketplace.Core.Time;

namespace Marketplace.Core.Installations;

/// <summary>One team's installation of the integration, in exactly one of its life stages.</summary>
/// <remarks>The access token is no part of it: Shell keeps it encrypted beside the row. Source: contract §B.1, §E.5.</remarks>
public abstract record Installation(InstallationId Id)
{
    /// <summary>In use: resources may be provisioned and are billed.</summary>
    /// <param name="Plan">The installation-level billing plan; none when each resource is billed by its own.</param>
    public sealed record Active(InstallationId Id, Registration Registration, Option<PlanId> Plan, DateTimeOffset InstalledAt)
        : Installation(Id)
    {
        /// <summary>What there is to tell the customer.</summary>
        public Notices Notices { get; init; } = Notices.None;
    }

    /// <summary>Deleted by the customer, not yet final: what is left is billed before the token dies.</summary>
    public sealed record Uninstalling(
        InstallationId Id,
        Registration Registration,
        Option<PlanId> Plan,
        DateTimeOffset InstalledAt,
        DateTimeOffset UninstallRequestedAt,
        string Reason) : Installation(Id);

    /// <summary>Gone for good. The id is never revived: a reinstall has a new one (contract §E.6).</summary>
    public sealed record Finalized(InstallationId Id, DateTimeOffset FinalizedAt) : Installation(Id);

    /// <summary>
    /// At which its billing periods begin, for its whole life: a catalogue that names another later must not bill the same time twice.
    /// </summary>
    public BillingAnchor Anchor { get; init; } = BillingAnchor.CalendarMonth;

    /// <summary>What the customer is told: one thing at a time, and what matters most. Source: contract §C.4.</summary>
    public Option<Notice> Notice =>
        this is Active active ? active.Notices.Shown : Option<Notice>.None;

    /// <summary>The plan of the installation as a whole; none when each resource is billed by its own, and at the end.</summary>
    public Option<PlanId> OwnPlan =>
        this switch
        {
            Active active => active.Plan,
            Uninstalling going => going.Plan,
            Finalized => Option<PlanId>.None,
            _ => throw new System.Diagnostics.UnreachableException(GetType().Name),
        };
}

/// <summary>What Vercel tells us about an installation at each upsert. Source: contract §B.1.</summary>
/// <param name="Scopes">At least one.</param>
/// <param name="AcceptedPolicies">Policy id to the moment of acceptance.</param>
public sealed record Registration(
    AccountId AccountId,
    Account Account,
    Seq<string> Scopes,
    Map<string, DateTimeOffset> AcceptedPolicies)
{
    /// <summary>What is told now replaces what was, but for the policies: what somebody has accepted stays accepted.</summary>
    public Registration Renewed(Registration told) =>
        told with { AcceptedPolicies = AcceptedPolicies.AddOrUpdateRange(told.AcceptedPolicies) };
}

/// <summary>The team as shown to the provider. The contact may change; it is read again through Get Account Information.</summary>
public sealed record Account(string Url, Option<string> Name, Option<Contact> Contact);

public sealed record Contact(string Email, Option<string> Name);
