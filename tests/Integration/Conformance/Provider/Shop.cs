using System.Text.Json.Nodes;

namespace Marketplace.Integration.Conformance.Provider;

/// <summary>How something is paid. Source: contract §C.1.</summary>
/// <param name="Price">For one hour, small or large.</param>
internal sealed record Plan(string Id, string Name, bool IsPrepaid, bool IsForAll, decimal Price, decimal LargePrice)
{
    public bool IsFree => Price == 0;

    public decimal PriceOf(JsonObject metadata) => Shop.IsLarge(metadata) ? LargePrice : Price;

    public JsonObject ToJson(JsonObject metadata, ProviderSettings settings)
    {
        var json = new JsonObject
        {
            ["id"] = Id,
            ["type"] = IsPrepaid ? "prepayment" : "subscription",
            ["name"] = Name,
            ["description"] = IsFree ? "To try it out." : IsPrepaid ? "A cent of credit for each write." : "By the hour, at the end of the month.",
            ["scope"] = IsForAll ? "installation" : "resource",
            ["cost"] = IsFree ? "Free" : $"${PriceOf(metadata)}/hour",
        };
        if (IsPrepaid)
        {
            json["minimumAmount"] = settings.Breaks(Breakage.WritesAmountsAsNumbers) ? 5 : "5.00";
            json["maximumAmount"] = "500.00";
            if (settings.Is(Oddity.SellsLittleAtOnce))
            {
                json.Remove("minimumAmount");
                json["maximumAmount"] = "6.00";
            }
        }
        else
        {
            json["paymentMethodRequired"] = !IsFree;
        }

        return json;
    }
}

/// <summary>What is sold: a shelf on which a customer keeps values under names.</summary>
internal static class Shop
{
    public const string Product = "shelf";

    public static readonly IReadOnlyList<string> Regions = ["iad1", "fra1"];

    public static readonly IReadOnlyList<Plan> Plans =
    [
        new("free", "Free", IsPrepaid: false, IsForAll: false, 0, 0),
        new("hourly", "Hourly", IsPrepaid: false, IsForAll: false, 0.02m, 0.06m),
        new("credit", "Credit", IsPrepaid: true, IsForAll: false, 0.01m, 0.03m),
        new("team", "Team", IsPrepaid: false, IsForAll: true, 0.10m, 0.10m),
        new("company", "Company", IsPrepaid: false, IsForAll: true, 0.50m, 0.50m),
    ];

    /// <summary>As the Integration Console has it. Source: contract §C.5.</summary>
    public const string MetadataSchema = """
        {
          "type": "object",
          "properties": {
            "region": { "type": "string", "ui:control": "vercel-region", "enum": ["iad1", "fra1"], "default": "iad1" },
            "size": {
              "type": "string", "ui:control": "select", "default": "small",
              "ui:options": [{ "label": "Small", "value": "small" }, { "label": "Large", "value": "large" }]
            }
          },
          "required": ["region"]
        }
        """;

    public static Plan? Find(string planId) => Plans.FirstOrDefault(plan => plan.Id == planId);

    public static bool IsLarge(JsonObject metadata) => metadata.Text("size") == "large";

    /// <summary>The plans as they are shown for what the form holds now.</summary>
    public static JsonObject Show(IEnumerable<Plan> plans, JsonObject metadata, ProviderSettings settings)
    {
        JsonObject[] shown = [.. plans.Select(plan => plan.ToJson(metadata, settings))];
        if (settings.Breaks(Breakage.DescribesNoPlan))
        {
            Array.ForEach(shown, plan => plan.Remove("description"));
        }

        return new JsonObject { ["plans"] = new JsonArray([.. shown]) };
    }

    public static void CheckMetadata(Form form, JsonObject metadata)
    {
        if (!Regions.Contains(metadata.Text("region"), StringComparer.Ordinal))
        {
            form.Fault("region", $"must be one of {string.Join(", ", Regions)}");
        }

        if (metadata.ContainsKey("size") && metadata.Text("size") is not ("small" or "large"))
        {
            form.Fault("size", "must be small or large");
        }
    }
}
