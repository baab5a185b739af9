using System.Collections.Immutable;
using Marketplace.Simulator.Conformance;
using static Marketplace.Simulator.Schemas.Field;
using static Marketplace.Simulator.Schemas.Schema;

namespace Marketplace.Simulator.Schemas;

/// <summary>
/// What Vercel sends to a provider: what is required of it, and of which shape it is. Unknown fields may appear at every level.
/// Source: contract §B.
/// </summary>
internal static class PartnerRequestSchemas
{
    private static readonly Schema ProtocolSettings = Open(
        Optional("experimentation", Open(Optional("edgeConfigId", AnyText))));

    /// <summary>B.1 <c>PUT /v1/installations/{id}</c>. A team may have nobody to write to, and then names nobody.</summary>
    public static readonly Fields UpsertInstallation = Open(
        Required("scopes", new ListOf(AnyText, CountMin: 1)),
        Required("acceptedPolicies", new MapOf(Moment)),
        Required("credentials", Open(
            Required("access_token", NonEmpty),
            Required("token_type", NonEmpty))),
        Required("account", Open(
            Optional("name", AnyText),
            Required("url", AnyText),
            Optional("contact", Open(
                Required("email", AnyText),
                Optional("name", AnyText))))));

    /// <summary>B.1 <c>PATCH /v1/installations/{id}</c>.</summary>
    public static readonly Fields UpdateInstallation = Open(Optional("billingPlanId", AnyText));

    /// <summary>B.1 <c>DELETE /v1/installations/{id}</c>. The two choices of <c>reason</c> are shown nowhere.</summary>
    public static readonly Fields DeleteInstallation = Open(
        Optional("cascadeResourceDeletion", AnyFlag),
        Optional("reason", AnyText));

    /// <summary>B.2 <c>POST …/resources</c>.</summary>
    public static readonly Fields ProvisionResource = Open(
        Required("productId", AnyText),
        Required("name", AnyText),
        Required("metadata", SharedSchemas.Metadata),
        Required("billingPlanId", AnyText),
        Optional("externalId", AnyText),
        Optional("protocolSettings", ProtocolSettings));

    /// <summary>B.2 <c>PATCH …/resources/{resourceId}</c>.</summary>
    public static readonly Fields UpdateResource = Open(
        Optional("name", AnyText),
        Optional("metadata", SharedSchemas.Metadata),
        Optional("billingPlanId", AnyText),
        Optional("status", SharedSchemas.ResourceStatus),
        Optional("protocolSettings", ProtocolSettings));

    /// <summary>E.7 <c>POST …/secrets/rotate</c>.</summary>
    public static readonly Fields RotateSecrets = Open(
        Optional("reason", AnyText),
        Optional("delayOldSecretsExpirationHours", new Number(Minimum: 0, Maximum: 720)));

    /// <summary>B.2 <c>POST …/repl</c>.</summary>
    public static readonly Fields RunReplCommand = Open(
        Required("input", AnyText),
        Optional("readOnly", AnyFlag));

    /// <summary>B.4 <c>POST …/billing/provision</c>.</summary>
    public static readonly Fields ProvisionPurchase = Open(Required("invoiceId", AnyText));

    /// <summary>B.5 <c>POST …/resource-transfer-requests</c>.</summary>
    public static readonly Fields CreateTransfer = Open(
        Required("resourceIds", new ListOf(AnyText)),
        Required("expiresAt", AnyNumber));

    /// <summary>Of every operation that has a body.</summary>
    public static readonly ImmutableDictionary<PartnerOperation, Fields> All = new Dictionary<PartnerOperation, Fields>
    {
        [PartnerOperation.UpsertInstallation] = UpsertInstallation,
        [PartnerOperation.UpdateInstallation] = UpdateInstallation,
        [PartnerOperation.DeleteInstallation] = DeleteInstallation,
        [PartnerOperation.ProvisionResource] = ProvisionResource,
        [PartnerOperation.UpdateResource] = UpdateResource,
        [PartnerOperation.RotateSecrets] = RotateSecrets,
        [PartnerOperation.RunReplCommand] = RunReplCommand,
        [PartnerOperation.ProvisionPurchase] = ProvisionPurchase,
        [PartnerOperation.CreateTransfer] = CreateTransfer,
    }.ToImmutableDictionary();
}
