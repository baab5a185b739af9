using LanguageExt;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Installations;
using Marketplace.Core.Products;
using Marketplace.Core.Resources;
using Marketplace.Core.Transfers;
using Marketplace.Core.Usage;
using Marketplace.Jobs.Outbox;
using Marketplace.Shell.BillingPlans;
using Marketplace.Shell.Outbox;
using Marketplace.Shell.Persistence;
using Marketplace.Shell.Provisioning;
using Marketplace.Shell.Secrets;
using Marketplace.Shell.Usage;

namespace Marketplace.Shell.Transfers;

/// <summary>What belongs to the resources of an offer, beside themselves; loaded after they were locked.</summary>
internal sealed class Belongings(Loads loads, TransferOffer offer, InstallationId target, Catalogue catalogue, Fulfilment fulfilment)
{
    private readonly Loaded<Seq<PlanPeriod>> plans = PlanPeriodRows.LoadThese(loads, offer.Source, offer.Resources);

    private readonly Loaded<Seq<PlanPeriod>> earlier = PlanPeriodRows.LoadThese(loads, target, offer.Resources);

    private readonly Loaded<Seq<Measurement>> readings = MeasurementRows.LoadLatest(
        loads, offer.Source, offer.Resources, catalogue.Products.Bind(product => product.Metrics).Map(metric => metric.Id).Distinct());

    private readonly Loaded<Seq<StoredGeneration>> secrets = SecretRows.LoadThese(loads, offer.Source, offer.Resources);

    private readonly Loaded<Seq<(ResourceId Resource, MessageKind Kind)>> untold = OutboxRows.Untold(loads, offer.Source, offer.Resources);

    private readonly IReadOnlyList<Action<Writes, InstallationId>> moves =
        [.. fulfilment.AllLocal.Select(local => local.Move(loads, offer.Source, offer.Resources))];

    /// <summary>The last reading of each meter that is stored.</summary>
    public Seq<Measurement> Readings => readings.Value;

    /// <summary>The source's.</summary>
    public PlanPeriods Plans(ResourceId resource) => Of(resource, plans.Value);

    /// <summary>The target's, where it had the resource before.</summary>
    public PlanPeriods Earlier(ResourceId resource) => Of(resource, earlier.Value);

    /// <summary>
    /// Secrets, encrypted for their new rows, what local provisioners keep of them, and what Vercel has still to hear, which it hears of
    /// the target. A delivery that is under way finds nothing to close, and what it said is said again.
    /// </summary>
    public void Move(Writes writes, SecretBox box, DateTimeOffset now)
    {
        SecretRows.Move(writes, box, offer.Source, target, secrets.Value);
        foreach (var move in moves)
            move(writes, target);
        OutboxRows.TakeBack(writes, offer.Source, offer.Resources);
        foreach (var (resource, kind) in untold.Value.Distinct())
            OutboxRows.Append(writes, target, resource, kind, now, now);
    }

    private static PlanPeriods Of(ResourceId resource, Seq<PlanPeriod> spans) =>
        new(PlanSubject.Of(resource), spans.Filter(span => span.Subject == PlanSubject.Of(resource)).Strict());
}
