using LanguageExt;

namespace Marketplace.Shell.Telemetry;

/// <summary>What waited at a moment.</summary>
/// <param name="At">Business time, like everything that is due.</param>
/// <param name="Billing">Installations whose work is due, by work: of <c>usage</c>, those with an hour that is still to be told;
/// of <c>finalization</c>, since when the first of the uninstalls that are not final was asked for.</param>
/// <param name="Outbox">Messages to Vercel that are due, or wait for a token, by kind.</param>
/// <param name="DeadMessages">Those that were given up.</param>
/// <param name="Events">For the provider's backend, by state.</param>
/// <param name="Webhooks">By state.</param>
/// <param name="Operations">Open ones, by kind.</param>
/// <param name="Invoices">Those that are not settled, by state.</param>
/// <param name="FailingJobs">Runs of each job that have failed since it last ended well, and the first of them.</param>
internal sealed record StoreReading(
    DateTimeOffset At, Seq<Waiting> Billing, Seq<Waiting> Outbox, Seq<Waiting> DeadMessages, Seq<Waiting> Events, Seq<Waiting> Webhooks,
    Seq<Waiting> Operations, Seq<Waiting> Invoices, Seq<Waiting> FailingJobs)
{
    /// <summary>Hours of all installations that Vercel should have heard of, and has not.</summary>
    public required long SlotsDue { get; init; }
}

/// <param name="Since">When the oldest of them was due, or came; null where there is none, or nobody asks.</param>
internal sealed record Waiting(string Kind, long Count, DateTimeOffset? Since);
