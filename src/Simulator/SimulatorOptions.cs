using System.Collections.Immutable;
using Marketplace.Simulator.IntegrationConsole;

namespace Marketplace.Simulator;

/// <summary>How one simulator is set up. The provider's addresses may also be set once it runs.</summary>
public sealed record SimulatorOptions
{
    /// <summary>Where to listen; port 0 takes one that is free.</summary>
    public string Urls { get; init; } = "http://127.0.0.1:0";

    /// <summary>By which the provider reaches it, where that is not the address that it listens on: in a container, the name of the container.</summary>
    public Uri? PublicUrl { get; init; }

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

    /// <summary>Where a person begins at the provider who is to sign on by Vercel; <c>{{installationId}}</c> stands for the installation.</summary>
    public string? SignOnStart { get; init; }

    /// <summary>The Import Resource URL: where a customer chooses what the provider has for him already.</summary>
    public Uri? ImportResource { get; init; }

    /// <summary>The redirect URL of a connectable account: where a browser arrives with the code of its consent.</summary>
    public Uri? ConnectAccount { get; init; }

    /// <summary>What a customer accepts when he installs; an <c>eula</c> and a <c>privacy</c> where none is known.</summary>
    internal ImmutableList<ConsolePolicy> Policies { get; init; } = [];

    /// <summary>What the integration sells, as far as it is known. A product that is not here can be provisioned all the same.</summary>
    internal ImmutableList<ConsoleProduct> Products { get; init; } = [];

    /// <summary>Where everything is kept between runs; without it, nothing is.</summary>
    public string? StateFile { get; init; }

    /// <summary>
    /// Fixes every id, token, code and Idempotency-Key: the same deeds get the same ones at every run, and what belongs to other teams
    /// changes nothing. A team's own come from the name that it is made under. All are by chance when absent; signing keys always are.
    /// </summary>
    public long? Seed { get; init; }

    /// <summary>When time begins with a seed, unless <see cref="Now"/> says otherwise: at the beginning of a month of 31 days.</summary>
    public static readonly DateTimeOffset SeededStart = new(2027, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The time at the first start; real time when absent, but see <see cref="Seed"/>. Later starts go on where the state file ended.</summary>
    public DateTimeOffset? Now { get; init; }

    /// <summary>Whether time stands still until it is advanced, rather than running at real speed.</summary>
    public bool Paused { get; init; } = true;

    /// <summary>How many times as fast as real time it runs while it is not paused; from 1 on.</summary>
    public double Speed { get; init; } = 1;

    /// <summary>From the submission of an invoice to the first attempt to charge it.</summary>
    public TimeSpan InvoicePaidAfter { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Vercel as it was before the summer of 2026: a config of experiments is an Edge Config, and has that path only.</summary>
    public bool KnowsEdgeConfigOnly { get; init; }

    /// <summary>In real time: how long one step of the clock waits for those who follow it.</summary>
    public TimeSpan StepTimeout { get; init; } = TimeSpan.FromSeconds(60);

    internal ConsoleProduct? Product(string id) => Products.Find(product => product.Id == id);

    /// <summary>The same with what the settings say; what they leave out stays as it is.</summary>
    internal SimulatorOptions With(IntegrationSettings settings) => this with
    {
        IntegrationId = settings.IntegrationId ?? IntegrationId,
        ClientSecret = settings.ClientSecret ?? ClientSecret,
        Slug = settings.Slug ?? Slug,
        Provider = settings.BaseUrl ?? Provider,
        Webhook = settings.WebhookUrl ?? Webhook,
        RedirectLogin = settings.RedirectLoginUrl ?? RedirectLogin,
        SignOnStart = settings.SignOnStart ?? SignOnStart,
        ImportResource = settings.ImportResourceUrl ?? ImportResource,
        ConnectAccount = settings.RedirectUrl ?? ConnectAccount,
        Policies = settings.Policies.IsEmpty ? Policies : settings.Policies,
        Products = settings.Products.IsEmpty ? Products : settings.Products,
    };

    public override string ToString() => $"Simulator of {IntegrationId} on {Urls}";
}
