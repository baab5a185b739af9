using LanguageExt;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Installations;
using Marketplace.Core.Invoices;
using Marketplace.Core.Products;
using Marketplace.Core.Resources;
using Marketplace.Core.Time;
using Marketplace.Jobs.Billing;
using Marketplace.Shell.Audit;
using Marketplace.Shell.Authentication;
using Marketplace.Shell.Billing;
using Marketplace.Shell.BillingPlans;
using Marketplace.Shell.Http;
using Marketplace.Shell.Idempotency;
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
/// DELETE /v1/installations/{installationId}: service ends now, for every resource too, because Vercel does not delete them one
/// by one. What is left to bill is billed before the installation is final. Source: contract §B.1, §E.5.
/// </summary>
internal static class DeleteInstallationEndpoint
{
    public static readonly RequestDelegate Route = PartnerEndpoint.Mutation(Accepts.Either, Handle);

    private static Task<IResult> Handle(
        Caller caller, HttpRequest request, OptionalJsonBody<DeleteWire> body, Decisions decisions, Catalogue catalogue,
        Fulfilment fulfilment, TimeProvider clock, CancellationToken cancel)
    {
        return decisions.Decide(caller.Installation, KeyedCall.Of(request, body.Raw), Look, cancel);

        Func<Writes, PartnerAnswer> Look(Loads loads)
        {
            var current = InstallationRows.LoadForUpdate(loads, caller.Installation);
            // The lock first: a provision that is being answered at this moment begins a plan, which has to end here.
            var resources = ResourceRows.LoadAllForUpdate(loads, caller.Installation);
            var plans = PlanPeriodRows.LoadAll(loads, caller.Installation);
            var ownPlans = PlanPeriodRows.LoadWhole(loads, caller.Installation);
            var invoices = InvoiceRows.Periods(loads, caller.Installation);
            var open = new[]
            {
                RefundRows.AnyUnanswered(loads, caller.Installation), MeteredUsageRows.AnyLate(loads, caller.Installation),
                InvoiceContentRows.AnyOpenCredit(loads, caller.Installation),
            };
            return writes => current.Value is { } found
                ? Decide(
                    writes, found, resources.Value, plans.Value.ToLookup(span => span.Subject), ownPlans.Value, invoices.Value,
                    open.Any(one => one.Value))
                : PartnerAnswer.Of(InstallationProblem.Unknown(caller.Installation));
        }

        PartnerAnswer Decide(
            Writes writes, Installation current, Seq<Resource> resources, ILookup<PlanSubject, PlanPeriod> plans, Seq<PlanPeriod> ownPlans,
            Seq<PeriodInvoice> invoices, bool isAnythingOpen)
        {
            var (now, actor) = (clock.GetUtcNow(), Actor.Of(caller, "uninstall"));
            return InstallationTransitions.Apply(current, Asked(resources, plans), now).Match(
                Right: transition =>
                {
                    if (transition.Events.IsEmpty)
                        return Finalized(transition.Next);

                    InstallationRows.Save(writes, transition.Next);
                    EventRows.Append(writes, transition.Events, actor);
                    SessionRows.EndAll(writes, current.Id);
                    // The team may install anew from this moment on.
                    TeamRows.Release(writes, ((Installation.Uninstalling)transition.Next).Registration.AccountId, current.Id);
                    var own = new PlanPeriods(PlanSubject.WholeInstallation, ownPlans);
                    PlanPeriodRows.Save(writes, catalogue, current.Id, own, ResourceRemoval.Closed(own, now));
                    foreach (var resource in resources)
                        ResourceRemoval.Write(writes, fulfilment, current.Id, resource, Spans(resource, plans), actor, now);

                    // A refund needs the token as much as an invoice does; and what came late, or is to be given back, is on the last one or on record.
                    return isAnythingOpen || IsAnythingLeft(Billed(resources, plans, ownPlans), invoices, current.Anchor, now)
                        ? Bill(writes, transition.Next, now)
                        : Complete(writes, transition.Next, actor, now);
                },
                Left: rejection => PartnerAnswer.Of(InstallationProblem.From(rejection)));
        }

        // What Vercel has not been told of, nobody can ask to keep.
        InstallationCommand.Uninstall Asked(Seq<Resource> resources, ILookup<PlanSubject, PlanPeriod> plans) =>
            new(body.Value?.Reason ?? "",
                body.Value?.CascadeResourceDeletion == false
                    ? resources.Filter(one => one is not Resource.Uninstalled && !Spans(one, plans).Spans.IsEmpty).Map(one => one.Id).Strict()
                    : Seq<ResourceId>.Empty);

        Seq<Option<BilledPlan>> Billed(Seq<Resource> resources, ILookup<PlanSubject, PlanPeriod> plans, Seq<PlanPeriod> ownPlans) =>
            (ownPlans.Map(span => BilledBy(span, catalogue.InstallationPlan(span.Plan)))
                + resources.Bind(one => Spans(one, plans).Spans.Map(span => BilledBy(span, catalogue.PlanOf(one, span.Plan)))).Strict()).Strict();
    }

    /// <summary>A plan that is not in the catalogue any more may have cost something.</summary>
    private static bool IsAnythingLeft(Seq<Option<BilledPlan>> plans, Seq<PeriodInvoice> invoices, BillingAnchor anchor, DateTimeOffset now) =>
        plans.Exists(plan => plan.IsNone) || LeftToBill.Any(plans.Somes().Strict(), invoices, anchor, now);

    private static Option<BilledPlan> BilledBy(PlanPeriod span, Option<BillingPlan> plan) =>
        plan.Map(known => new BilledPlan(known, span.Terms.Metadata, span.Span));

    private static PlanPeriods Spans(Resource resource, ILookup<PlanSubject, PlanPeriod> plans)
    {
        var subject = PlanSubject.Of(resource.Id);
        return new PlanPeriods(subject, plans[subject].ToSeq().Strict());
    }

    /// <summary>The last hour and the last invoice do not wait for the clock.</summary>
    private static PartnerAnswer Bill(Writes writes, Installation going, DateTimeOffset now)
    {
        BillingScheduleRows.Schedule(writes, going.Id, BillingWork.Usage, now);
        BillingScheduleRows.Schedule(writes, going.Id, BillingWork.Invoices, now);
        BillingScheduleRows.Schedule(writes, going.Id, BillingWork.Finalization, now);
        return Finalized(going);
    }

    /// <summary>There is nothing to bill, and so nothing to wait for: what still has to be taken down needs no word to Vercel.</summary>
    private static PartnerAnswer Complete(Writes writes, Installation going, Actor actor, DateTimeOffset now)
    {
        var completed = Completed(going, now);
        InstallationRows.Save(writes, completed.Next);
        EventRows.Append(writes, completed.Events, actor);
        BillingScheduleRows.EndAll(writes, going.Id);
        InvoiceLookRows.EndAll(writes, going.Id);
        return Finalized(completed.Next);
    }

    private static Core.Transition<Installation, InstallationEvent> Completed(Installation going, DateTimeOffset now) =>
        InstallationTransitions.Apply(going, new InstallationCommand.Complete(), now).IfLeft(
            rejection => throw new System.Diagnostics.UnreachableException(rejection.GetType().Name));

    private static PartnerAnswer Finalized(Installation installation) =>
        PartnerAnswer.Ok(new DeletedWire(installation is Installation.Finalized));

    /// <param name="CascadeResourceDeletion">
    /// Without it the resources go with their installation, because Vercel deletes none of them. A plain no cannot be kept once the
    /// token is dead, so it is refused while there is something to keep.
    /// </param>
    /// <param name="Reason">Any text: the values that Vercel sends are not published.</param>
    internal sealed record DeleteWire(bool? CascadeResourceDeletion = null, string? Reason = null);

    internal sealed record DeletedWire(bool Finalized);
}
