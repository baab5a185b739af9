using LanguageExt;
using Marketplace.Core.Resources;

namespace Marketplace.Core.Secrets;

/// <summary>What happened to a resource's secrets. No value of a secret is in here.</summary>
public abstract record SecretEvent(ResourceId Resource, DateTimeOffset At)
{
    public sealed record Minted(ResourceId Resource, OperationId Operation, DateTimeOffset At) : SecretEvent(Resource, At);

    /// <param name="PreviousExpireAt">No older generation works from then on.</param>
    public sealed record Rotated(ResourceId Resource, OperationId Operation, DateTimeOffset PreviousExpireAt, DateTimeOffset At)
        : SecretEvent(Resource, At);

    /// <summary>The provider has replaced what customers are told, or part of it.</summary>
    public sealed record Pushed(ResourceId Resource, Seq<string> Names, bool IsPartial, DateTimeOffset At) : SecretEvent(Resource, At);

    public sealed record Ended(ResourceId Resource, OperationId MintedBy, DateTimeOffset At) : SecretEvent(Resource, At);
}
