using System.Collections.Immutable;

namespace Marketplace.Simulator.IntegrationConsole;

/// <summary>
/// What a provider has entered in Vercel's Integration Console: who the integration is, where its addresses are, what it sells.
/// It is read from one file (<see cref="SettingsFile"/>), in which every field may be left out.
/// </summary>
internal sealed record IntegrationSettings
{
    /// <summary>The <c>oac_…</c> of the integration.</summary>
    public string? IntegrationId { get; init; }

    /// <summary>Signs webhooks, and proves the provider. It is in no answer, page or message.</summary>
    public string? ClientSecret { get; init; }

    /// <summary>By which the integration is known in addresses, such as <c>/sso/integrations/{slug}/…</c>.</summary>
    public string? Slug { get; init; }

    /// <summary>To which every path of the Partner API is appended; it may have a path of its own.</summary>
    public Uri? BaseUrl { get; init; }

    /// <summary>Where webhooks go.</summary>
    public Uri? WebhookUrl { get; init; }

    /// <summary>Where a browser arrives by single sign-on. Source: contract §E.8.</summary>
    public Uri? RedirectLoginUrl { get; init; }

    /// <summary>
    /// Where a browser begins at the provider that is to sign on by Vercel; <c>{{installationId}}</c> stands for the installation.
    /// Source: contract §E.9.
    /// </summary>
    public string? SignOnStart { get; init; }

    /// <summary>Where a customer chooses what the provider has for him already. Source: contract §E.10.</summary>
    public Uri? ImportResourceUrl { get; init; }

    /// <summary>Of connectable accounts: where a browser arrives with the code of its consent.</summary>
    public Uri? RedirectUrl { get; init; }

    /// <summary>What a customer accepts when he installs.</summary>
    public ImmutableList<ConsolePolicy> Policies { get; init; } = [];

    public ImmutableList<ConsoleProduct> Products { get; init; } = [];

    public override string ToString() => $"Settings of {IntegrationId ?? "an integration"} with {Products.Count} products";
}

/// <summary>One document that a customer accepts, such as the terms of service.</summary>
/// <param name="Id">The key in <c>acceptedPolicies</c>. Source: contract §B.1.</param>
internal sealed record ConsolePolicy(string Id, string Name, Uri Url);
