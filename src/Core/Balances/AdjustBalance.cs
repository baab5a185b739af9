using System.Diagnostics;
using LanguageExt;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Installations;
using Marketplace.Core.Money;
using Marketplace.Core.Products;
using Marketplace.Core.Resources;
using static LanguageExt.Prelude;

namespace Marketplace.Core.Balances;

/// <summary>The provider's own name for one adjustment.</summary>
public readonly record struct AdjustmentId(string Value)
{
    public override string ToString() => Value;
}

/// <summary>The provider gives credit without a purchase, or takes some of what is left: an entry of the ledger like any other.</summary>
/// <param name="Balance">Whose; none for that of the installation as a whole.</param>
/// <param name="Amount">In whole cents, not zero; below it, where credit is taken.</param>
/// <remarks>Vercel hears of it as of every balance (contract §D.9): it has no word for where the money came from.</remarks>
public sealed record AdjustBalance(Option<ResourceId> Balance, Usd Amount, string Reason)
{
    /// <summary>More is a slip of the pen.</summary>
    private static readonly Usd AmountMax = new(1_000_000m);

    /// <param name="amount">None where it was no number.</param>
    /// <param name="reason">As it is kept.</param>
    public static Validation<FieldError, AdjustBalance> Parse(Option<string> balance, Option<Usd> amount, string reason) =>
        amount.Filter(some => some != Usd.Zero && some == some.ToCents() && some <= AmountMax && some >= Usd.Zero - AmountMax)
            .Match<Validation<FieldError, AdjustBalance>>(
                some => new AdjustBalance(balance.Map(id => new ResourceId(id)), some, reason),
                () => new FieldError(
                    "amount", "An amount of dollars and whole cents is required, such as \"12.34\" or \"-12.34\": not zero, and at most a million."));

    /// <summary>The entry, or what is in its way. Nobody is put into debt by it: of what is left, all can be taken.</summary>
    /// <param name="resource">The one whose balance it is, as far as the installation has it.</param>
    public Either<AdjustmentRejection, Transition<BalanceLedger, BalanceEvent>> Decide(
        BalanceLedger ledger, Installation installation, Option<Resource> resource, Catalogue catalogue, AdjustmentId id, DateTimeOffset now)
    {
        if (Refusal(ledger, installation, resource, catalogue).Case is SomeCase<AdjustmentRejection>(var refused))
            return refused;

        var entry = new BalanceEntry(BalanceCause.Adjustment(id), Balance, Amount, now) { Reason = Reason };
        return new Transition<BalanceLedger, BalanceEvent>(
            ledger.Add(Seq1(entry)), Seq1<BalanceEvent>(new BalanceEvent.Adjusted(Balance, id, Amount, Reason, now)));
    }

    /// <summary>Of the installation, of the balance, of the amount, in this order.</summary>
    private Option<AdjustmentRejection> Refusal(
        BalanceLedger ledger, Installation installation, Option<Resource> resource, Catalogue catalogue)
    {
        if (installation is not Installation.Active)
            return new AdjustmentRejection.InstallationLeaves(installation.Id);
        if (Balance.Case is SomeCase<ResourceId>(var id) && !resource.Exists(known => known is not Resource.Uninstalled))
            return new AdjustmentRejection.UnknownResource(id);
        if (!resource.Match(known => IsPrepaid(known, catalogue), () => IsPrepaid(installation, catalogue)))
            return new AdjustmentRejection.NotPrepaid(Balance);

        var left = ledger.Balance(Balance) is var balance && balance > Usd.Zero ? balance : Usd.Zero;
        return Usd.Zero - Amount > left ? new AdjustmentRejection.MoreThanIsLeft(left) : None;
    }

    /// <summary>Credit that nothing could ever use up is none.</summary>
    private static bool IsPrepaid(Resource resource, Catalogue catalogue) =>
        resource.Facts.IsOurs
        && (catalogue.Product(resource.Facts.Product).Exists(product => product.Plans.Exists(plan => plan.Type == PlanType.Prepayment))
            || resource.Facts.Plan.Bind(plan => catalogue.ResourcePlan(resource.Facts.Product, plan)).Exists(plan => plan.Type == PlanType.Prepayment));

    private static bool IsPrepaid(Installation installation, Catalogue catalogue) =>
        installation.OwnPlan.Case is SomeCase<PlanId>(var own)
        && (catalogue.InstallationBilling.Exists(billing => billing.Plans.Exists(plan => plan.Type == PlanType.Prepayment))
            || catalogue.InstallationPlan(own).Exists(plan => plan.Type == PlanType.Prepayment));
}

/// <summary>Why a balance is not adjusted. Nothing has changed.</summary>
public abstract record AdjustmentRejection
{
    private AdjustmentRejection() { }

    /// <summary>It is uninstalled, and what it had paid ahead is Vercel's to refund.</summary>
    public sealed record InstallationLeaves(InstallationId Id) : AdjustmentRejection;

    /// <summary>There is no such resource in the installation, or not any more.</summary>
    public sealed record UnknownResource(ResourceId Id) : AdjustmentRejection;

    /// <summary>No plan that is sold there is paid ahead.</summary>
    public sealed record NotPrepaid(Option<ResourceId> Balance) : AdjustmentRejection;

    /// <param name="Left">Not below zero.</param>
    public sealed record MoreThanIsLeft(Usd Left) : AdjustmentRejection;
}
