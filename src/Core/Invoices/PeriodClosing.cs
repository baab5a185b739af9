using LanguageExt;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Money;
using Marketplace.Core.Time;
using static LanguageExt.Prelude;

namespace Marketplace.Core.Invoices;

/// <summary>The invoices that close a billing period: one, but for what Vercel takes only on an invoice of its own.</summary>
internal static class PeriodClosing
{
    /// <summary>
    /// What the period comes to and was not billed before, what was carried so far, what arrived late, and the next base of the plans that
    /// are billed in advance and go on. It follows from the period's data alone, whenever it is made.
    /// </summary>
    public static Seq<Draft> Drafts(InvoicedInstallation account, InvoiceDue.PeriodEnd due)
    {
        var billed = BilledSoFar.Of(account.History, account.Test.IsSome);
        var (owed, unused) = Owed.Of(
            due.Period, BillingCharges.For(due.Period, account.Life.NoLaterThan(due.Period.End), account.Billed), billed);
        var late = account.Late.Map(usage => usage.Corrections(account.Life)).Strict();
        // Each part is strict: a chain of lazy ones can repeat one and lose another.
        var parts = billed.Carried.Bind(Owed.CarriedBy).Strict()
            + owed.Map(one => one.Timed(due.Period)).Strict()
            + (account.Life.End.IsSome ? Seq<Owed>() : GoingOn(account, due.Period))
            + late.Bind(correction => correction.More).Map(line => Owed.Corrected(line, due.Period)).Strict();
        var placed = Placement.Of(parts.Strict(), due.Period, account.Billed, billed);
        var granted = (unused + late.Bind(correction => correction.Less).Strict()).Strict();
        var policy = due.Final || account.SmallTotals == SmallTotalPolicy.Waive ? SmallTotal.Waived : SmallTotal.Carried;
        return Named(account, due, Credited(Contents(account, due, placed, billed), granted, billed, policy), policy, placed.Unplaced);
    }

    /// <summary>The base of the next period, of every plan that was active before this one ended and is active when it has.</summary>
    private static Seq<Owed> GoingOn(InvoicedInstallation account, BillingPeriod period)
    {
        var next = BillingPeriod.Containing(period.End, account.Anchor);
        var charges = BillingCharges.InAdvance(next, period.End, account.Billed);
        return charges.Lines
            .Filter(line => line.Kind == LineKind.Base && line.Total > Usd.Zero)
            .GroupBy(SubjectPlan.Of)
            .Where(same => account.Billed.PlansOf(same.Key.Subject).Exists(plan =>
                plan.Plan.Id == same.Key.Plan && plan.Span.Start < period.End && plan.Span.Contains(period.End)))
            .Select(same => new Owed(
                same.Key, same.ToSeq().Strict(),
                charges.Discounts.Filter(discount => SubjectPlan.Of(discount) == same.Key).Strict(), period.Start).Timed(next))
            .ToSeq()
            .Strict();
    }

    /// <summary>One for each period that an invoice has to have, and one at least.</summary>
    private static Seq<InvoiceContent> Contents(
        InvoicedInstallation account, InvoiceDue.PeriodEnd due, Placement placed, BilledSoFar billed)
    {
        var asOf = account.Life.NoLaterThan(due.Period.End);
        var date = asOf < due.Period.LastSecond ? asOf : due.Period.LastSecond;
        var taken = Seq<ExternalInvoiceId>();
        var contents = Seq<InvoiceContent>();
        foreach (var (period, parts) in placed.Invoices.IsEmpty ? Seq1((due.Period, Seq<Owed>())) : placed.Invoices)
        {
            var carries = billed.Carried
                .Filter(carried => !taken.Contains(carried.ExternalId) && parts.Exists(part => part.CarriedFrom == Some(carried.ExternalId)))
                .Map(carried => carried.ExternalId)
                .Strict();
            taken += carries;
            contents = contents.Add(new InvoiceContent(
                default, account.Installation, period, date,
                parts.Bind(part => part.Lines).Map(line => line.In(period)).Strict(),
                parts.Bind(part => part.Discounts).Map(discount => discount.In(period)).Strict(),
                Final: false)
            {
                BillingPeriod = due.Period, Credits = parts.Bind(part => part.Credits).Strict(), Carries = carries, Test = account.Test,
            });
        }

        return contents;
    }

    /// <summary>What is granted now is noted on the first.</summary>
    private static Seq<InvoiceContent> Credited(Seq<InvoiceContent> contents, Seq<Credit> granted, BilledSoFar billed, SmallTotal policy)
    {
        var open = CreditSum(billed.OpenCredits + granted);
        var credited = Seq<InvoiceContent>();
        foreach (var content in contents)
        {
            var one = content.Total >= Invoice.MinimumTotal ? Giving(content, open) : content;
            if (policy == SmallTotal.Waived && one.Total < Invoice.MinimumTotal)
            {
                var over = WithoutTimeToCome(content);
                one = Giving(over, over.Total >= Invoice.MinimumTotal ? open : NeverPaid(over, open));
            }

            open = Left(open, one.Credits.Skip(content.Credits.Count));
            credited = credited.Add(credited.IsEmpty ? one with { Granted = granted } : one);
        }

        return credited;
    }

    private static InvoiceContent Giving(InvoiceContent content, Seq<Credit> open) =>
        content with { Credits = CreditsInUse.On(content, open) };

    /// <summary>What is given away bills nothing in advance: a base of which the period is not over is owed when it is.</summary>
    private static InvoiceContent WithoutTimeToCome(InvoiceContent content)
    {
        return content with
        {
            Lines = content.Lines.Filter(line => !IsToCome(line.Start)).Strict(),
            Discounts = content.Discounts.Filter(discount => !IsToCome(discount.Start)).Strict(),
        };

        bool IsToCome(Option<DateTimeOffset> start) => start.Exists(at => at >= content.BillingPeriod.End);
    }

    /// <summary>What was billed too much of a base that is given away here: it is deducted here, and never from what is paid.</summary>
    private static Seq<Credit> NeverPaid(InvoiceContent givenAway, Seq<Credit> open) =>
        open.Filter(credit => credit.Source.Kind == CreditKind.Unused && credit.Source.PeriodStart == givenAway.BillingPeriod.Start)
            .Map(credit => credit with { Amount = Less(credit.Amount, Base(givenAway, new SubjectPlan(credit.Source.Subject, credit.Source.Plan))) })
            .Filter(credit => credit.Amount > Usd.Zero)
            .Strict();

    private static Usd Base(InvoiceContent content, SubjectPlan who) =>
        Usd.Sum(content.Lines.Filter(line => line.Kind == LineKind.Base && SubjectPlan.Of(line) == who).Map(line => line.Total));

    private static Usd Less(Usd a, Usd b) => a < b ? a : b;

    private static Seq<Credit> CreditSum(Seq<Credit> credits) =>
        credits.GroupBy(credit => credit.Source)
            .Select(same => new Credit(same.Key, Usd.Sum(same.Select(credit => credit.Amount))))
            .ToSeq()
            .Strict();

    private static Seq<Credit> Left(Seq<Credit> open, IEnumerable<CreditUse> uses)
    {
        var used = uses.ToLookup(use => use.Source, use => use.Amount);
        return open.Map(credit => credit with { Amount = credit.Amount - Usd.Sum(used[credit.Source]) })
            .Filter(credit => credit.Amount > Usd.Zero)
            .Strict();
    }

    /// <summary>The names follow from the order; the last one that is sent is the final one.</summary>
    private static Seq<Draft> Named(
        InvoicedInstallation account, InvoiceDue.PeriodEnd due, Seq<InvoiceContent> contents, SmallTotal policy, Seq<Owed> unplaced)
    {
        var drafts = contents.Map(content => Draft.Of(content, policy)).ToList();
        var final = due.Final ? Math.Max(0, drafts.FindLastIndex(draft => draft.Rest.IsNone)) : -1;
        return drafts
            .Select((draft, at) => draft with
            {
                Content = draft.Content with
                {
                    ExternalId = account.Named(at == final
                        ? ExternalInvoiceId.Final(account.Installation, due.Period)
                        : ExternalInvoiceId.For(account.Installation, due.Period, at + 1)),
                    Final = at == final,
                },
            })
            .Concat(Unbillable(account, due, contents, unplaced))
            .ToSeq()
            .Strict();
    }

    /// <summary>What no invoice that Vercel takes can bill is on record as given away.</summary>
    private static Seq<Draft> Unbillable(InvoicedInstallation account, InvoiceDue.PeriodEnd due, Seq<InvoiceContent> contents, Seq<Owed> unplaced) =>
        unplaced.IsEmpty
            ? Seq<Draft>()
            : Seq1(new Draft(
                new InvoiceContent(
                    account.Named(ExternalInvoiceId.Unbillable(account.Installation, due.Period)), account.Installation, due.Period,
                    contents.Head.InvoiceDate,
                    unplaced.Bind(part => part.Lines).Map(line => line.In(due.Period)).Strict(),
                    unplaced.Bind(part => part.Discounts).Map(discount => discount.In(due.Period)).Strict(), Final: false)
                {
                    // Given away as well, or the next closing would take it up again.
                    Carries = unplaced.Bind(part => part.CarriedFrom.ToSeq()).Distinct()
                        .Filter(carried => !contents.Exists(content => content.Carries.Contains(carried))).ToSeq().Strict(),
                    Test = account.Test,
                },
                SmallTotal.Waived));
}
