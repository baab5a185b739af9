using LanguageExt;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Notifications;

namespace Marketplace.Core.Installations;

/// <summary>What happened to an installation.</summary>
public abstract record InstallationEvent(InstallationId Id, DateTimeOffset At)
{
    public sealed record Installed(InstallationId Id, AccountId AccountId, Option<PlanId> Plan, DateTimeOffset At)
        : InstallationEvent(Id, At);

    public sealed record Registered(InstallationId Id, DateTimeOffset At) : InstallationEvent(Id, At);

    /// <summary>To what, its registration says: nobody's name or address is in an event.</summary>
    public sealed record AccountChanged(InstallationId Id, DateTimeOffset At) : InstallationEvent(Id, At);

    public sealed record MovedToTeam(InstallationId Id, AccountId From, AccountId To, DateTimeOffset At) : InstallationEvent(Id, At);

    public sealed record ScopesChanged(InstallationId Id, Seq<string> Scopes, DateTimeOffset At) : InstallationEvent(Id, At);

    public sealed record PlanChanged(InstallationId Id, Option<PlanId> From, PlanId To, DateTimeOffset At)
        : InstallationEvent(Id, At);

    /// <param name="Notice">None takes back what the source told before.</param>
    public sealed record Notified(InstallationId Id, NoticeSource Source, Option<Notice> Notice, DateTimeOffset At)
        : InstallationEvent(Id, At);

    public sealed record UninstallRequested(InstallationId Id, string Reason, DateTimeOffset At) : InstallationEvent(Id, At);

    public sealed record Finalized(InstallationId Id, DateTimeOffset At) : InstallationEvent(Id, At);
}
