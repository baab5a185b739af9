using FsCheck;
using FsCheck.Fluent;
using LanguageExt;
using Marketplace.Core;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Installations;
using Marketplace.Core.Invoices;
using Marketplace.Core.Money;
using Marketplace.Core.Resources;
using Marketplace.Core.Time;
using Marketplace.Properties.BillingPlans;
using Marketplace.Properties.Time;

namespace Marketplace.Properties.Invoices;

/// <summary>Invoices in every stage, and what Vercel may say of them. Few different values, so that some are equal.</summary>
internal static class AnyInvoice
{
    public static readonly InstallationId Installation = new("icfg_1");

    public static readonly VercelInvoiceId VercelId = new("mi_1");

    private static readonly DateTimeOffset February = new(2027, 2, 1, 0, 0, 0, TimeSpan.Zero);

    public static readonly Gen<BillingLine> Line =
        from subject in Gen.Elements(
            PlanSubject.Of(new ResourceId("res_1")), PlanSubject.Of(new ResourceId("res_2")), PlanSubject.WholeInstallation)
        from plan in AnyBilling.PlanId
        from kind in Gen.Elements(Enum.GetValues<LineKind>())
        from cents in Gen.Choose(1, 5_000)
        let total = new Usd(cents / 100m)
        select new BillingLine(
            subject, plan, kind, plan.Value, "my-db", total, 1m, "period", total,
            Option<DateTimeOffset>.None, Option<DateTimeOffset>.None);

    public static readonly Gen<InvoiceContent> Content =
        from period in AnyTime.Period
        from lines in Gen.ListOf(Line)
        from final in Gen.Elements(true, false)
        select new InvoiceContent(
            final
                ? ExternalInvoiceId.Final(Installation, period)
                : ExternalInvoiceId.For(Installation, period, ordinal: 1),
            Installation, period, period.LastSecond, lines.ToSeq().Strict(), Seq<BillingDiscount>.Empty, final);

    public static readonly Gen<Seq<string>> Reasons =
        Gen.NonEmptyListOf(Gen.Elements("items[0]: duplicate", "period: not aligned")).Select(list => list.ToSeq().Strict());

    public static readonly Gen<InvoiceObservation> Observation = Gen.OneOf(
        Gen.Constant((InvoiceObservation)new InvoiceObservation.Open()),
        Moment.Select(at => (InvoiceObservation)new InvoiceObservation.NotPaid(at)),
        Moment.Select(at => (InvoiceObservation)new InvoiceObservation.Overdue(at)),
        Moment.Select(at => (InvoiceObservation)new InvoiceObservation.Paid(at)),
        Moment.Select(at => (InvoiceObservation)new InvoiceObservation.RefundRequested(at)),
        from at in Moment
        from amount in Gen.Elements(1m, 12.50m)
        from reason in Gen.Elements("outage", "by mistake")
        select (InvoiceObservation)new InvoiceObservation.Refunded(at, new Usd(amount), reason));

    public static readonly Gen<Invoice> State = Content.SelectMany(StateOf);

    public static readonly Gen<InvoiceCommand> Command = CommandFor(Content);

    /// <summary>An invoice and a command that is about this very invoice.</summary>
    public static readonly Gen<(Invoice State, InvoiceCommand Command, DateTimeOffset Now)> Asked =
        from content in Content
        from state in StateOf(content)
        from lines in Gen.OneOf(Gen.Constant(content.Lines), Gen.ListOf(Line).Select(list => list.ToSeq().Strict()))
        from command in CommandFor(Gen.Constant(content with { Lines = lines }))
        from now in Moment
        select (state, command, now);

    /// <summary>Before Vercel spoke of it.</summary>
    public static readonly Gen<Invoice> Unanswered =
        from content in Content
        from at in Moment
        from reasons in Reasons
        from state in Gen.Elements<Invoice>(
            new Invoice.Drafted(content, at), new Invoice.Submitted(content, at), new Invoice.Known(content, at), new Invoice.Refused(content, reasons, at))
        select state;

    /// <summary>On record as closed, with nothing to bill.</summary>
    public static Invoice Closed(BillingPeriod period) =>
        new Invoice.Skipped(
            new InvoiceContent(
                ExternalInvoiceId.For(Installation, period, ordinal: 1), Installation, period, period.LastSecond, Seq<BillingLine>.Empty,
                Seq<BillingDiscount>.Empty, Final: false),
            SmallTotal.Nothing, period.End);

    private static Gen<DateTimeOffset> Moment => Gen.Choose(0, 30).Select(days => February.AddDays(days));

    private static Gen<Invoice> StateOf(InvoiceContent content) =>
        from at in Moment
        from days in Gen.Choose(0, 15)
        from reasons in Reasons
        from id in Gen.Frequency((6, Gen.Constant(VercelId)), (1, Gen.Constant(new VercelInvoiceId("mi_2"))))
        from rest in Gen.Elements(SmallTotal.Nothing, SmallTotal.Carried, SmallTotal.Waived)
        from state in Gen.Elements<Invoice>(
            new Invoice.Drafted(content, at),
            new Invoice.Submitted(content, at),
            new Invoice.Known(content, at),
            new Invoice.Accepted(content, id),
            new Invoice.NotPaid(content, id, at, at.AddDays(days)),
            new Invoice.Overdue(content, id, at, at.AddDays(days)),
            new Invoice.Paid(content, id, at),
            new Invoice.RefundRequested(content, id, at),
            new Invoice.Refunded(content, id, at, new Usd(12.50m), "outage"),
            new Invoice.Refused(content, reasons, at),
            new Invoice.Skipped(content, rest, at))
        select state;

    private static Gen<InvoiceCommand> CommandFor(Gen<InvoiceContent> content) => Gen.OneOf(
        Gen.Constant((InvoiceCommand)new InvoiceCommand.Submit()),
        Gen.Constant((InvoiceCommand)new InvoiceCommand.FindThere()),
        Observation.Select(told => (InvoiceCommand)new InvoiceCommand.Observe(VercelId, told)),
        Reasons.Select(reasons => (InvoiceCommand)new InvoiceCommand.Refuse(reasons)),
        content.Select(drafted => (InvoiceCommand)new InvoiceCommand.Redraft(drafted)),
        from drafted in content
        from rest in Gen.Elements(SmallTotal.Nothing, SmallTotal.Carried, SmallTotal.Waived)
        select (InvoiceCommand)new InvoiceCommand.Redraft(drafted) { Rest = rest });
}
