using LanguageExt;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Resources;

namespace Marketplace.Core.Balances;

/// <summary>A balance on which a prepayment plan draws at the moment: it is told to Vercel, and what becomes of it matters.</summary>
/// <param name="Plan">That draws on it.</param>
public sealed record WatchedBalance(PlanSubject Subject, BillingPlan Plan, BalanceStanding Standing, BalanceStage Stage)
{
    /// <summary>Whose it is: the resource's or, with none, that of the installation as a whole.</summary>
    public Option<ResourceId> Resource => Subject.Single;

    /// <summary>Those of an installation at the moment: its own first.</summary>
    public static Seq<WatchedBalance> At(DateTimeOffset now, BilledInstallation installation, BalanceLedger ledger) =>
        installation.Subjects
            .Bind(subject => At(now, subject, installation.PlansOf(subject).Filter(plan => plan.Plan.Type == PlanType.Prepayment), ledger))
            .Strict();

    /// <summary>How it stands with what a resource draws on: its own plan or, where it has none, that of the installation; none where neither is prepaid, or it was made elsewhere.</summary>
    public static Option<BalanceStage> StageFor(Resource resource, Seq<WatchedBalance> watched)
    {
        if (!resource.Facts.IsOurs)
        {
            return Option<BalanceStage>.None;
        }

        var subject = resource.Facts.Plan.IsSome ? PlanSubject.Of(resource.Id) : PlanSubject.WholeInstallation;
        return watched.Find(balance => balance.Subject == subject).Map(balance => balance.Stage);
    }

    /// <param name="prepaid">The subject's prepayment plans, oldest first: where nothing was ever entered, it is empty since the first began.</param>
    private static Seq<WatchedBalance> At(DateTimeOffset now, PlanSubject subject, Seq<BilledPlan> prepaid, BalanceLedger ledger)
    {
        var standing = ledger.Standing(subject.Single);
        return prepaid
            .Filter(plan => plan.Span.Contains(now))
            .Map(plan => new WatchedBalance(
                subject, plan.Plan, standing, BalanceStage.Of(standing, plan.Plan.Balance, prepaid.Head.Span.Start, now)));
    }
}
