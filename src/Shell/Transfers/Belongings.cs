using LanguageExt;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Deployments;
using Marketplace.Core.Experiments;
using Marketplace.Core.Installations;
using Marketplace.Core.Products;
using Marketplace.Core.Projects;
using Marketplace.Core.Resources;
using Marketplace.Core.Transfers;
using Marketplace.Core.Usage;
using Marketplace.Jobs.Outbox;
using Marketplace.Shell.BillingPlans;
using Marketplace.Shell.Checks;
using Marketplace.Shell.Deployments;
using Marketplace.Shell.Experiments;
using Marketplace.Shell.Outbox;
using Marketplace.Shell.Persistence;
using Marketplace.Shell.Projects;
using Marketplace.Shell.Provisioning;
using Marketplace.Shell.Secrets;
using Marketplace.Shell.Usage;
using Marketplace.Shell.UsageEvents;

namespace Marketplace.Shell.Transfers;

/// <summary>What belongs to the resources of an offer, beside themselves; loaded after they were locked.</summary>
/// <param name="now">No later than the instant at which they change hands.</param>
internal sealed class Belongings(
    Loads loads, TransferOffer offer, InstallationId target, Catalogue catalogue, Fulfilment fulfilment, DateTimeOffset now)
{
    private readonly Loaded<Seq<PlanPeriod>> plans = PlanPeriodRows.LoadThese(loads, offer.Source, offer.Resources);

    private readonly Loaded<Seq<PlanPeriod>> earlier = PlanPeriodRows.LoadThese(loads, target, offer.Resources);

    private readonly Loaded<Seq<Measurement>> readings = MeasurementRows.LoadLatest(
        loads, offer.Source, offer.Resources, catalogue.Products.Bind(product => product.Metrics).Map(metric => metric.Id).Distinct());

    private readonly Loaded<Seq<StoredGeneration>> secrets = SecretRows.LoadThese(loads, offer.Source, offer.Resources);

    private readonly Loaded<Seq<(ResourceId Resource, MessageKind Kind)>> untold = OutboxRows.Untold(loads, offer.Source, offer.Resources);

    private readonly Loaded<Seq<(ResourceId Resource, ProjectConnection Connection)>> projects =
        ProjectConnectionRows.LoadThese(loads, offer.Source, offer.Resources);

    private readonly Loaded<Seq<DeploymentAction>> actions = DeploymentActionRows.LoadThese(loads, offer.Source, offer.Resources);

    private readonly Loaded<Seq<EventAhead>> ahead = Ahead(loads, offer, target, now);

    private readonly Loaded<Seq<(ResourceId Resource, FlagId Flag)>> told = ToldRows.LoadThese(loads, offer.Source, offer.Resources);

    private readonly IReadOnlyList<Action<Writes, InstallationId>> moves =
        [.. fulfilment.AllLocal.Select(local => local.Move(loads, offer.Source, offer.Resources))];

    /// <summary>The last reading of each meter that is stored.</summary>
    public Seq<Measurement> Readings => readings.Value;

    /// <summary>The source's.</summary>
    public PlanPeriods Plans(ResourceId resource) => Of(resource, plans.Value);

    /// <summary>The target's, where it had the resource before.</summary>
    public PlanPeriods Earlier(ResourceId resource) => Of(resource, earlier.Value);

    /// <summary>
    /// Secrets, encrypted for their new rows, the projects that use them and their checks, what was made for deployments, what local
    /// provisioners keep of them, use that was dated ahead,
    /// and what Vercel has still to hear, which it hears of the target. A delivery that is under way finds nothing to close, and what it said is said again.
    /// </summary>
    public void Move(Writes writes, SecretBox box, DateTimeOffset handedOverAt)
    {
        SecretRows.Move(writes, box, offer.Source, target, secrets.Value);
        EventsAheadRows.Move(writes, offer.Source, target, offer.Resources, ahead.Value, handedOverAt);
        ProjectConnectionRows.Move(writes, offer.Source, target, offer.Resources, projects.Value);
        DeploymentActionRows.Move(writes, offer.Source, target, offer.Resources, actions.Value, handedOverAt);
        ProjectCheckRows.Move(writes, offer.Source, target, offer.Resources);
        CheckRunRows.Move(writes, offer.Source, target, offer.Resources);
        foreach (var move in moves)
            move(writes, target);
        ToldRows.Move(writes, offer.Source, target, offer.Resources, told.Value);
        foreach (var resource in told.Value.Map(one => one.Resource).Distinct())
            OutboxRows.Append(writes, target, resource, MessageKind.ResourceExperiments, handedOverAt, handedOverAt);
        OutboxRows.TakeBack(writes, offer.Source, offer.Resources);
        foreach (var (resource, kind) in untold.Value.Distinct())
            OutboxRows.Append(writes, target, resource, kind, handedOverAt, handedOverAt);
    }

    private static Loaded<Seq<EventAhead>> Ahead(Loads loads, TransferOffer offer, InstallationId target, DateTimeOffset now)
    {
        UsageEventRows.HoldIntake(loads, offer.Source, target);
        return EventsAheadRows.Load(loads, offer.Source, offer.Resources, now);
    }

    private static PlanPeriods Of(ResourceId resource, Seq<PlanPeriod> spans) =>
        new(PlanSubject.Of(resource), spans.Filter(span => span.Subject == PlanSubject.Of(resource)).Strict());
}
