using System.Diagnostics;
using LanguageExt;
using Marketplace.Core.Installations;
using Marketplace.Core.Usage;
using Marketplace.Jobs.Provisioning;
using Marketplace.Jobs.Telemetry;

namespace Marketplace.Jobs.Usage;

/// <summary>The store of what meters read.</summary>
public interface IMeasurements
{
    Task Record(InstallationId installation, IEnumerable<Measurement> measurements, CancellationToken cancel);
}

/// <summary>Reading a meter within a limit, so that one that never answers is as good as one that is broken.</summary>
internal static class Meter
{
    private static readonly TimeSpan ReadingMax = TimeSpan.FromSeconds(10);

    /// <exception cref="TimeoutException">No answer within the limit.</exception>
    public static async Task<Seq<Measurement>> Read(
        IProvisioner provisioner, ProvisionedResource resource, DateTimeOffset at, CancellationToken cancel)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(ReadingMax);
        var (since, outcome) = (Stopwatch.GetTimestamp(), "failed");
        try
        {
            var read = await provisioner.Measure(resource, at, limit.Token);
            outcome = "done";
            return read;
        }
        catch (OperationCanceledException late) when (!cancel.IsCancellationRequested)
        {
            throw new TimeoutException("The meter gave no reading in time.", late);
        }
        finally
        {
            Measures.ProvisionerAnswered(provisioner.Name, "measure", outcome, since);
        }
    }
}
