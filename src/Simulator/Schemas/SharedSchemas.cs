using static Marketplace.Simulator.Schemas.Field;
using static Marketplace.Simulator.Schemas.Schema;

namespace Marketplace.Simulator.Schemas;

/// <summary>Shapes that both directions use. Source: contract §C.</summary>
internal static class SharedSchemas
{
    public static readonly Schema ResourceStatus =
        Choice("ready", "pending", "onboarding", "suspended", "resumed", "uninstalled", "error");

    public static readonly Schema PlanType = Choice("prepayment", "subscription");

    public static readonly Schema.Text Link = new() { Form = TextForm.Uri, Pattern = "^https?://|^sso:" };

    /// <summary>Contract §C.4.</summary>
    public static readonly Schema Notification = Open(
        Required("level", Choice("info", "warn", "error")),
        Required("title", AnyText),
        Optional("message", AnyText),
        Optional("href", Link));

    /// <summary>Contract §C.2: what a metadata value may be.</summary>
    public static readonly Schema Metadata = new MapOf(
        Either(AnyText, AnyNumber, AnyFlag, new ListOf(AnyText), new ListOf(AnyNumber)));
}
