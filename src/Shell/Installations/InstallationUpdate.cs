using LanguageExt;
using Marketplace.Core;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Installations;
using Marketplace.Core.Products;
using Marketplace.Shell.Audit;
using Marketplace.Shell.BillingPlans;
using Marketplace.Shell.Invoices;
using Marketplace.Shell.Persistence;
using Marketplace.Shell.Provisioning;

namespace Marketplace.Shell.Installations;

/// <summary>
/// Another plan for an installation as a whole, whoever asks for it: the customer at Vercel, or the provider on the customer's behalf.
/// Source: contract §B.1, §E.3.
/// </summary>
internal sealed class InstallationUpdate
{
    private readonly Fulfilment fulfilment;
    private readonly Catalogue catalogue;
    private readonly Loaded<Installation?> current;
    private readonly InstallationPlanChange change;
    private readonly Loaded<bool> isUnpaid;

    private InstallationUpdate(Loads loads, Fulfilment fulfilment, InstallationId installation)
    {
        (this.fulfilment, catalogue) = (fulfilment, fulfilment.Catalogue);
        current = InstallationRows.LoadForUpdate(loads, installation);
        change = InstallationPlanChange.Look(loads, installation);
        isUnpaid = InvoiceRows.AnyUnpaid(loads, installation);
    }

    public static InstallationUpdate Look(Loads loads, Fulfilment fulfilment, InstallationId installation) =>
        new(loads, fulfilment, installation);

    /// <param name="asked">Null asks for nothing.</param>
    public InstallationOutcome Decide(Writes writes, string? asked, Actor actor, DateTimeOffset now) =>
        current.Value switch
        {
            null => new InstallationOutcome.NoInstallation(),
            Installation.Finalized gone => new InstallationOutcome.Refused(new InstallationRejection.AlreadyFinalized(gone.Id)),
            var found when asked is null => new InstallationOutcome.Done(found, HasChanged: false),
            var found => Decide(writes, found, new PlanId(asked), actor, now),
        };

    private InstallationOutcome Decide(Writes writes, Installation found, PlanId asked, Actor actor, DateTimeOffset now)
    {
        // Where each resource has its own plan no id is right, so that it is not the id that is wrong.
        var plan = catalogue.InstallationPlan(asked);
        if (plan.IsNone && found.OwnPlan.IsSome)
            return new InstallationOutcome.Wrong(new FieldError("billingPlanId", "There is no plan of that id for an installation."));

        return InstallationTransitions.Apply(found, new InstallationCommand.ChangePlan(asked), now).Match<InstallationOutcome>(
            Right: transition =>
            {
                // The plan that it has already is no choice, so nothing is in its way.
                if (!transition.Events.IsEmpty
                    && plan.Bind(chosen => PlanHindrance.Of(chosen, isUnpaid.Value, max => change.Covered > max)).Case is SomeCase<PlanHindrance>(var by))
                    return new InstallationOutcome.Hindered(asked, by);
                change.Write(writes, fulfilment, transition, actor, now);
                return new InstallationOutcome.Done(transition.Next, !transition.Events.IsEmpty);
            },
            Left: rejection => new InstallationOutcome.Refused(rejection));
    }
}

/// <summary>What became of the wish to change an installation.</summary>
internal abstract record InstallationOutcome
{
    private InstallationOutcome() { }

    /// <param name="HasChanged">Else it was so already, and nothing is written.</param>
    public sealed record Done(Installation Installation, bool HasChanged) : InstallationOutcome;

    public sealed record NoInstallation : InstallationOutcome;

    public sealed record Wrong(FieldError Error) : InstallationOutcome;

    public sealed record Refused(InstallationRejection Why) : InstallationOutcome;

    public sealed record Hindered(PlanId Plan, PlanHindrance By) : InstallationOutcome;
}
