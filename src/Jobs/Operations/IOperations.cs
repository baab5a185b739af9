using Marketplace.Core;
using Marketplace.Core.Installations;
using Marketplace.Jobs.Provisioning;

namespace Marketplace.Jobs.Operations;

/// <summary>The store of operations. Claims are leases: an operation whose holder died is free again when the lease is over.</summary>
public interface IOperations
{
    /// <summary>The oldest open operation of each resource, where nobody holds it, and its time has come.</summary>
    Task<IReadOnlyList<Operation>> Claim(int operationsMax, TimeSpan lease, CancellationToken cancel);

    /// <summary>One operation, when it is open, the oldest of its resource and not held.</summary>
    Task<Operation?> Claim(InstallationId installation, OperationId id, TimeSpan lease, CancellationToken cancel);

    Task<bool> IsOpen(InstallationId installation, OperationId id, CancellationToken cancel);

    /// <summary>Commits the outcome with all that follows from it. Quiet when it is closed already.</summary>
    Task Close(Operation operation, OperationOutcome outcome, ClosedBy closedBy, CancellationToken cancel);

    /// <summary>Gives it back, to be tried again after the delay.</summary>
    Task Postpone(Operation operation, string reason, TimeSpan delay, CancellationToken cancel);
}
