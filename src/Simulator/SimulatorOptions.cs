namespace Marketplace.Simulator;

/// <summary>How one simulator is set up. The provider's addresses may also be set once it runs.</summary>
public sealed record SimulatorOptions
{
    /// <summary>Where to listen; port 0 takes one that is free.</summary>
    public string Urls { get; init; } = "http://127.0.0.1:0";

    /// <summary>The <c>oac_…</c> of the integration: audience of tokens and OAuth client id.</summary>
    public string IntegrationId { get; init; } = "oac_simulated";

    /// <summary>Signs webhooks and proves the provider in the exchange of codes.</summary>
    public string ClientSecret { get; init; } = "simulated-client-secret";

    public string Slug { get; init; } = "acme";

    /// <summary>The provider's base URL, to which every path of the Partner API is appended.</summary>
    public Uri? Provider { get; init; }

    /// <summary>Where webhooks go. Without it, they are kept as undelivered.</summary>
    public Uri? Webhook { get; init; }

    /// <summary>The Redirect Login URL: where a browser arrives by single sign-on.</summary>
    public Uri? RedirectLogin { get; init; }

    /// <summary>The Import Resource URL: where a customer chooses what the provider has for him already.</summary>
    public Uri? ImportResource { get; init; }

    /// <summary>The redirect URL of a connectable account: where a browser arrives with the code of its consent.</summary>
    public Uri? ConnectAccount { get; init; }

    /// <summary>Where everything is kept between runs; without it, nothing is.</summary>
    public string? StateFile { get; init; }

    /// <summary>The time at the first start; real time when absent. Later starts go on where the state file ended.</summary>
    public DateTimeOffset? Now { get; init; }

    /// <summary>Whether time stands still until it is advanced, rather than running at real speed.</summary>
    public bool Paused { get; init; } = true;

    /// <summary>From the submission of an invoice to the first attempt to charge it.</summary>
    public TimeSpan InvoicePaidAfter { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Vercel as it was before the summer of 2026: a config of experiments is an Edge Config, and has that path only.</summary>
    public bool KnowsEdgeConfigOnly { get; init; }

    /// <summary>In real time: how long one step of the clock waits for those who follow it.</summary>
    public TimeSpan StepTimeout { get; init; } = TimeSpan.FromSeconds(60);

    public override string ToString() => $"Simulator of {IntegrationId} on {Urls}";
}
