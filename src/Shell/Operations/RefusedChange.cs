using LanguageExt;
using Marketplace.Core;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Notifications;
using Marketplace.Core.Products;
using Marketplace.Core.Resources;
using Marketplace.Core.Time;
using Marketplace.Jobs.Operations;
using Marketplace.Jobs.Outbox;
using Marketplace.Shell.Audit;
using Marketplace.Shell.BillingPlans;
using Marketplace.Shell.Installations;
using Marketplace.Shell.Persistence;
using Marketplace.Shell.Resources;
using static LanguageExt.Prelude;

namespace Marketplace.Shell.Operations;

/// <summary>
/// A plan, or a choice in the form, that counted when it was decided and that the provisioner refuses: what was before comes back, is billed as
/// if nobody had asked, and is told to Vercel with the reason.
/// </summary>
internal static class RefusedChange
{
    private const string Title = "A change could not be made";

    /// <summary>False where what was before cannot come back by itself.</summary>
    public static async Task<bool> TakeBack(Closing closing, Catalogue catalogue, OperationRequest.ChangePlan change, string reason)
    {
        if (closing.Resource is Resource.Uninstalled or Resource.Error)
            return true;
        if (change.Before is not { } before)
            return false;

        var loads = new Loads();
        var next = OperationRows.NextChange(loads, closing.Installation, closing.Resource.Id, closing.Operation.Id);
        var installation = InstallationRows.Load(loads, closing.Installation);
        var spans = PlanPeriodRows.Load(loads, closing.Installation, closing.Resource.Id);
        await loads.Send(closing.Transaction, closing.Cancel);
        var plans = new PlanPeriods(PlanSubject.Of(closing.Resource.Id), spans.Value);
        var owner = installation.Value
            ?? throw new CorruptRowException("installation", closing.Installation.Value, "it has a resource, but it is gone");
        if (next.Value is { } later)
        {
            if (later.Request.Before is { } refused)
                GiveWay(closing, catalogue, later, plans, before, refused.Until, owner.Anchor);
            return true;
        }

        return ResourceTransitions.Apply(closing.Resource, new ResourceCommand.TakeBackChange(before), closing.Now).Match(
            Right: back =>
            {
                Write(closing, catalogue, back, plans, before, owner.Anchor, reason);
                return true;
            },
            Left: _ => false);
    }

    /// <summary>A change was made: what was said of the last one is over.</summary>
    public static void Forget(Closing closing)
    {
        if (closing.Resource is Resource.Uninstalled or Resource.Error || closing.Resource.Facts.Notices.From(NoticeSource.Change).IsNone)
            return;

        closing.Apply(new ResourceCommand.Notify(NoticeSource.Change, None));
        closing.Tell(MessageKind.ResourceStatus, closing.Now);
    }

    /// <summary>
    /// The customer has chosen again since. Until then nothing but what was before is billed; and where the later choice is refused as well,
    /// that is what was made last.
    /// </summary>
    private static void GiveWay(
        Closing closing, Catalogue catalogue, NextChange later, PlanPeriods plans, PriorTerms before, DateTimeOffset until, BillingAnchor anchor)
    {
        OperationRows.Save(closing.Writes, closing.Installation, later with { Request = later.Request with { Before = before } });
        if (closing.Resource.Facts.Plan.IsSome && before.Terms.Case is SomeCase<PlanTerms>(var terms))
        {
            PlanPeriodRows.Save(
                closing.Writes, catalogue, closing.Installation, plans,
                plans.TakeBack(terms, before.Until, until, BillingPeriod.Containing(closing.Now, anchor).Start));
        }
    }

    private static void Write(
        Closing closing, Catalogue catalogue, Transition<Resource, ResourceEvent> back, PlanPeriods plans, PriorTerms before, BillingAnchor anchor,
        string reason)
    {
        EventRows.Append(closing.Writes, closing.Installation, back.Events, closing.Actor);
        var told = (closing with { Resource = back.Next }).Apply(
            new ResourceCommand.Notify(NoticeSource.Change, new Notice(NoticeLevel.Warn, Title, reason)));
        PlanPeriodRows.Save(closing.Writes, catalogue, closing.Installation, plans, Billed(plans, told, before, anchor, closing.Now));
        // Everything of it: the plan and the form that Vercel shows, and the reason beside them.
        closing.Tell(MessageKind.ResourceSync, closing.Now);
    }

    private static PlanPeriods Billed(PlanPeriods plans, Resource back, PriorTerms before, BillingAnchor anchor, DateTimeOffset now) =>
        back.Facts.Plan.IsNone || !plans.HasChangedSince(before.Until)
            ? plans
            : before.Terms.Match(
                terms => plans.TakeBack(terms, before.Until, BillingPeriod.Containing(now, anchor).Start),
                () => plans);
}
