using LanguageExt;
using Marketplace.Core.Installations;
using Marketplace.Core.Resources;
using Marketplace.Core.Transfers;
using Marketplace.Shell.Operations;
using Marketplace.Shell.Persistence;
using Marketplace.Shell.Resources;

namespace Marketplace.Shell.Transfers;

/// <summary>What is offered, as the source has it.</summary>
/// <param name="held">Until the end of the transaction; the source's own lock comes first.</param>
internal sealed class OfferedResources(Loads loads, InstallationId source, Seq<ResourceId> ids, bool held)
{
    private readonly Loaded<Seq<Resource>> resources =
        held ? ResourceRows.LoadTheseForUpdate(loads, source, ids) : ResourceRows.LoadThese(loads, source, ids);

    private readonly Loaded<Seq<ResourceId>> changing = OperationRows.Changing(loads, source, ids);

    /// <summary>In the order in which they were named.</summary>
    public Seq<TransferCandidate> Candidates => ids
        .Map(id => new TransferCandidate(id, resources.Value.Find(resource => resource.Id == id), changing.Value.Contains(id)))
        .Strict();
}
