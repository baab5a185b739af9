using LanguageExt;
using Marketplace.Core;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Installations;
using Marketplace.Core.Invoices;
using Marketplace.Core.Products;
using Marketplace.Core.Resources;
using Marketplace.Core.Time;
using Marketplace.Jobs.Billing;
using Marketplace.Shell.Audit;
using Marketplace.Shell.Billing;
using Marketplace.Shell.BillingPlans;
using Marketplace.Shell.Imports;
using Marketplace.Shell.Invoices;
using Marketplace.Shell.Persistence;
using Marketplace.Shell.Products;
using Marketplace.Shell.Provisioning;
using Marketplace.Shell.Refunds;
using Marketplace.Shell.Resources;
using Marketplace.Shell.Settlement;
using Marketplace.Shell.SignOn;
using Marketplace.Shell.Usage;

namespace Marketplace.Shell.Installations;

/// <summary>
/// Everything that the end of an installation means, whoever asks for it: service ends now, for every resource too, because Vercel does
/// not delete them one by one, and what is left to bill is billed before the installation is final. Source: contract §B.1, §E.5.
/// </summary>
internal sealed class Departure
{
    private readonly Catalogue catalogue;
    private readonly Fulfilment fulfilment;
    private readonly Loaded<Installation?> current;
    private readonly Loaded<Seq<Resource>> resources;
    private readonly Loaded<Seq<PlanPeriod>> plans;
    private readonly Loaded<Seq<PlanPeriod>> ownPlans;
    private readonly Loaded<Seq<PeriodInvoice>> invoices;
    private readonly Loaded<bool>[] open;

    /// <summary>Says what has to be known, in the order of locks.</summary>
    public Departure(Loads loads, InstallationId installation, Fulfilment fulfilment)
    {
        (this.fulfilment, catalogue) = (fulfilment, fulfilment.Catalogue);
        current = InstallationRows.LoadForUpdate(loads, installation);
        // The lock first: a provision that is being answered at this moment begins a plan, which has to end here.
        resources = ResourceRows.LoadAllForUpdate(loads, installation);
        plans = PlanPeriodRows.LoadAll(loads, installation);
        ownPlans = PlanPeriodRows.LoadWhole(loads, installation);
        invoices = InvoiceRows.Periods(loads, installation);
        open =
        [
            RefundRows.AnyUnanswered(loads, installation), MeteredUsageRows.AnyLate(loads, installation),
            InvoiceContentRows.AnyOpenCredit(loads, installation),
        ];
    }

    /// <summary>Null when we know of no such installation.</summary>
    public Installation? Installation => current.Value;

    /// <summary>The installation as it is then, or why it stays.</summary>
    /// <param name="keep">Whether the resources are to be kept: then it stays as long as there are some.</param>
    public Either<InstallationRejection, Installation> Write(Writes writes, bool keep, string reason, Actor actor, DateTimeOffset now)
    {
        var installation = current.Value ?? throw new InvalidOperationException("There is no installation that could end.");
        var spans = plans.Value.ToLookup(span => span.Subject);
        // What Vercel has not been told of, nobody can ask to keep.
        var kept = keep
            ? resources.Value.Filter(one => one is not Resource.Uninstalled && !Spans(one, spans).Spans.IsEmpty).Map(one => one.Id).Strict()
            : Seq<ResourceId>.Empty;
        return InstallationTransitions.Apply(installation, new InstallationCommand.Uninstall(reason, kept), now)
            .Map(transition => Follow(writes, transition, spans, actor, now));
    }

    private Installation Follow(
        Writes writes, Transition<Installation, InstallationEvent> transition, ILookup<PlanSubject, PlanPeriod> spans, Actor actor,
        DateTimeOffset now)
    {
        if (transition.Events.IsEmpty)
            return transition.Next;

        var id = transition.Next.Id;
        InstallationRows.Save(writes, transition.Next);
        EventRows.Append(writes, transition.Events, actor);
        // The team may install anew from this moment on.
        TeamRows.Release(writes, ((Installation.Uninstalling)transition.Next).Registration.AccountId, id);
        SessionRows.EndAll(writes, id);
        ImportSessionRows.EndAll(writes, id);
        var own = new PlanPeriods(PlanSubject.WholeInstallation, ownPlans.Value);
        PlanPeriodRows.Save(writes, catalogue, id, own, ResourceRemoval.Closed(own, now));
        foreach (var resource in resources.Value)
            ResourceRemoval.Write(writes, fulfilment, id, resource, Spans(resource, spans), actor, now);

        // A refund needs the token as much as an invoice does; and what came late, or is to be given back, is on the last one or on record.
        return open.Any(one => one.Value) || IsAnythingLeft(spans, transition.Next.Anchor, now)
            ? Bill(writes, transition.Next, now)
            : Complete(writes, transition.Next, actor, now);
    }

    /// <summary>A plan that is not in the catalogue any more may have cost something.</summary>
    private bool IsAnythingLeft(ILookup<PlanSubject, PlanPeriod> spans, BillingAnchor anchor, DateTimeOffset now)
    {
        var billed = (ownPlans.Value.Map(span => BilledBy(span, catalogue.InstallationPlan(span.Plan)))
            + resources.Value.Bind(one => Spans(one, spans).Spans.Map(span => BilledBy(span, catalogue.PlanOf(one, span.Plan)))).Strict()).Strict();
        return billed.Exists(plan => plan.IsNone) || LeftToBill.Any(billed.Somes().Strict(), invoices.Value, anchor, now);
    }

    private static Option<BilledPlan> BilledBy(PlanPeriod span, Option<BillingPlan> plan) =>
        plan.Map(known => new BilledPlan(known, span.Terms.Metadata, span.Span));

    private static PlanPeriods Spans(Resource resource, ILookup<PlanSubject, PlanPeriod> spans)
    {
        var subject = PlanSubject.Of(resource.Id);
        return new PlanPeriods(subject, spans[subject].ToSeq().Strict());
    }

    /// <summary>The last hour and the last invoice do not wait for the clock.</summary>
    private static Installation Bill(Writes writes, Installation going, DateTimeOffset now)
    {
        BillingScheduleRows.Schedule(writes, going.Id, BillingWork.Usage, now);
        BillingScheduleRows.Schedule(writes, going.Id, BillingWork.Invoices, now);
        BillingScheduleRows.Schedule(writes, going.Id, BillingWork.Finalization, now);
        return going;
    }

    /// <summary>There is nothing to bill, and so nothing to wait for: what still has to be taken down needs no word to Vercel.</summary>
    private static Installation Complete(Writes writes, Installation going, Actor actor, DateTimeOffset now)
    {
        var completed = Completed(going, now);
        InstallationRows.Save(writes, completed.Next);
        EventRows.Append(writes, completed.Events, actor);
        BillingScheduleRows.EndAll(writes, going.Id);
        InvoiceLookRows.EndAll(writes, going.Id);
        return completed.Next;
    }

    private static Transition<Installation, InstallationEvent> Completed(Installation going, DateTimeOffset now) =>
        InstallationTransitions.Apply(going, new InstallationCommand.Complete(), now).IfLeft(
            rejection => throw new System.Diagnostics.UnreachableException(rejection.GetType().Name));
}
