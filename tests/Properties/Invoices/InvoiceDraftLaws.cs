using FsCheck;
using FsCheck.Fluent;
using LanguageExt;
using Marketplace.Core;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Invoices;
using Marketplace.Core.Money;
using Marketplace.Core.Resources;
using Marketplace.Core.Time;
using Marketplace.Core.Usage;
using Marketplace.Properties.BillingPlans;
using Marketplace.Properties.Time;
using Xunit;

namespace Marketplace.Properties.Invoices;

public sealed class InvoiceDraftLaws
{
    /// <summary>A period that is over for its installation, by the clock or by its uninstall, with every hour reported.</summary>
    private sealed record Closing(
        BillingPeriod Period, Lifetime Life, BilledInstallation Billed, Seq<UsageSlot> Slots, DateTimeOffset Now)
    {
        public InvoiceDue Due => new InvoiceDue.PeriodEnd(Period, Life.End.Exists(end => end <= Period.End));

        public Either<Seq<InvoiceLimit>, Transition<Invoice, InvoiceEvent>> Draft(Seq<Invoice> history) =>
            InvoiceDraft.For(With(history), Due, Now).Map(drafted => drafted.Head);

        public Seq<InvoiceLimit> Limits(InvoiceContent content, Seq<Invoice> history) => InvoiceLimits.Check(content, Due, With(history), Now);

        public Seq<InvoiceLimit> Limits(InvoiceContent content) => Limits(content, LanguageExt.Seq<Invoice>.Empty);

        public Invoice Made => Draft(LanguageExt.Seq<Invoice>.Empty)
            .IfLeft(limits => throw new InvalidOperationException(limits.ToString())).Next;

        private InvoicedInstallation With(Seq<Invoice> history) =>
            new(AnyInvoice.Installation, Life, AnyTime.AnchorOf(Period), Billed, history, Slots);
    }

    private static readonly Gen<Closing> Any =
        from stories in AnyBilling.Stories
        let period = stories.Period
        from uninstalled in Gen.OneOf(
            Gen.Constant(Option<DateTimeOffset>.None),
            AnyTime.In(new TimeRange(period.Start.AddSeconds(1), period.End)).Select(Prelude.Some))
        from hours in Gen.Choose(0, 100)
        let life = new Lifetime(period.Start.AddDays(-40), uninstalled)
        let over = life.NoLaterThan(period.End)
        from resources in Gen.SubListOf(stories.Stories)
        select new Closing(
            period, life, BilledInstallation.PerResource(resources.Select(story => story.Resource).ToSeq().Strict()), Reported(life, period), over.AddHours(hours));

    [Fact]
    public void Each_of_the_five_limits_holds_for_what_is_drafted() =>
        Law.Holds(Any, given => given.Draft(LanguageExt.Seq<Invoice>.Empty).Match(
            Right: drafted => given.Limits(drafted.Next.Content).IsEmpty,
            Left: _ => false));

    [Fact]
    public void No_resource_plan_and_period_is_ever_invoiced_twice() =>
        Law.Holds(
            from given in Any from state in AnyInvoice.State select (given, state),
            given =>
            {
                // Whatever became of the first one: only if Vercel never had it, the same may be billed by another.
                var first = InState(given.state, given.given.Made.Content);
                var exists = first is not (Invoice.Refused or Invoice.Skipped);
                var limits = given.given.Limits(first.Content, Prelude.Seq1(first));
                return limits.Exists(limit => limit is InvoiceLimit.ExternalIdTaken) == exists
                    && first.Content.Lines.ForAll(line => limits.Exists(limit => limit is InvoiceLimit.AlreadyBilled billed
                        && (billed.Subject, billed.Plan, billed.Period) == (line.Subject, line.Plan, given.given.Period)) == exists);
            });

    [Fact]
    public void An_invoice_of_another_period_is_no_hindrance() =>
        Law.Holds(Any, given =>
        {
            var content = given.Made.Content;
            var before = BillingPeriod.MonthOf(given.Period.Start.AddDays(-60));
            var earlier = new Invoice.Submitted(
                content with { Period = before, ExternalId = ExternalInvoiceId.For(AnyInvoice.Installation, before, 1) },
                given.Now);
            return given.Draft(Prelude.Seq1<Invoice>(earlier)).IsRight;
        });

    [Fact]
    public void The_invoice_is_what_the_last_report_of_the_period_said_without_what_came_to_nothing() =>
        Law.Holds(Any, given =>
        {
            var slot = HourSlot.DueIn(given.Life, given.Period.Range, given.Now).Last();
            var report = BillingLines.For(given.Period, slot.DueAt(given.Life), given.Billed);
            // The next base of what is billed in advance is no part of the period.
            var ofPeriod = given.Made.Content.Lines.Filter(line => line.Start.ForAll(start => start < given.Period.End)).Strict();
            return ofPeriod == report.Filter(line => line.Total > Usd.Zero).Strict();
        });

    [Fact]
    public void It_makes_no_difference_when_the_invoice_is_made() =>
        Law.Holds(Any, given =>
            (given with { Now = given.Now.AddDays(200) }).Made.Content == given.Made.Content);

    [Fact]
    public void An_invoice_is_dated_inside_its_period_and_its_life() =>
        Law.Holds(Any, given => given.Made.Content is var content
            && content.Period.Contains(content.InvoiceDate)
            && given.Life.End.ForAll(end => content.InvoiceDate <= end)
            && content.InvoiceDate >= given.Life.NoLaterThan(given.Period.End).AddSeconds(-1));

    [Fact]
    public void Less_than_half_a_dollar_is_skipped_and_kept_on_record() =>
        Law.Holds(Any, given => given.Made is var made
            && (made is Invoice.Skipped) == (made.Content.Total < new Usd(0.50m))
            && (made is Invoice.Drafted) == (made.Content.Total >= new Usd(0.50m)));

    [Fact]
    public void Nothing_is_invoiced_before_the_period_is_over() =>
        Law.Holds(
            from given in Any
            from minutes in Gen.Choose(1, 10_000)
            select given with { Now = given.Life.NoLaterThan(given.Period.End).AddMinutes(-minutes) },
            given => given.Draft(LanguageExt.Seq<Invoice>.Empty).Match(
                Right: _ => false,
                Left: limits => limits.Exists(limit => limit == new InvoiceLimit.PeriodNotOver(given.Period))));

    [Fact]
    public void An_invoice_waits_for_the_hours_that_Vercel_does_not_know_of() =>
        Law.Holds(
            from given in Any
            from missing in Gen.Choose(1, 20)
            select given with
            {
                Now = given.Life.NoLaterThan(given.Period.End),
                Slots = given.Slots.Take(Math.Max(0, given.Slots.Count - missing)).Strict(),
            },
            given => given.Draft(LanguageExt.Seq<Invoice>.Empty).Match(
                Right: _ => false,
                Left: limits => limits.Exists(limit => limit is InvoiceLimit.UsageNotReported unreported
                    && !unreported.Hours.IsEmpty
                    && unreported.Hours.Last == HourSlot.DueIn(given.Life, given.Period.Range, given.Now).Last())));

    [Fact]
    public void A_gap_in_the_middle_is_made_good_by_the_next_report() =>
        Law.Holds(
            from given in Any
            from kept in Gen.SubListOf(given.Slots.ToArray())
            select given with { Slots = kept.Append(given.Slots.Last).Distinct().ToSeq().Strict() },
            given => given.Draft(LanguageExt.Seq<Invoice>.Empty).IsRight);

    [Fact]
    public void A_line_for_a_plan_that_was_not_active_or_is_paid_before_use_is_named() =>
        Law.Holds(
            from given in Any
            from line in AnyInvoice.Line
            from resource in Gen.Elements("res_a", "res_b", "res_c", "res_d")
            select (given, line: line with { Subject = PlanSubject.Of(new ResourceId(resource)) }),
            given =>
            {
                var content = given.given.Made.Content with { Lines = Prelude.Seq1(given.line) };
                var limits = given.given.Limits(content);
                var (subject, plan, period) = (given.line.Subject, given.line.Plan, given.given.Period);
                var active = given.given.Billed.Resources
                    .Filter(each => PlanSubject.Of(each.Id) == subject)
                    .Bind(each => each.Plans)
                    .Filter(each => each.Plan.Id == plan && each.Span.Within(period.Range).IsSome);
                return limits.Exists(limit => limit == new InvoiceLimit.PlanNotActive(subject, plan, period)) == active.IsEmpty
                    && limits.Exists(limit => limit == new InvoiceLimit.NotSubscription(subject, plan))
                        == (!active.IsEmpty && plan == AnyBilling.Prepaid);
            });

    [Fact]
    public void A_date_outside_the_period_is_named() =>
        Law.Holds(
            from given in Any from moment in AnyTime.Moment select (given, moment),
            given => given.given.Limits(given.given.Made.Content with { InvoiceDate = given.moment })
                .Exists(limit => limit == new InvoiceLimit.DateOutsidePeriod(given.moment, given.given.Period))
                == !given.given.Period.Contains(given.moment));

    private static Seq<UsageSlot> Reported(Lifetime life, BillingPeriod period) =>
        HourSlot.DueIn(life, period.Range, life.NoLaterThan(period.End))
            .Select(slot => (UsageSlot)new UsageSlot.Confirmed(AnyInvoice.Installation, slot, period, slot.DueAt(life)))
            .ToSeq()
            .Strict();

    private static Invoice InState(Invoice state, InvoiceContent content) => state with { Content = content };
}
