using LanguageExt;
using Marketplace.Core.Installations;
using Marketplace.Core.Resources;

namespace Marketplace.Core.Transfers;

/// <summary>Resources that change from one installation to another, whoever claims them first. Source: contract §B.5, §E.11.</summary>
public abstract record Transfer(TransferOffer Offer)
{
    /// <summary>Anybody with the claim may look; nobody has it yet. Past its time it stays offered, and everybody is refused.</summary>
    /// <param name="Quotes">The new plan that each target was shown, where its own would not do.</param>
    public sealed record Offered(TransferOffer Offer, HashMap<InstallationId, ShownPlan> Quotes) : Transfer(Offer);

    /// <summary>Handed over, once and for all.</summary>
    public sealed record Accepted(TransferOffer Offer, InstallationId Target, DateTimeOffset AcceptedAt) : Transfer(Offer);
}

/// <summary>What is offered, and until when; it never changes.</summary>
/// <param name="Resources">At least one, each once.</param>
/// <param name="ExpiresAt">From this moment on nobody can claim it.</param>
public sealed record TransferOffer(
    ClaimId Id, InstallationId Source, Seq<ResourceId> Resources, DateTimeOffset OfferedAt, DateTimeOffset ExpiresAt);
