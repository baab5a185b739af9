using FsCheck;
using FsCheck.Fluent;
using LanguageExt;
using Marketplace.Core.Balances;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Invoices;
using Marketplace.Core.Money;
using Marketplace.Core.Resources;
using Marketplace.Core.Time;
using static LanguageExt.Prelude;

namespace Marketplace.Properties.Balances;

/// <summary>What can happen to the balances of an installation: an hour in which its uses come to something else, or a purchase.</summary>
internal abstract record LedgerStep
{
    public sealed record Hour(int Number, Seq<PrepaidCharge> Charges) : LedgerStep;

    public sealed record Purchase(BalanceEntry Entry) : LedgerStep;
}

internal static class AnyBurn
{
    public static readonly DateTimeOffset Start = new(2027, 1, 31, 20, 0, 0, TimeSpan.Zero);

    private static readonly BillingPeriod January = BillingPeriod.MonthOf(Start);
    private static readonly BillingPeriod February = BillingPeriod.MonthOf(January.End);

    /// <summary>Two resources and the installation, each with a use in two months, and the first with two plans.</summary>
    public static readonly Seq<PrepaidUse> Uses =
        (from subject in Seq(PlanSubject.Of(new ResourceId("res_1")), PlanSubject.Of(new ResourceId("res_2")), PlanSubject.WholeInstallation)
         from plan in subject == PlanSubject.Of(new ResourceId("res_1")) ? Seq("prepaid", "credits") : Seq1("prepaid")
         from period in Seq(January, February)
         select new PrepaidUse(subject, new PlanId(plan), period)).ToSeq().Strict();

    /// <summary>In whole cents. They may shrink: what a plan includes may grow, and the next step of a volume price may be cheaper.</summary>
    private static readonly Gen<Seq<PrepaidCharge>> Charges =
        from uses in Gen.SubListOf<PrepaidUse>(Uses)
        from cents in Gen.Choose(0, 2000).ListOf(uses.Count)
        select uses.Zip(cents, (use, amount) => new PrepaidCharge(use, new Usd(amount / 100m))).ToSeq().Strict();

    private static readonly Gen<LedgerStep> Step = Gen.Frequency<LedgerStep>(
        (3, from number in Gen.Choose(0, 8) from charges in Charges select (LedgerStep)new LedgerStep.Hour(number, charges)),
        (1, from invoice in Gen.Choose(1, 6)
            from use in Gen.Elements<PrepaidUse>(Uses)
            from dollars in Gen.Choose(1, 20)
            select (LedgerStep)new LedgerStep.Purchase(new BalanceEntry(
                BalanceCause.Purchase(new VercelInvoiceId($"mi_{invoice}")), use.Balance, new Usd(dollars), Start))));

    public static readonly Gen<IList<LedgerStep>> Story = Step.ListOf().Select(steps => (IList<LedgerStep>)[.. steps]);

    public static HourSlot Slot(int number) => HourSlot.Of(Start.AddHours(number));

    /// <summary>One step on the ledger; a purchase that is there already changes nothing, as its key in the store sees to.</summary>
    public static BalanceLedger After(BalanceLedger ledger, LedgerStep step) =>
        step switch
        {
            LedgerStep.Hour hour => BurnDown.Enter(ledger, hour.Charges, Slot(hour.Number), Slot(hour.Number).End).Next,
            LedgerStep.Purchase bought => ledger.Has(bought.Entry.Cause)
                ? ledger
                : ledger with { Entries = ledger.Entries.Add(bought.Entry) },
            _ => throw new System.Diagnostics.UnreachableException(step.GetType().Name),
        };

    public static BalanceLedger After(IEnumerable<LedgerStep> steps) => steps.Aggregate(BalanceLedger.Empty, After);

    /// <summary>The same ledger, cut at its end: nothing is left of it but what is carried forward.</summary>
    public static BalanceLedger Carried(BalanceLedger ledger) => BalanceLedger.Empty with
    {
        Carried = toHashMap(Uses.Map(use => use.Balance).Distinct().Map(balance => (balance, ledger.Standing(balance)))),
        CarriedBurns = toHashMap(Uses.Bind(use => ledger.LastBurn(use).Map(burnt => (use, burnt)).ToSeq())),
    };
}
