using Marketplace.Core.Repl;

namespace Marketplace.Jobs.Provisioning;

/// <summary>A provisioner whose resources can be asked from a console. The catalogue names it for each product that declares one.</summary>
public interface IReplProvisioner : IProvisioner
{
    /// <summary>
    /// Runs a command on the resource and on nothing else, and shows what comes of it. What a read-only command could change must be
    /// out of its reach, not only forbidden to it. When this ends, whatever it opened for the command is closed.
    /// </summary>
    /// <remarks>
    /// What the resource says to the command, an error or the end of its time too, is shown in blocks. An exception says that nothing of
    /// the command was run; a cancellation, that the rest of it was stopped.
    /// </remarks>
    Task Run(ProvisionedResource resource, ReplCommand command, IReplScreen screen, CancellationToken cancel);
}

/// <summary>Where a command's answer appears, block by block.</summary>
public interface IReplScreen
{
    ValueTask Show(ReplBlock block, CancellationToken cancel);
}
