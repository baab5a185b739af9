using System.Collections.Concurrent;
using LanguageExt;
using Marketplace.Core.Installations;
using Marketplace.Core.Products;
using Marketplace.Core.Resources;
using Marketplace.Core.Transfers;
using Marketplace.Core.Usage;
using Marketplace.Jobs.Provisioning;
using Marketplace.Shell.Http;
using Marketplace.Shell.Installations;
using Marketplace.Shell.Persistence;
using Marketplace.Shell.Products;
using Marketplace.Shell.Resources;
using Npgsql;

namespace Marketplace.Shell.Transfers;

/// <summary>Reads the meters of what is about to change hands, outside any transaction: up to there the source has used it.</summary>
internal sealed partial class LastReadings(
    NpgsqlDataSource database, Provisioners provisioners, CatalogueInForce catalogue, ILogger<LastReadings> log)
{
    /// <summary>As long as a caller can be asked to wait.</summary>
    private static readonly TimeSpan Budget = TimeSpan.FromSeconds(5);

    /// <summary>At a time: many resources must fit into the budget, and not fall upon the provisioner all at once.</summary>
    private const int MetersMax = 4;

    /// <summary>
    /// Of every meter; none where there is nothing to hand over. A refusal when one cannot be read: the split would be a guess, and
    /// the same call may work in a moment.
    /// </summary>
    public async Task<Either<PartnerErrorResult, Seq<Measurement>>> Take(
        Transfer transfer, InstallationId target, DateTimeOffset now, CancellationToken cancel)
    {
        var moving = await Moving(transfer, target, now, cancel);
        using var budget = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        budget.CancelAfter(Budget);
        var readings = new ConcurrentBag<Measurement>();
        var unread = new ConcurrentBag<ResourceId>();
        await Parallel.ForEachAsync(
            moving, new ParallelOptions { MaxDegreeOfParallelism = MetersMax, CancellationToken = cancel },
            async (one, _) =>
            {
                try
                {
                    foreach (var reading in await provisioners.Named(one.Provisioner).Measure(one.Resource, now, budget.Token))
                        readings.Add(reading);
                }
                catch (Exception fault) when (!cancel.IsCancellationRequested)
                {
                    NotMeasured(fault, one.Resource.Id.Value, transfer.Offer.Id.Value);
                    unread.Add(one.Resource.Id);
                }
            });
        return unread.TryPeek(out var resource)
            ? PartnerResults.Unavailable($"The meters of resource {resource} cannot be read now, so its bill cannot be split.")
            : readings.ToSeq().Strict();
    }

    private async Task<IEnumerable<(ProvisionedResource Resource, string Provisioner)>> Moving(
        Transfer transfer, InstallationId target, DateTimeOffset now, CancellationToken cancel)
    {
        if (TransferTransitions.OpenFor(transfer, target, now).IsLeft)
            return [];

        var (loads, offer) = (new Loads(), transfer.Offer);
        var installation = InstallationRows.Load(loads, offer.Source);
        var resources = ResourceRows.LoadThese(loads, offer.Source, offer.Resources);
        await loads.Read(database, cancel);
        var source = installation.Value
            ?? throw new CorruptRowException("installation", offer.Source.Value, "it has offered a transfer, but it is gone");
        return resources.Value
            .Filter(resource => resource is Resource.Onboarding or Resource.Ready or Resource.Resumed)
            .Map(resource => (catalogue.Now.Provisioned(source, resource), catalogue.Now.ProvisionerOf(resource)))
            .Strict();
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Resource {ResourceId} cannot be measured, so transfer {ClaimId} has to wait")]
    private partial void NotMeasured(Exception fault, string resourceId, string claimId);
}
