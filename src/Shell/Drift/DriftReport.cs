namespace Marketplace.Shell.Drift;

/// <summary>Compares what we hold, what the provisioners hold and what Vercel holds.</summary>
internal sealed class DriftReport
{
    /// <summary>Prints one line per difference.</summary>
    /// <returns>How many there are.</returns>
    public Task<int> Print(TextWriter output, CancellationToken cancel) =>
        throw new NotSupportedException("The drift report needs the rows of resources.");
}
