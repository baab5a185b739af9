using LanguageExt;
using Marketplace.Core.Installations;
using Marketplace.Core.Resources;
using Marketplace.Core.Transfers;
using Marketplace.Shell.Installations;
using Marketplace.Shell.Operations;
using Marketplace.Shell.Persistence;
using Marketplace.Shell.Resources;
using Npgsql;

namespace Marketplace.Shell.Transfers;

/// <summary>What a decision on a transfer looks at.</summary>
internal static class TransferScene
{
    /// <summary>
    /// Source and target, held until the end of the transaction. They are taken in the order of their ids, whoever gives: of two transfers
    /// in opposite directions, none waits for the other in a circle.
    /// </summary>
    /// <returns>No target where nothing is installed under that id.</returns>
    public static async Task<(Installation Source, Installation? Target)> Hold(
        NpgsqlTransaction transaction, InstallationId source, InstallationId target, CancellationToken cancel)
    {
        var held = new Dictionary<InstallationId, Installation?>();
        foreach (var id in new[] { source, target }.Distinct().OrderBy(id => id.Value, StringComparer.Ordinal))
            held[id] = await InstallationRows.LoadForUpdate(transaction, id, cancel);
        return (
            held[source] ?? throw new CorruptRowException("installation", source.Value, "it has offered a transfer, but it is gone"),
            held[target]);
    }

    /// <summary>The resources as the source has them; held until the end of the transaction, under the lock of the source.</summary>
    public static async Task<Seq<TransferCandidate>> Hold(
        NpgsqlTransaction transaction, InstallationId source, Seq<ResourceId> ids, CancellationToken cancel) =>
        await Candidates(transaction, source, ids, await ResourceRows.LoadTheseForUpdate(transaction, source, ids, cancel), cancel);

    /// <summary>The same for somebody who only looks.</summary>
    public static async Task<Seq<TransferCandidate>> Look(
        NpgsqlTransaction transaction, InstallationId source, Seq<ResourceId> ids, CancellationToken cancel) =>
        await Candidates(transaction, source, ids, await ResourceRows.LoadThese(transaction, source, ids, cancel), cancel);

    public static async Task<TargetHoldings> Holdings(
        NpgsqlTransaction transaction, InstallationId target, Seq<ResourceId> ids, CancellationToken cancel)
    {
        var (onPlan, withoutPlan) = await ResourceRows.CountByPlan(transaction, target, cancel);
        var had = await ResourceRows.LoadThese(transaction, target, ids, cancel);
        return new TargetHoldings(onPlan, withoutPlan, had.Map(resource => resource.Id).Strict());
    }

    private static async Task<Seq<TransferCandidate>> Candidates(
        NpgsqlTransaction transaction, InstallationId source, Seq<ResourceId> ids, Seq<Resource> resources, CancellationToken cancel)
    {
        var changing = await OperationRows.Changing(transaction, source, ids, cancel);
        return ids.Map(id => new TransferCandidate(id, resources.Find(resource => resource.Id == id), changing.Contains(id))).Strict();
    }
}
