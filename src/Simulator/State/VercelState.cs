using System.Collections.Immutable;
using Marketplace.Simulator.Connections;
using Marketplace.Simulator.Dashboard;
using Marketplace.Simulator.Deployments;
using Marketplace.Simulator.Events;
using Marketplace.Simulator.Imports;
using Marketplace.Simulator.Installations;
using Marketplace.Simulator.Resources;
using Marketplace.Simulator.SignOn;
using Marketplace.Simulator.Webhooks;

namespace Marketplace.Simulator.State;

/// <summary>Everything that Vercel knows of one integration. One value, replaced as a whole, so that each decision is atomic.</summary>
internal sealed record VercelState
{
    public ClockReading? Clock { get; init; }

    public Identifiers Identifiers { get; init; } = Identifiers.From(seed: null);

    public ImmutableList<KeptSigningKey> SigningKeys { get; init; } = [];

    public ImmutableSortedDictionary<string, Team> Teams { get; init; } = Sorted<Team>();

    public ImmutableSortedDictionary<string, Installation> Installations { get; init; } = Sorted<Installation>();

    public ImmutableSortedDictionary<string, Deployment> Deployments { get; init; } = Sorted<Deployment>();

    /// <summary>What integrations want of every deployment of a project.</summary>
    public ImmutableList<ProjectCheck> ProjectChecks { get; init; } = [];

    /// <summary>Of the last month.</summary>
    public ImmutableList<TransferOffer> TransferOffers { get; init; } = [];

    public ImmutableList<Webhook> Webhooks { get; init; } = [];

    /// <summary>Webhooks collect until somebody lets them go.</summary>
    public bool HoldsWebhooks { get; init; }

    /// <summary>What a provider's event asked to be read again.</summary>
    public ImmutableList<Reread> Rereads { get; init; } = [];

    /// <summary>Codes of browsers that are on their way to the provider, and those that were used a while ago.</summary>
    public ImmutableList<SignOnCode> SignOnCodes { get; init; } = [];

    public ImmutableList<SignOnRefresh> SignOnRefreshes { get; init; } = [];

    /// <summary>Codes of customers who have consented to connect their account.</summary>
    public ImmutableList<ConnectionCode> ConnectionCodes { get; init; } = [];

    public ImmutableList<ImportVisit> Imports { get; init; } = [];

    public ImmutableList<Finding> Findings { get; init; } = [];

    /// <summary>The one that an account has of a kind, until it is uninstalled.</summary>
    public Installation? ActiveOf(string accountId, InstallationKind kind) =>
        Installations.Values.FirstOrDefault(installation =>
            installation.AccountId == accountId && installation.Kind == kind && installation.Stage == InstallationStage.Installed);

    public VercelState With(Installation installation) =>
        this with { Installations = Installations.SetItem(installation.Id, installation) };

    public VercelState With(Team team) => this with { Teams = Teams.SetItem(team.AccountId, team) };

    public VercelState With(Deployment deployment) =>
        this with { Deployments = Deployments.SetItem(deployment.Id, deployment) };

    /// <summary>Adds an offer, or replaces it. What was offered more than a month before is forgotten.</summary>
    public VercelState With(TransferOffer offer) => this with
    {
        TransferOffers = TransferOffers
            .RemoveAll(old => old.ClaimId == offer.ClaimId || old.OfferedAt < offer.OfferedAt.AddDays(-31))
            .Add(offer),
    };

    public VercelState Add(params IEnumerable<Finding> findings) => this with { Findings = Findings.AddRange(findings) };

    /// <summary>A new id of the kind, for something that belongs to the subject. Source of the subject's parts: whatever is the same at every run.</summary>
    public (VercelState Next, Identity Identity) Identify(string kind, params string[] subject)
    {
        var (next, identity) = Identifiers.Give(kind, subject);
        return (this with { Identifiers = next }, identity);
    }

    /// <summary>Adds webhooks to send. What was delivered or dropped a month before them is forgotten.</summary>
    public VercelState Send(params IEnumerable<Announcement> announcements)
    {
        var next = announcements.Aggregate(this, (state, announced) =>
        {
            var (identified, identity) = state.Identify("evt", [announced.Type, .. announced.Subject]);
            return identified with { Webhooks = identified.Webhooks.Add(Webhook.Of(announced, identity.Id)) };
        });
        return ReferenceEquals(next, this)
            ? this
            : next with
            {
                Webhooks = next.Webhooks.RemoveAll(old => old.NextAttemptAt is null && old.CreatedAt < next.Webhooks[^1].CreatedAt.AddDays(-31)),
            };
    }

    private static ImmutableSortedDictionary<string, T> Sorted<T>() =>
        ImmutableSortedDictionary.Create<string, T>(StringComparer.Ordinal);
}

/// <summary>A signing key in the state file.</summary>
internal sealed record KeptSigningKey(string KeyId, string Pkcs8)
{
    public override string ToString() => $"SigningKey {KeyId}";
}

/// <summary>The clock in the state file: where it stands, or how far ahead of real time it runs.</summary>
internal sealed record ClockReading(DateTimeOffset Now, DateTimeOffset ReadAt, bool IsPaused, double Speed = 1);

/// <summary>Something that is not as the contract says, although no answer could refuse it.</summary>
/// <param name="Subject">The call or thing that it is about.</param>
internal sealed record Finding(DateTimeOffset At, string Subject, string Text)
{
    public override string ToString() => $"{Subject}: {Text}";
}
