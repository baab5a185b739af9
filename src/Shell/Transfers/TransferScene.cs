using LanguageExt;
using Marketplace.Core.Installations;
using Marketplace.Core.Resources;
using Marketplace.Core.Transfers;
using Marketplace.Shell.Installations;
using Marketplace.Shell.Invoices;
using Marketplace.Shell.Persistence;
using Marketplace.Shell.Resources;

namespace Marketplace.Shell.Transfers;

/// <summary>What a target's question is decided on; there once the loads were sent.</summary>
internal sealed class TransferScene
{
    private readonly InstallationId source;
    private readonly InstallationId target;
    private readonly Loaded<Transfer?> transfer;
    private readonly Dictionary<InstallationId, Loaded<Installation?>> installations;
    private readonly OfferedResources resources;
    private readonly Loaded<PlanCounts> counts;
    private readonly Loaded<bool> isUnpaid;

    private TransferScene(Loads loads, TransferOffer offer, InstallationId target, bool held)
    {
        (source, this.target) = (offer.Source, target);
        installations = new[] { source, target }.Distinct().OrderBy(id => id.Value, StringComparer.Ordinal).ToDictionary(
            id => id, id => held ? InstallationRows.LoadForUpdate(loads, id) : InstallationRows.Load(loads, id));
        transfer = held ? TransferRows.LoadForUpdate(loads, source, offer.Id) : TransferRows.Load(loads, source, offer.Id);
        resources = new OfferedResources(loads, source, offer.Resources, held);
        counts = ResourceRows.CountByPlan(loads, target);
        isUnpaid = InvoiceRows.AnyUnpaid(loads, target);
    }

    public Transfer Transfer => transfer.Value ?? throw new CorruptRowException("transfer", source.Value, "it is gone, though it was found");

    public Installation Source => installations[source].Value
        ?? throw new CorruptRowException("installation", source.Value, "it has offered a transfer, but it is gone");

    /// <summary>Null where nothing is installed under that id.</summary>
    public Installation? Target => installations[target].Value;

    public Seq<TransferCandidate> Candidates => resources.Candidates;

    public TargetHoldings Holdings => new(counts.Value.OnPlan, counts.Value.WithoutPlan, isUnpaid.Value);

    /// <summary>For somebody who only looks.</summary>
    public static TransferScene Look(Loads loads, TransferOffer offer, InstallationId target) => new(loads, offer, target, held: false);

    /// <summary>
    /// Installations, claim and resources, held until the end of the transaction. The installations come first, as everywhere, and in the
    /// order of their ids, whoever gives: of two transfers in opposite directions, none waits for the other in a circle.
    /// </summary>
    public static TransferScene Hold(Loads loads, TransferOffer offer, InstallationId target) => new(loads, offer, target, held: true);
}
