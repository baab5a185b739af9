using Marketplace.Core.Installations;
using Marketplace.Core.Resources;

namespace Marketplace.Jobs.Outbox;

/// <summary>What kind of thing Vercel must hear. The content is read when it is sent: the newest truth, and no secret at rest twice.</summary>
public enum MessageKind
{
    /// <summary>Status and, when it has any, secrets of a resource (contract §D.5 PATCH): the outcome of a pending provision.</summary>
    ResourceState,

    /// <summary>The whole set of secrets of a resource (contract §D.6): the outcome of an asynchronous rotation.</summary>
    ResourceSecrets,

    /// <summary>
    /// Written with the outcome of a provision, and withdrawn by its answer: where it comes to be sent, the server died between the two.
    /// Does Vercel know the resource? If not, it is undone, so that nothing is held, or billed, that the customer does not have.
    /// </summary>
    ResourceAdoption,

    /// <summary>Status and notification of a resource that Vercel has known for long: a suspension, its end, and what the customer is told.</summary>
    ResourceStatus,

    /// <summary>
    /// All of it but the secrets: the provider has given it another name or another plan (contract §D.5 PATCH), and the event that has Vercel
    /// read what cannot be pushed (§D.4), such as that it has no plan of its own any more.
    /// </summary>
    ResourceFacts,

    /// <summary>
    /// What was made elsewhere and is to be shown at Vercel (contract §D.5 PUT): written with the intent, and withdrawn by Vercel's answer.
    /// Where it comes to be sent, nobody has heard one.
    /// </summary>
    ResourceImport,

    /// <summary>What the customer is told beside an installation (contract §D.1 PATCH).</summary>
    InstallationNotice,

    /// <summary>
    /// Everything that we hold of a resource, once more, because somebody asked for it: status, name, metadata, plan, notification and
    /// secrets (contract §D.5 PATCH), and then the event that has Vercel read what cannot be pushed (§D.4).
    /// </summary>
    ResourceSync,

    /// <summary>The same of a resource that Vercel may not know (any more): it is told of it first (contract §D.5 PUT).</summary>
    ResourceRestore,

    /// <summary>A resource is gone here, and Vercel is to have it no more either (contract §D.5 DELETE).</summary>
    ResourceRemoval,

    /// <summary>What has changed about the flags of a resource, and the config that deployments read (contract §D.11).</summary>
    ResourceExperiments,

    /// <summary>Everything that we hold of an installation, once more: plan and notification (contract §D.1 PATCH), and the event.</summary>
    InstallationSync,
}

/// <summary>One claimed message.</summary>
/// <param name="Sequence">Order within the installation.</param>
/// <param name="Resource">Null where it is about the installation.</param>
/// <param name="Attempts">Counting the one that the claim is for; from the beginning again once it was put off on purpose, or replayed.</param>
/// <param name="Tries">All of them. Whoever claims the message after this claim has run out is known by another number.</param>
public sealed record OutboxMessage(
    InstallationId Installation, long Sequence, ResourceId? Resource, MessageKind Kind, DateTimeOffset CreatedAt, int Attempts, int Tries)
{
    /// <summary>The trace in which it was written, where that one was recorded.</summary>
    public string? Cause { get; init; }
}
