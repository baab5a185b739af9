using static Marketplace.Simulator.Schemas.Field;
using static Marketplace.Simulator.Schemas.Schema;

namespace Marketplace.Simulator.Schemas;

/// <summary>
/// The request bodies of Vercel's API, as strict as it is: an unknown field is refused except inside a plan, metadata and extras.
/// Source: contract §D.
/// </summary>
internal static class VercelApiSchemas
{
    private static readonly Schema PlanDetails = new ListOf(Closed(Required("label", AnyText), Optional("value", AnyText)));

    /// <summary>Contract §C.1: on this side only the identity is required, and further properties pass.</summary>
    private static readonly Schema BillingPlan = Open(
        Required("id", AnyText),
        Required("type", SharedSchemas.PlanType),
        Required("name", AnyText),
        Optional("description", AnyText),
        Optional("paymentMethodRequired", AnyFlag),
        Optional("cost", AnyText),
        Optional("details", PlanDetails),
        Optional("highlightedDetails", PlanDetails),
        Optional("effectiveDate", Moment));

    private static readonly Schema Secrets = new ListOf(Closed(
        Required("name", AnyText),
        Required("value", AnyText),
        Optional("prefix", AnyText),
        Optional("environmentOverrides", Open(
            Optional("development", AnyText),
            Optional("preview", AnyText),
            Optional("production", AnyText)))));

    private static readonly Schema CustomClaims = Closed(
        Optional("roles", new ListOf(AtMost(32), CountMax: 32)),
        Optional("defaultRole", AtMost(32)),
        Optional("claimRules", new ListOf(Closed(
            Optional("when", Closed(
                Optional("role", new ListOf(AtMost(32), CountMin: 1, CountMax: 32)),
                Optional("environment", new ListOf(AnyText, CountMin: 1, CountMax: 32)))),
            Required("claims", new MapOf(new Schema.Nullable(Either(AnyText, AnyNumber, AnyFlag))))))));

    private static readonly Schema Period = Closed(Required("start", Moment), Required("end", Moment));

    private static readonly Schema Items = new ListOf(Closed(
        Optional("resourceId", AnyText),
        Required("billingPlanId", AnyText),
        Optional("start", Moment),
        Optional("end", Moment),
        Required("name", AnyText),
        Optional("details", AnyText),
        Required("price", Amount),
        Required("quantity", AnyNumber),
        Required("units", AnyText),
        Required("total", Amount)));

    private static readonly Schema Discounts = new ListOf(Closed(
        Optional("resourceId", AnyText),
        Required("billingPlanId", AnyText),
        Optional("start", Moment),
        Optional("end", Moment),
        Required("name", AnyText),
        Optional("details", AnyText),
        Required("amount", Amount)));

    /// <summary>D.1 <c>PATCH /v1/installations/{id}</c>.</summary>
    public static readonly Schema UpdateInstallation = Closed(
        Optional("status", SharedSchemas.ResourceStatus),
        Optional("externalId", AnyText),
        Optional("billingPlan", BillingPlan),
        Optional("notification", new Schema.Nullable(SharedSchemas.Notification)));

    /// <summary>D.3 <c>POST …/credentials/rotate</c>.</summary>
    public static readonly Schema RotateCredentials = Closed(
        Required("client_secret", AtMost(512)),
        Optional("client_id", AnyText));

    /// <summary>D.3 <c>POST …/credentials/revoke</c>.</summary>
    public static readonly Schema RevokeCredentials = Closed(
        Required("token", AtMost(512)),
        Required("client_secret", AtMost(512)),
        Optional("client_id", AnyText));

    /// <summary>D.4 <c>POST …/events</c>.</summary>
    public static readonly Schema CreateEvent = Closed(
        Required("event", Either(
            Closed(
                Required("type", Choice("installation.updated")),
                Optional("billingPlanId", AnyText)),
            Closed(
                Required("type", Choice("resource.updated")),
                Optional("productId", AnyText),
                Required("resourceId", AnyText)))));

    /// <summary>D.5 <c>PUT …/resources/{resourceId}</c>.</summary>
    public static readonly Schema ImportResource = Closed(
        Optional("ownership", Choice("owned", "linked", "sandbox")),
        Required("productId", AnyText),
        Required("name", AnyText),
        Required("status", SharedSchemas.ResourceStatus),
        Optional("metadata", Open()),
        Optional("billingPlan", BillingPlan),
        Optional("notification", SharedSchemas.Notification),
        Optional("extras", Open()),
        Optional("secrets", Secrets),
        Optional("customClaims", CustomClaims));

    /// <summary>D.6 <c>PUT …/resources/{resourceId}/secrets</c>.</summary>
    public static readonly Schema UpdateSecrets = Closed(
        Required("secrets", Secrets),
        Optional("partial", AnyFlag));

    /// <summary>D.5 <c>PATCH …/resources/{resourceId}</c>.</summary>
    public static readonly Schema UpdateResource = Closed(
        Optional("ownership", Choice("owned", "linked", "sandbox")),
        Optional("name", AnyText),
        Optional("status", SharedSchemas.ResourceStatus),
        Optional("metadata", Open()),
        Optional("billingPlan", BillingPlan),
        Optional("notification", new Schema.Nullable(SharedSchemas.Notification)),
        Optional("extras", Open()),
        Optional("secrets", Either(Secrets, UpdateSecrets)),
        Optional("customClaims", CustomClaims));

    /// <summary>D.7 <c>POST …/billing</c>.</summary>
    public static readonly Schema SubmitBilling = Closed(
        Required("timestamp", Moment),
        Required("eod", Moment),
        Required("period", Period),
        Required("billing", Either(
            Items,
            Open(Required("items", Items), Optional("discounts", Discounts)))),
        Required("usage", new ListOf(Closed(
            Optional("resourceId", AnyText),
            Required("name", AnyText),
            Required("type", Choice("total", "interval", "rate")),
            Required("units", AnyText),
            Required("dayValue", AnyNumber),
            Required("periodValue", AnyNumber),
            Optional("planValue", AnyNumber)))));

    /// <summary>D.8 <c>POST …/billing/invoices</c>.</summary>
    public static readonly Schema SubmitInvoice = Closed(
        Optional("externalId", AnyText),
        Required("invoiceDate", Moment),
        Optional("memo", AnyText),
        Required("period", Period),
        Required("items", Items),
        Optional("discounts", Discounts),
        Optional("test", Closed(
            Optional("validate", AnyFlag),
            Optional("result", Choice("paid", "notpaid", "overdue")))),
        Optional("final", AnyFlag));

    /// <summary>D.8 <c>POST …/billing/invoices/{invoiceId}/actions</c>.</summary>
    public static readonly Schema InvoiceAction = Closed(
        Required("action", Choice("refund")),
        Required("reason", AnyText),
        Required("total", Amount));

    /// <summary>D.9 <c>POST …/billing/balance</c>.</summary>
    public static readonly Schema SubmitBalances = Closed(
        Required("timestamp", Moment),
        Required("balances", new ListOf(Closed(
            Optional("resourceId", AnyText),
            Optional("credit", AnyText),
            Optional("nameLabel", AnyText),
            Required("currencyValueInCents", AnyNumber)))));

    /// <summary>D.13 <c>POST /v2/oauth/access_token</c>, as a form. Unknown fields pass, as in every exchange of OAuth.</summary>
    public static readonly Schema ExchangeConnection = Open(
        Required("code", AnyText),
        Required("client_id", AnyText),
        Required("client_secret", AnyText),
        Required("redirect_uri", AnyText));

    /// <summary>D.10, as JSON or as a form. Unknown fields pass, as in every exchange of OAuth.</summary>
    public static readonly Schema ExchangeSignOn = Either(
        Open(
            Required("code", AnyText),
            Optional("state", AnyText),
            Required("client_id", AnyText),
            Required("client_secret", AnyText),
            Optional("redirect_uri", AnyText),
            Required("grant_type", Choice("authorization_code"))),
        Open(
            Required("refresh_token", AnyText),
            Required("client_id", AnyText),
            Required("client_secret", AnyText),
            Required("grant_type", Choice("refresh_token"))));
}
