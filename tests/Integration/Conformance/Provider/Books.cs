using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace Marketplace.Integration.Conformance.Provider;

/// <summary>Everything that the provider knows. Whoever reads or writes holds <see cref="Gate"/>, and calls nobody meanwhile.</summary>
internal sealed class Books
{
    public Lock Gate { get; } = new();

    public Dictionary<string, Installation> Installations { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, Resource> Resources { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, Offer> Offers { get; } = new(StringComparer.Ordinal);

    public static string NewId(string kind) => $"{kind}_{RandomNumberGenerator.GetHexString(20, lowercase: true)}";

    public IEnumerable<Resource> Of(Installation installation) =>
        Resources.Values.Where(resource => resource.Owner == installation && resource.Status != "uninstalled");
}

/// <summary>A customer.</summary>
internal sealed class Installation(string id, DateTimeOffset installedAt)
{
    public string Id { get; } = id;

    public DateTimeOffset InstalledAt { get; } = installedAt;

    /// <summary>With which Vercel's API is called for it.</summary>
    public string Token { get; set; } = "";

    /// <summary>Of all its resources that have none of their own.</summary>
    public Plan? Plan { get; set; }

    public JsonObject? Notification { get; set; }

    /// <summary>When the customer uninstalled.</summary>
    public DateTimeOffset? LeavingSince { get; set; }

    /// <summary>Vercel has closed it, and its token is dead.</summary>
    public bool IsGone { get; set; }

    public Meter Meter { get; } = new();

    public List<Bill> Bills { get; } = [];

    /// <summary>The invoices of purchases that were credited.</summary>
    public HashSet<string> Purchases { get; } = new(StringComparer.Ordinal);

    /// <summary>The last hour that billing data was sent for.</summary>
    public DateTimeOffset ReportedAt { get; set; } = installedAt;

    /// <summary>What is on the plan of all costs once, whatever it is.</summary>
    public void Take(Plan plan, DateTimeOffset now)
    {
        Plan = plan;
        Meter.Begin(resourceId: null, plan, [], now);
    }

    public JsonObject ToJson(ProviderSettings settings)
    {
        var json = new JsonObject { ["notification"] = Notification?.DeepClone() };
        if (Plan is not null)
        {
            json["billingPlan"] = Plan.ToJson([], settings);
        }

        return json;
    }
}

/// <summary>A shelf of a customer. Whoever knows one of its secrets can open it.</summary>
internal sealed class Resource(string id, Installation owner)
{
    public string Id { get; } = id;

    /// <summary>Who has it now.</summary>
    public Installation Owner { get; set; } = owner;

    public Installation FirstOwner { get; } = owner;

    public required string Name { get; set; }

    public required JsonObject Metadata { get; set; }

    /// <summary>Its own plan; none where the plan of the installation covers it.</summary>
    public Plan? Plan { get; set; }

    /// <summary>As the contract spells it, §C.2.</summary>
    public string Status { get; set; } = "ready";

    /// <summary>In real time.</summary>
    public Stopwatch Age { get; } = Stopwatch.StartNew();

    public JsonObject? Notification { get; set; }

    /// <summary>In dollars.</summary>
    public decimal Credit { get; set; }

    public List<Secret> Secrets { get; } = [];

    public SortedDictionary<string, string> Values { get; } = new(StringComparer.Ordinal);

    public bool Opens(string secret, DateTimeOffset now) =>
        Secrets.Exists(one => one.Value == secret && (one.DiesAt is not { } end || now < end));

    public Secret NewSecret()
    {
        var secret = new Secret(Books.NewId("key"));
        Secrets.Add(secret);
        return secret;
    }

    /// <summary>Puts a plan in force: of this resource alone, or of all that the customer has.</summary>
    public void Take(Plan plan, DateTimeOffset now)
    {
        Plan = plan.IsForAll ? null : plan;
        if (plan.IsForAll)
        {
            Owner.Meter.End(Id, now);
            Owner.Take(plan, now);
        }
        else
        {
            Owner.Meter.Begin(Id, plan, Metadata, now);
        }
    }

    public JsonObject ToJson(ProviderSettings settings) => new()
    {
        ["id"] = Id,
        ["productId"] = Shop.Product,
        ["name"] = Name,
        ["metadata"] = Metadata.DeepClone(),
        ["status"] = Status,
        ["billingPlan"] = (Plan ?? Owner.Plan)?.ToJson(Metadata, settings),
        ["notification"] = Notification?.DeepClone(),
    };

    public JsonArray Show(Secret secret, Uri address) =>
    [
        new JsonObject { ["name"] = "SHELF_URL", ["value"] = new Uri(address, $"/r/{Id}").ToString() },
        new JsonObject { ["name"] = "SHELF_KEY", ["value"] = secret.Value },
    ];
}

/// <summary>Opens one resource, until it dies.</summary>
internal sealed class Secret(string value)
{
    public string Value => value;

    public DateTimeOffset? DiesAt { get; set; }

    public override string ToString() => nameof(Secret);
}

/// <summary>Resources that somebody may claim. Source: contract §B.5.</summary>
internal sealed record Offer(Installation Source, IReadOnlyList<Resource> Resources, DateTimeOffset ExpiresAt)
{
    public Installation? Winner { get; set; }
}
