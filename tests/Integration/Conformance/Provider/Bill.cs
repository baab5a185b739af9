using System.Text.Json.Nodes;

namespace Marketplace.Integration.Conformance.Provider;

/// <summary>An invoice, from the time that it is due until it is settled.</summary>
/// <param name="Id">Always the same for the same period, so that it cannot be sent as two.</param>
/// <param name="IsLast">The customer has uninstalled, and nothing comes after it.</param>
internal sealed class Bill(string id, DateTimeOffset from, DateTimeOffset until, JsonArray lines, bool isLast)
{
    public string Id => id;

    public bool IsLast => isLast;

    /// <summary>How often it was sent.</summary>
    public int Attempts { get; set; }

    /// <summary>Vercel has it, under <see cref="InvoiceId"/> once that is known.</summary>
    public bool IsSent { get; set; }

    public string? InvoiceId { get; set; }

    /// <summary>Vercel has refused it; only a person can help.</summary>
    public bool IsRefused { get; set; }

    /// <summary>As Vercel said last.</summary>
    public string State { get; set; } = "";

    public bool IsSettled => IsRefused || State is "paid" or "overdue" or "refunded";

    public bool IsUnpaid => State is "notpaid" or "overdue";

    public JsonObject ToJson(string externalId)
    {
        var json = new JsonObject
        {
            ["externalId"] = externalId,
            ["invoiceDate"] = Bookkeeper.Text(until.AddSeconds(-1) > from ? until.AddSeconds(-1) : from),
            ["period"] = Bookkeeper.Period(from, until),
            ["items"] = lines.DeepClone(),
        };
        if (isLast)
        {
            json["final"] = true;
        }

        return json;
    }
}
