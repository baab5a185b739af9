using LanguageExt;
using Marketplace.Core.Installations;
using Marketplace.Core.Resources;
using Marketplace.Core.Transfers;
using Marketplace.Shell.Operations;
using Marketplace.Shell.Resources;
using Npgsql;

namespace Marketplace.Shell.Transfers;

/// <summary>What a decision on a transfer looks at. Locks are taken in the order of the resources' ids, so that nobody waits in a circle.</summary>
internal static class TransferScene
{
    /// <summary>The resources as the source has them; held until the end of the transaction.</summary>
    public static async Task<Seq<TransferCandidate>> Hold(
        NpgsqlTransaction transaction, InstallationId source, Seq<ResourceId> resources, CancellationToken cancel)
    {
        var candidates = new List<TransferCandidate>();
        foreach (var id in resources.OrderBy(id => id.Value, StringComparer.Ordinal))
        {
            var resource = await ResourceRows.LoadForUpdate(transaction, source, id, cancel);
            candidates.Add(await Candidate(transaction, source, id, resource, cancel));
        }

        return candidates.ToSeq().Strict();
    }

    /// <summary>The same for somebody who only looks.</summary>
    public static async Task<Seq<TransferCandidate>> Look(
        NpgsqlTransaction transaction, InstallationId source, Seq<ResourceId> resources, CancellationToken cancel)
    {
        var candidates = new List<TransferCandidate>();
        foreach (var id in resources.OrderBy(id => id.Value, StringComparer.Ordinal))
        {
            var resource = await ResourceRows.Load(transaction, source, id, cancel);
            candidates.Add(await Candidate(transaction, source, id, resource, cancel));
        }

        return candidates.ToSeq().Strict();
    }

    public static async Task<TargetHoldings> Holdings(
        NpgsqlTransaction transaction, InstallationId target, Seq<ResourceId> resources, CancellationToken cancel)
    {
        var (onPlan, withoutPlan) = await ResourceRows.CountByPlan(transaction, target, cancel);
        var had = new List<ResourceId>();
        foreach (var id in resources)
        {
            if (await ResourceRows.Load(transaction, target, id, cancel) is not null)
                had.Add(id);
        }

        return new TargetHoldings(onPlan, withoutPlan, had.ToSeq().Strict());
    }

    private static async Task<TransferCandidate> Candidate(
        NpgsqlTransaction transaction, InstallationId source, ResourceId id, Resource? resource, CancellationToken cancel) =>
        new(id, resource ?? Option<Resource>.None, await OperationRows.AnyOpen(transaction, source, id, cancel));
}
