using System.Text.Json.Nodes;

namespace Marketplace.Integration.Simulator;

/// <summary>Request bodies that Vercel accepts; a test bends one thing in them.</summary>
internal static class Bodies
{
    public const string PeriodStart = "2027-01-01T00:00:00Z";
    public const string PeriodEnd = "2027-02-01T00:00:00Z";

    public static JsonObject Billing(DateTimeOffset now, string? resourceId = null) => new()
    {
        ["timestamp"] = now.ToString("O"),
        ["eod"] = now.AddMilliseconds(-1).UtcDateTime.Date.AddDays(1).AddSeconds(-1).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'"),
        ["period"] = new JsonObject { ["start"] = PeriodStart, ["end"] = PeriodEnd },
        ["billing"] = new JsonArray(Item(resourceId)),
        ["usage"] = new JsonArray(new JsonObject
        {
            ["name"] = "Transactions",
            ["type"] = "interval",
            ["units"] = "transactions",
            ["dayValue"] = 10,
            ["periodValue"] = 20,
        }),
    };

    public static JsonObject Item(string? resourceId = null, string plan = "pro", string name = "Base fee")
    {
        var item = new JsonObject
        {
            ["billingPlanId"] = plan,
            ["name"] = name,
            ["price"] = "0.25",
            ["quantity"] = 8,
            ["units"] = "hours",
            ["total"] = "2.00",
        };
        if (resourceId is not null)
        {
            item["resourceId"] = resourceId;
        }

        return item;
    }

    public static JsonObject Invoice(string externalId, params JsonObject[] items) => new()
    {
        ["externalId"] = externalId,
        ["invoiceDate"] = "2027-01-31T23:59:59Z",
        ["period"] = new JsonObject { ["start"] = PeriodStart, ["end"] = PeriodEnd },
        ["items"] = new JsonArray([.. items]),
    };
}
