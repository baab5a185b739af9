using LanguageExt;
using Marketplace.Core;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Installations;
using Marketplace.Core.Products;
using Marketplace.Core.Resources;
using Marketplace.Shell.Audit;
using Marketplace.Shell.Installations;
using Marketplace.Shell.Persistence;
using Marketplace.Shell.Provisioning;
using Marketplace.Shell.Resources;

namespace Marketplace.Shell.BillingPlans;

/// <summary>
/// Everything that another plan of an installation means, whichever call asked for it: state, plan spans, and the word to each
/// resource under it, so that the limits of the new plan hold there. Source: contract §B.1, §B.2, §E.3.
/// </summary>
internal sealed class InstallationPlanChange
{
    private readonly Loaded<Seq<Resource>> resources;
    private readonly Loaded<Seq<PlanPeriod>> spans;
    private readonly Loaded<Seq<PlanPeriod>> own;

    private InstallationPlanChange(Loads loads, InstallationId id)
    {
        // The lock first: a provision that is being answered at this moment begins a span, which goes on with the new plan.
        resources = ResourceRows.LoadAllForUpdate(loads, id);
        spans = PlanPeriodRows.LoadAll(loads, id);
        own = PlanPeriodRows.LoadWhole(loads, id);
    }

    /// <summary>How many resources the plan of the installation covers: those that have none of their own.</summary>
    public int Covered => resources.Value.Count(resource => resource is not Resource.Uninstalled && resource.Facts is { IsOurs: true, Plan.IsNone: true });

    /// <summary>Behind the lock of the installation.</summary>
    public static InstallationPlanChange Look(Loads loads, InstallationId id) => new(loads, id);

    /// <summary>Quiet when the installation has the plan already.</summary>
    public void Write(
        Writes writes, Fulfilment fulfilment, Transition<Installation, InstallationEvent> changed, Actor actor, DateTimeOffset now)
    {
        if (changed.Events.IsEmpty)
            return;

        InstallationRows.Save(writes, changed.Next);
        EventRows.Append(writes, changed.Events, actor);
        var spansOf = spans.Value.ToLookup(span => span.Subject);
        foreach (var plan in changed.Events.OfType<InstallationEvent.PlanChanged>())
        {
            Change(writes, fulfilment.Catalogue, plan.Id, new PlanPeriods(PlanSubject.WholeInstallation, own.Value), plan.To, now);
            foreach (var resource in resources.Value.Where(IsUnderIt))
            {
                // Without a span Vercel has not been told of it yet: its first one begins with the plan of that moment.
                var subject = PlanSubject.Of(resource.Id);
                if (spansOf.Contains(subject))
                    Change(writes, fulfilment.Catalogue, plan.Id, new PlanPeriods(subject, spansOf[subject].ToSeq().Strict()), plan.To, now);
                fulfilment.ChangePlan(writes, plan.Id, resource, before: null, now);
            }
        }
    }

    /// <summary>Also one that is still being made: it may have got the limits of the old plan.</summary>
    private static bool IsUnderIt(Resource resource) =>
        resource.Facts is { IsOurs: true, Plan.IsNone: true } && resource is not (Resource.Uninstalled or Resource.Error);

    private static void Change(Writes writes, Catalogue catalogue, InstallationId installation, PlanPeriods before, PlanId to, DateTimeOffset now) =>
        PlanPeriodRows.Save(writes, catalogue, installation, before, before.Change(PlanTerms.Of(to), now).IfLeft(rejection => throw new CorruptRowException(
            "plan_period", $"{installation}, {before.Subject}", $"the plan cannot change at {now:O}: {rejection.GetType().Name}")));
}
