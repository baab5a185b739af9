namespace Marketplace.Shell.ProviderKeys;

/// <summary>What a key of the Provider API may do. A key has as many of these as it was made with.</summary>
[Flags]
public enum ProviderScopes
{
    None = 0,

    /// <summary>Report what customers used.</summary>
    UsageWrite = 1,

    /// <summary>See what an installation is charged: usage, invoices, statements.</summary>
    BillingRead = 2,

    /// <summary>Move money: refunds.</summary>
    BillingWrite = 4,

    /// <summary>Tell customers something beside their resources and installations.</summary>
    NotificationsWrite = 8,

    /// <summary>See what Vercel has still to hear, and where it and we differ.</summary>
    OutboxRead = 16,

    /// <summary>Have Vercel told once more: replays and resyncs.</summary>
    OutboxWrite = 32,

    /// <summary>Change what customers have: imports, status, name, plan, suspensions.</summary>
    ResourcesWrite = 64,

    /// <summary>See what customers have: resources, and the projects that use them.</summary>
    ResourcesRead = 128,

    /// <summary>Have the tokens replaced with which we call Vercel.</summary>
    CredentialsWrite = 256,

    /// <summary>See which accounts customers have connected.</summary>
    ConnectionsRead = 512,

    /// <summary>See the flags of resources, and whether Vercel has them.</summary>
    FlagsRead = 1024,

    /// <summary>Change flags, and have Vercel told of them once more.</summary>
    FlagsWrite = 2048,

    /// <summary>See who has installed.</summary>
    InstallationsRead = 4096,

    /// <summary>Give resources other secrets: what is pushed, and rotations.</summary>
    SecretsWrite = 8192,

    /// <summary>See prepaid balances and their ledgers.</summary>
    BalancesRead = 16384,

    /// <summary>Give credit, and take it back.</summary>
    BalancesWrite = 32768,

    /// <summary>Send invoices beside those of the period.</summary>
    InvoicesWrite = 65536,

    /// <summary>See what happened, who did it and why.</summary>
    AuditRead = 131072,

    /// <summary>Ask whether a customer's key is good: for gateways.</summary>
    KeysVerify = 262144,

    /// <summary>See what the backend was told, and could not be told.</summary>
    EventsRead = 524288,

    /// <summary>Have the backend told once more, or of nothing, as a test.</summary>
    EventsWrite = 1048576,

    /// <summary>See what Vercel has told us, and what of it had no effect.</summary>
    WebhooksRead = 2097152,

    /// <summary>Have what had no effect processed once more.</summary>
    WebhooksWrite = 4194304,
}

/// <summary>Scopes by their names, as keys are made with them and as the store keeps them.</summary>
internal static class ScopeNames
{
    private static readonly (ProviderScopes Scope, string Name)[] Known =
    [
        (ProviderScopes.UsageWrite, "usage:write"),
        (ProviderScopes.BillingRead, "billing:read"),
        (ProviderScopes.BillingWrite, "billing:write"),
        (ProviderScopes.NotificationsWrite, "notifications:write"),
        (ProviderScopes.OutboxRead, "outbox:read"),
        (ProviderScopes.OutboxWrite, "outbox:write"),
        (ProviderScopes.ResourcesWrite, "resources:write"),
        (ProviderScopes.ResourcesRead, "resources:read"),
        (ProviderScopes.CredentialsWrite, "credentials:write"),
        (ProviderScopes.ConnectionsRead, "connections:read"),
        (ProviderScopes.FlagsRead, "flags:read"),
        (ProviderScopes.FlagsWrite, "flags:write"),
        (ProviderScopes.InstallationsRead, "installations:read"),
        (ProviderScopes.SecretsWrite, "secrets:write"),
        (ProviderScopes.BalancesRead, "balances:read"),
        (ProviderScopes.BalancesWrite, "balances:write"),
        (ProviderScopes.InvoicesWrite, "invoices:write"),
        (ProviderScopes.AuditRead, "audit:read"),
        (ProviderScopes.KeysVerify, "keys:verify"),
        (ProviderScopes.EventsRead, "events:read"),
        (ProviderScopes.EventsWrite, "events:write"),
        (ProviderScopes.WebhooksRead, "webhooks:read"),
        (ProviderScopes.WebhooksWrite, "webhooks:write"),
    ];

    public static IEnumerable<string> All => Known.Select(known => known.Name);

    public static ProviderScopes Every { get; } = Read(All);

    public static IEnumerable<string> Of(ProviderScopes scopes) =>
        Known.Where(known => scopes.HasFlag(known.Scope)).Select(known => known.Name);

    /// <summary>A name that is not known any more gives no right.</summary>
    public static ProviderScopes Read(IEnumerable<string> names) =>
        Known.Where(known => names.Contains(known.Name, StringComparer.Ordinal))
            .Aggregate(ProviderScopes.None, (scopes, known) => scopes | known.Scope);
}
