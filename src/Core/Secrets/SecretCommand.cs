using LanguageExt;

namespace Marketplace.Core.Secrets;

/// <summary>What can be asked of a resource's secrets, once it has any.</summary>
public abstract record SecretCommand
{
    private SecretCommand() { }

    /// <summary>The provisioner has minted new credentials. Everything older works until the delay is over, and no longer.</summary>
    /// <param name="Delay">Not negative, at most 720 hours; counted from the rotation, not from the request. See <see cref="RotateSecrets"/>.</param>
    public sealed record Rotate(OperationId Operation, TimeSpan Delay) : SecretCommand;

    /// <summary>The provisioner has ended the credentials that these operations minted.</summary>
    public sealed record ConfirmEnd(Seq<OperationId> MintedBy) : SecretCommand;
}
