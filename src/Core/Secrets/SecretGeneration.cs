namespace Marketplace.Core.Secrets;

/// <summary>The credentials that one operation minted, a provision or a rotation, in exactly one of their stages.</summary>
/// <remarks>The values are no part of it: Shell keeps them encrypted, and the provisioner knows them by the operation.</remarks>
public abstract record SecretGeneration(OperationId MintedBy, DateTimeOffset MintedAt)
{
    /// <summary>The newest, which Vercel hands out; it works without end.</summary>
    public sealed record Current(OperationId MintedBy, DateTimeOffset MintedAt) : SecretGeneration(MintedBy, MintedAt);

    /// <summary>Replaced, but still accepted in <c>[MintedAt, ExpiresAt)</c>, while deployments move to the newer one.</summary>
    public sealed record Expiring(OperationId MintedBy, DateTimeOffset MintedAt, DateTimeOffset ExpiresAt)
        : SecretGeneration(MintedBy, MintedAt);

    /// <summary>The provisioner has ended it. It stays known, so that a late repetition of its operation mints nothing.</summary>
    public sealed record Ended(OperationId MintedBy, DateTimeOffset MintedAt, DateTimeOffset EndedAt)
        : SecretGeneration(MintedBy, MintedAt);
}
