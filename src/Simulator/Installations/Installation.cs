using System.Collections.Immutable;
using System.Text.Json;
using Marketplace.Simulator.Balances;
using Marketplace.Simulator.Invoices;
using Marketplace.Simulator.Resources;
using Marketplace.Simulator.Usage;

namespace Marketplace.Simulator.Installations;

/// <summary>How far an installation is in its life. Source: contract §E.1 and §E.5.</summary>
internal enum InstallationStage
{
    /// <summary>The provider has been called and has not yet answered; its token works already.</summary>
    Installing,

    Installed,

    /// <summary>The customer has uninstalled it, and the provider may still send what is left to bill.</summary>
    PendingDeletion,

    /// <summary>Gone, and its tokens with it.</summary>
    Finalized,
}

/// <summary>How an installation came to be; an account has one of each kind at most. Source: contract §D.13, §E.1.</summary>
internal enum InstallationKind
{
    /// <summary>By the Marketplace: it provisions, and is billed.</summary>
    Native,

    /// <summary>By OAuth: the provider may reach the account, and that is all.</summary>
    Connectable,
}

/// <summary>One installation of the integration in one team, as Vercel knows it.</summary>
internal sealed record Installation
{
    public required string Id { get; init; }

    public InstallationKind Kind { get; init; } = InstallationKind.Native;

    public required string AccountId { get; init; }

    public required InstallationStage Stage { get; init; }

    public required DateTimeOffset InstalledAt { get; init; }

    public DateTimeOffset? DeletionRequestedAt { get; init; }

    /// <summary>The provider has said that nothing more will come: finalized as soon as no invoice is open.</summary>
    public bool IsClosing { get; init; }

    public DateTimeOffset? FinalizedAt { get; init; }

    public required ImmutableList<AccessToken> Tokens { get; init; }

    /// <summary>What every customer is asked to consent to.</summary>
    public static readonly ImmutableList<string> AskedScopes =
        ["read:integration-configuration", "read-write:marketplace", "read-write:integration-resource"];

    /// <summary>What the customer has consented to.</summary>
    public ImmutableList<string> Scopes { get; init; } = AskedScopes;

    /// <summary>The projects that the integration may reach; all of them when absent.</summary>
    public ImmutableList<string>? SelectedProjects { get; init; }

    /// <summary>What the provider set by D.1.</summary>
    public string? Status { get; init; }

    public string? ExternalId { get; init; }

    public JsonElement? Notification { get; init; }

    /// <summary>The plan of the installation as a whole; absent when each resource is billed by its own.</summary>
    public JsonElement? BillingPlan { get; init; }

    public PlanHistory Plans { get; init; } = PlanHistory.None;

    public ImmutableSortedDictionary<string, Resource> Resources { get; init; } =
        ImmutableSortedDictionary.Create<string, Resource>(StringComparer.Ordinal);

    public BillingRecord Billing { get; init; } = BillingRecord.Empty;

    public ImmutableList<Invoice> Invoices { get; init; } = [];

    public BalanceReport? Balances { get; init; }

    /// <summary>Set by the customer, one for each balance.</summary>
    public ImmutableList<BalanceThreshold> Thresholds { get; init; } = [];

    /// <summary>Whether the customer's invoices get paid; a test's choice.</summary>
    public PaymentBehaviour Payment { get; init; } = PaymentBehaviour.Pays;

    public Installation With(Resource resource) => this with { Resources = Resources.SetItem(resource.Id, resource) };

    public Installation With(BalanceThreshold threshold) => this with
    {
        Thresholds = Thresholds.RemoveAll(old => old.ResourceId == threshold.ResourceId).Add(threshold),
    };

    public Installation With(Invoice invoice) => this with
    {
        Invoices = Invoices.FindIndex(old => old.Id == invoice.Id) is >= 0 and var index
            ? Invoices.SetItem(index, invoice)
            : Invoices.Add(invoice),
    };

    /// <summary>A resource that exists on Vercel's side; a deleted one is kept only for what is still to be billed.</summary>
    public Resource? Find(string resourceId) =>
        Resources.TryGetValue(resourceId, out var resource) && resource.DeletedAt is null ? resource : null;
}

/// <summary>A bearer token of the provider for one installation. It dies by revocation or finalization, not by age.</summary>
internal sealed record AccessToken(string Value, DateTimeOffset IssuedAt, DateTimeOffset? RevokedAt)
{
    public override string ToString() => nameof(AccessToken);
}
