using static Marketplace.Simulator.Schemas.Field;
using static Marketplace.Simulator.Schemas.Schema;

namespace Marketplace.Simulator.Schemas;

/// <summary>
/// What a provider answers. Unknown fields pass, because they may appear on the wire; every other deviation is a finding.
/// Source: contract §B and §C.
/// </summary>
internal static class PartnerApiSchemas
{
    private static readonly Schema PlanDetails = new ListOf(Open(Required("label", NonEmpty), Optional("value", NonEmpty)));

    /// <summary>Contract §C.1.</summary>
    public static readonly Schema BillingPlan = Open(
        Required("id", NonEmpty),
        Required("type", SharedSchemas.PlanType),
        Required("name", NonEmpty),
        Required("description", NonEmpty),
        Optional("scope", Choice("installation", "resource")),
        Optional("paymentMethodRequired", AnyFlag),
        Optional("preauthorizationAmount", AnyNumber),
        Optional("initialCharge", Amount),
        Optional("minimumAmount", Amount),
        Optional("maximumAmount", Amount),
        Optional("maximumAmountAutoPurchasePerPeriod", Amount),
        Optional("cost", AnyText),
        Optional("details", PlanDetails),
        Optional("highlightedDetails", PlanDetails),
        Optional("quote", new ListOf(Open(Required("line", AnyText), Required("amount", AnyText)))),
        Optional("requiredPolicies", new ListOf(Open(
            Required("id", AnyText), Required("name", AnyText), Required("url", AnyText)))),
        Optional("effectiveDate", Moment),
        Optional("disabled", AnyFlag));

    private static readonly Schema Notification = new Schema.Nullable(Open(
        Required("level", Choice("info", "warn", "error")),
        Required("title", AtMost(100)),
        Optional("message", AnyText),
        Optional("href", Matching("^https?://|^sso:"))));

    private static readonly Schema Secrets = new ListOf(Open(
        Required("name", NonEmpty),
        Required("value", NonEmpty),
        Optional("prefix", AnyText),
        Optional("environmentOverrides", Open(
            Optional("development", AnyText),
            Optional("preview", AnyText),
            Optional("production", AnyText)))));

    /// <summary>B.1, every answer with a body but that of Delete Installation.</summary>
    public static readonly Schema Installation = Open(
        Optional("billingPlan", BillingPlan),
        Optional("notification", Notification));

    /// <summary>B.1 <c>DELETE /v1/installations/{id}</c>.</summary>
    public static readonly Schema DeletedInstallation = Open(Optional("finalized", AnyFlag));

    /// <summary>C.2.</summary>
    public static readonly Fields Resource = Open(
        Required("id", NonEmpty),
        Required("productId", AnyText),
        Required("name", AnyText),
        Required("metadata", SharedSchemas.Metadata),
        Required("status", SharedSchemas.ResourceStatus),
        Optional("billingPlan", BillingPlan),
        Optional("notification", Notification),
        Optional("protocolSettings", Open(
            Optional("experimentation", Open(
                Optional("edgeConfigSyncingEnabled", AnyFlag),
                Optional("edgeConfigId", AnyText),
                Optional("edgeConfigTokenId", AnyText))))));

    /// <summary>B.0 <c>GET …/resources</c>, deprecated.</summary>
    public static readonly Schema Resources = Open(Required("resources", new ListOf(Resource)));

    /// <summary>B.2 <c>POST …/resources</c>: the only answer about a resource that carries secrets.</summary>
    public static readonly Schema ProvisionedResource = Open([.. Resource.Named, Required("secrets", Secrets)]);

    /// <summary>B.3, all three lists.</summary>
    public static readonly Schema Plans = Open(Required("plans", new ListOf(BillingPlan)));

    /// <summary>B.4: new totals.</summary>
    public static readonly Schema Balances = Open(
        Required("timestamp", Moment),
        Required("balances", new ListOf(Open(
            Required("currencyValueInCents", AnyNumber),
            Optional("resourceId", AnyText),
            Optional("credit", AnyText),
            Optional("nameLabel", AnyText)))));

    /// <summary>E.7.</summary>
    public static readonly Schema RotatedSecrets = Either(
        Open(Required("sync", new Flag(Only: false))),
        Open(Required("sync", new Flag(Only: true)), Required("secrets", Secrets), Optional("partial", AnyFlag)));

    /// <summary>B.5, the answer to a request for a transfer.</summary>
    public static readonly Schema TransferRequest = Open(Required("providerClaimId", NonEmpty));

    /// <summary>B.5 <c>verify</c>; the plan only where the target's own is not enough.</summary>
    public static readonly Schema VerifiedTransfer = Open(Optional("newBillingPlan", BillingPlan));

    private static readonly Schema ReplTexts = new ListOf(Open(
        Required("type", Choice("text")),
        Required("text", AnyText),
        Optional("color", AnyText),
        Optional("bold", AnyFlag),
        Optional("italic", AnyFlag),
        Optional("href", AnyText)));

    /// <summary>B.2 <c>POST …/repl</c>.</summary>
    public static readonly Schema ReplBlocks = new ListOf(Either(
        Open(Required("type", Choice("paragraph")), Required("children", ReplTexts)),
        Open(Required("type", Choice("table")), Optional("header", ReplTexts), Required("rows", new ListOf(ReplTexts)))));

    /// <summary>B.0, the body of every refusal.</summary>
    public static readonly Schema Error = Open(
        Required("error", Open(
            Required("code", NonEmpty),
            Required("message", NonEmpty),
            Optional("user", Open(Optional("message", AnyText), Optional("url", AnyText))),
            Optional("fields", new ListOf(Open(Required("key", AnyText), Optional("message", AnyText)))))));
}
