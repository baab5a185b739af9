using LanguageExt;
using Marketplace.Core.Installations;
using Marketplace.Core.Money;
using Marketplace.Core.NonPayment;
using Marketplace.Core.Notifications;
using Marketplace.Core.Resources;
using Marketplace.Shell.Billing;
using Marketplace.Shell.Notifications;
using Marketplace.Shell.Persistence;
using Marketplace.Shell.Statements;

namespace Marketplace.Shell.Installations;

/// <summary>An installation as the provider's backend sees it: in a list, and with more that is asked for of one alone.</summary>
/// <param name="Status"><c>active</c>, <c>uninstalling</c> or <c>finalized</c>.</param>
/// <param name="BillingPlanId">Of the installation as a whole; absent where each resource is billed by its own.</param>
/// <param name="Resources">How many are in it.</param>
internal sealed record ListedInstallationWire(
    string Id, string Status, AccountWire Account, string? BillingPlanId, DateTime InstalledAt, DateTime? UninstallRequestedAt,
    string? UninstallReason, DateTime? FinalizedAt, int Resources)
{
    /// <summary>Those that are gone too.</summary>
    public IReadOnlyDictionary<string, int>? ResourcesByStatus { get; init; }

    /// <summary>What the provider told.</summary>
    public NotificationWire? Notification { get; init; }

    /// <summary>What the customer reads now, whoever told it.</summary>
    public NotificationWire? Shown { get; init; }

    public PaymentWire? Payment { get; init; }

    /// <summary>What is left of what was paid ahead.</summary>
    public LeftWire[]? Balances { get; init; }

    public static ListedInstallationWire Of(ListedInstallation one) => new(
        one.Id, one.Stage,
        new AccountWire(
            one.AccountId, one.AccountName, one.AccountUrl,
            one.ContactEmail is { } email ? new ContactWire(email, one.ContactName) : null),
        one.Plan, one.InstalledAt.UtcDateTime, one.UninstallRequestedAt?.UtcDateTime, one.UninstallReason, one.FinalizedAt?.UtcDateTime,
        one.Resources);

    public static ListedInstallationWire Of(
        ListedInstallation one, Installation state, Seq<(string Status, int Resources)> resources, PaymentStanding standing,
        Seq<(Option<ResourceId> Balance, Usd Amount)> balances) => Of(one) with
    {
        ResourcesByStatus = resources.ToDictionary(group => group.Status, group => group.Resources, StringComparer.Ordinal),
        Notification = state is Installation.Active active ? NotificationWire.Of(active.Notices.From(NoticeSource.Provider)) : null,
        Shown = NotificationWire.Of(state.Notice),
        Payment = PaymentWire.Of(standing),
        Balances = [.. balances.Select(left => new LeftWire(left.Balance.Map(id => id.Value).OrNull(), StatementText.Amount(left.Amount)))],
    };
}

/// <param name="Id">The team's at Vercel.</param>
internal sealed record AccountWire(string Id, string? Name, string Url, ContactWire? Contact);

internal sealed record ContactWire(string Email, string? Name);

/// <param name="ResourceId">Absent for the installation as a whole.</param>
internal sealed record LeftWire(string? ResourceId, string Amount);
