using Marketplace.Core.Installations;

namespace Marketplace.Jobs.ProviderEvents;

/// <summary>One claimed event.</summary>
/// <param name="Installation">None of anybody's where it is a test.</param>
/// <param name="Sequence">Order within the installation; of no other event of anybody's.</param>
/// <param name="Data">JSON: what changed, as it was written when it happened.</param>
/// <param name="TriedSince">Business time from which on it has its days: when it happened, or was last replayed.</param>
/// <param name="Attempts">Counting the one that the claim is for; from the beginning again once it was replayed.</param>
/// <param name="Tries">All of them. Whoever claims the event after this claim has run out is known by another number.</param>
public sealed record KeptEvent(
    InstallationId Installation, long Sequence, string Type, DateTimeOffset OccurredAt, string Data, DateTimeOffset TriedSince, int Attempts,
    int Tries)
{
    /// <summary>Whose tests are: installations have names.</summary>
    public static readonly InstallationId Nobody = new("");

    /// <summary>Somebody wants to see whether it arrives: it is tried once, also while nothing else is sent.</summary>
    public bool IsTest => Installation == Nobody;
}
