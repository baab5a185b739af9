using LanguageExt;
using Marketplace.Core;
using Marketplace.Core.Resources;
using Marketplace.Core.Secrets;
using Marketplace.Jobs.Provisioning;

namespace Marketplace.Jobs.Operations;

/// <summary>What is asked of a provisioner.</summary>
public abstract record OperationRequest
{
    private OperationRequest() { }

    /// <summary>Whether its outcome hands secrets out.</summary>
    public bool Mints => this is Provision or Rotate;

    public sealed record Provision : OperationRequest;

    /// <summary>Another plan, or other choices of the form.</summary>
    /// <param name="ChangedAt">What was counted until then falls on the plan before.</param>
    /// <param name="Before">
    /// What comes back where the provisioner says no; null where nothing may: the plan is that of a whole installation, or came with a hand-over.
    /// </param>
    public sealed record ChangePlan(DateTimeOffset ChangedAt, PriorTerms? Before) : OperationRequest;

    public sealed record Suspend : OperationRequest;

    public sealed record Resume : OperationRequest;

    /// <param name="OldSecretsLive">How long the secrets before it go on working, from the moment of the rotation.</param>
    public sealed record Rotate(TimeSpan OldSecretsLive) : OperationRequest;

    /// <param name="Minted">The operations whose credentials end.</param>
    public sealed record ExpireSecrets(Seq<OperationId> Minted) : OperationRequest;

    /// <param name="UninstalledAt">The last reading of its usage stands for the moment before.</param>
    public sealed record Deprovision(DateTimeOffset UninstalledAt) : OperationRequest;
}

/// <summary>An intent to change the world outside, committed before the attempt: whoever dies, a sweep finds it.</summary>
/// <param name="Attempts">Counting the one that it was claimed for.</param>
/// <param name="Told">What the provisioner has told of it since it answered pending: it is not asked again. Null where it has told nothing.</param>
/// <param name="Moot">The resource was deleted meanwhile, or could not be made: nothing but taking it down makes sense any more.</param>
public sealed record Operation(
    OperationId Id, ProvisionedResource Resource, string Provisioner, OperationRequest Request, int Attempts,
    ProvisionerAnswer<Seq<Secret>>? Told, bool Moot)
{
    public DateTimeOffset RequestedAt { get; init; }

    /// <summary>The trace in which it was asked for, where that one was recorded.</summary>
    public string? Cause { get; init; }
}

/// <summary>How an operation ended.</summary>
public abstract record OperationOutcome
{
    private OperationOutcome() { }

    public sealed record Done : OperationOutcome;

    /// <summary>Nothing was done, because the resource was deleted meanwhile: what follows takes it down.</summary>
    public sealed record Moot : OperationOutcome;

    /// <summary>A provision or a rotation has minted these.</summary>
    public sealed record Minted(Seq<Secret> Secrets) : OperationOutcome;

    /// <summary>A final no, with a reason that the customer can read.</summary>
    public sealed record Refused(string Reason) : OperationOutcome;

    /// <summary>Nobody could say what became of it for so long that the customer had better know: whatever was done is undone.</summary>
    public sealed record GivenUp(string Reason) : OperationOutcome;
}

/// <summary>Who closes an operation.</summary>
public enum ClosedBy
{
    /// <summary>The request that asked for it, which answers with the outcome.</summary>
    Request,

    /// <summary>The worker's sweep: nobody waits for the outcome any more.</summary>
    Sweep,
}
