namespace Marketplace.Jobs.Provisioning;

/// <summary>A provisioner could not be asked, or what it said cannot be understood: nobody knows what became of the operation.</summary>
/// <param name="message">For an operator to read. It holds no secret, and nothing that a server has said.</param>
/// <param name="retryAfter">How long it asked to be left alone.</param>
public sealed class ProvisionerFaultException(string message, TimeSpan? retryAfter = null, Exception? fault = null) : Exception(message, fault)
{
    public TimeSpan? RetryAfter => retryAfter;
}
