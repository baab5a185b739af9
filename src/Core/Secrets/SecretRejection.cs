using Marketplace.Core.Resources;

namespace Marketplace.Core.Secrets;

/// <summary>Why a command on a resource's secrets is refused. Nothing has changed.</summary>
public abstract record SecretRejection
{
    private SecretRejection() { }

    /// <summary>No generation of the resource was minted by that operation.</summary>
    public sealed record UnknownGeneration(ResourceId Resource, OperationId MintedBy) : SecretRejection;

    /// <summary>Its time is not over: a customer may be using it.</summary>
    public sealed record StillWorking(ResourceId Resource, OperationId MintedBy) : SecretRejection;
}
