using System.Diagnostics;
using LanguageExt;
using Marketplace.Core;
using Marketplace.Core.Installations;
using Marketplace.Core.Invoices;
using Marketplace.Core.Money;
using Marketplace.Core.Refunds;
using Marketplace.Core.Time;
using Marketplace.Shell.Audit;
using Marketplace.Shell.Balances;
using Marketplace.Shell.Billing;
using Marketplace.Shell.BillingPlans;
using Marketplace.Shell.Dashboard;
using Marketplace.Shell.Http;
using Marketplace.Shell.Invoices;
using Marketplace.Shell.OperatorConsole.Billing.Pages;
using Marketplace.Shell.OperatorConsole.Tables;
using Marketplace.Shell.OperatorConsole.Timeline;
using Marketplace.Shell.Persistence;
using Marketplace.Shell.Refunds;
using Npgsql;
using static LanguageExt.Prelude;

namespace Marketplace.Shell.OperatorConsole.Billing;

/// <summary>/ops/billing/invoices: everybody's, one of them with all that is known of it, and what an operator can do about it.</summary>
internal static class OperatorInvoiceEndpoints
{
    public static readonly RequestDelegate List = OperatorEndpoint.Page(ListInvoices);

    public static readonly RequestDelegate One = OperatorEndpoint.Page(ShowInvoice);

    public static readonly RequestDelegate Refund = OperatorEndpoint.Action("refund", RefundInvoice, action => action.Filled("amount"));

    public static readonly RequestDelegate Redraft = OperatorEndpoint.Action("redraft", RedraftInvoice);

    /// <summary>Of the form: by which a second click is known again.</summary>
    public const string KeyField = "key";

    private const int HistoryMax = 100;

    /// <summary>Of one installation, in a hundred years of months.</summary>
    private const int NamedMax = 1200;

    private static readonly TableShape Shape = new("Invoices of everybody", "-date")
    {
        Columns =
        [
            new("Invoice", "date"), new("Installation"), new("Kind"), new("Period"), new("State"), new("Amount", "amount", IsNumber: true),
        ],
        Search = "Installation, our id or Vercel's",
        Filters =
        [
            TableFilter.Choice("state", "State", InvoiceWords.States),
            TableFilter.Choice("kind", "Kind", InvoiceWords.Kinds),
            TableFilter.Day("since", "Dated from"),
            TableFilter.Day("until", "Dated to"),
        ],
        Empty = new("No invoices yet", "The first one comes when the first billing period is over, or a plan is charged in advance."),
    };

    private static async Task<IResult> ListInvoices(Operator person, HttpRequest request, NpgsqlDataSource database, CancellationToken cancel)
    {
        var asked = TableQuery.Read(request, Shape);
        var (filter, order, loads) = (Filter(asked), Order(asked), new Loads());
        var found = asked.Search is { } name
            ? InvoiceListRows.Named(loads, name, NamedMax)
            : InvoiceListRows.Page(loads, filter, order, TableQuery.Look);
        await loads.Read(database, cancel);
        var (rows, table) = asked.Show(
            [.. asked.Search is null ? found.Value : found.Value.Filter(filter.Holds).OrderBy(one => one, order).Where(order.IsBefore).Take(TableQuery.Look)],
            one => PageCursor.After(
                asked.Sort == "date" ? PageCursor.Part(one.Date) : Statements.StatementText.Amount(one.Total), one.Installation, one.Id));
        return OperatorPage.Of<InvoicesOfAllPage>(person.Frame, new InvoicesOfAllView(table, [.. rows.Select(Row)]));
    }

    private static async Task<IResult> ShowInvoice(
        Operator person, string installationId, string invoiceId, NpgsqlDataSource database, OperatorMessages messages, TimeProvider clock,
        CancellationToken cancel)
    {
        var (id, external, loads) = (new InstallationId(installationId), new ExternalInvoiceId(invoiceId), new Loads());
        var found = InvoiceRows.Load(loads, id, external);
        var refunds = RefundRows.Of(loads, id, external);
        var events = InvoiceHistoryRows.Events(loads, id, external, HistoryMax);
        var look = InvoiceHistoryRows.NextLook(loads, id, external);
        var waits = WaitingBillingRows.OfOne(loads, Seq("invoices", "settlement"), installationId);
        await loads.Read(database, cancel);
        if (found() is not { } invoice)
            return messages.NoSuch(person.Frame, "Invoice", BillingPaths.Invoices, "All invoices");

        var told = new Loads();
        var webhooks = InvoiceHistoryRows.Webhooks(told, id, external, invoice.KnownAs.Map(known => known.Value).OrNull(), HistoryMax);
        await told.Read(database, cancel);
        return OperatorPage.Of<InvoiceOfOnePage>(
            person.Frame, View(invoice, refunds.Value, events.Value, webhooks.Value, look.Value, waits.Value, clock.GetUtcNow()));
    }

    private static Task<IResult> RefundInvoice(
        OperatorAction action, string installationId, string invoiceId, RefundRequests refunds, CancellationToken cancel)
    {
        var back = BillingPaths.Invoice(installationId, invoiceId);
        return Asked(action).Match(
            Succ: async asked => await refunds.Request(
                new InstallationId(installationId), new ExternalInvoiceId(invoiceId), asked,
                action.Field(KeyField) is { } key ? $"console {key}" : null, action.Actor, cancel) switch
            {
                RefundAnswer.Accepted(var refund) => OperatorAnswer.Done(
                    back, $"{Shown.Money(refund.Terms.Amount)} is asked for, and sent within seconds where a worker runs."),
                RefundAnswer.NoInstallation or RefundAnswer.NoInvoice => OperatorAnswer.Refused(BillingPaths.Invoices, "There is no such invoice."),
                RefundAnswer.KeyReused => OperatorAnswer.Refused(back, "This form was sent before with another amount. Look at what came of it."),
                RefundAnswer.Refused(var rejection) => (IResult)OperatorAnswer.Refused(back, RefundProblem.From(rejection).Problem.Detail!),
                var other => throw new UnreachableException(other.GetType().Name),
            },
            Fail: errors => Task.FromResult<IResult>(OperatorAnswer.Refused(back, string.Join(' ', errors.Select(error => error.Message)))));
    }

    private static async Task<IResult> RedraftInvoice(
        OperatorAction action, string installationId, string invoiceId, InvoiceRedraft redraft, CancellationToken cancel)
    {
        var back = BillingPaths.Invoice(installationId, invoiceId);
        return await redraft.Redraft(new InstallationId(installationId), new ExternalInvoiceId(invoiceId), action.Actor, cancel) switch
        {
            RedraftAnswer.Redrafted { IsSent: false } => OperatorAnswer.Done(
                back, "It comes to less than Vercel takes by now. It is not sent, but carried or given away as the catalogue says."),
            RedraftAnswer.Redrafted(var saysOtherwise, _) => OperatorAnswer.Done(
                back, $"It is drafted anew and sent within seconds where a worker runs. It says {(saysOtherwise ? "what the catalogue says now" : "the same as before")}."),
            RedraftAnswer.NoInvoice => OperatorAnswer.Refused(BillingPaths.Invoices, "There is no such invoice."),
            RedraftAnswer.NotRefused => OperatorAnswer.Refused(back, "Vercel has not refused it: there is nothing to draft."),
            RedraftAnswer.InstallationFinal => OperatorAnswer.Refused(back, "The installation is final, and Vercel takes nothing of it any more."),
            var other => throw new UnreachableException(other.GetType().Name),
        };
    }

    private static Validation<FieldError, RequestRefund> Asked(OperatorAction action)
    {
        var text = action.Field("amount");
        var amount = AdjustmentEndpoints.Amount(text);
        return text is not null && amount.IsNone
            ? new FieldError("amount", "An amount is in dollars, such as 12.34.")
            : RequestRefund.Parse(amount, Optional(action.Field("told"))!);
    }

    private static InvoiceFilter Filter(TableQuery asked)
    {
        var (since, until) = (asked.Day("since") ?? InvoiceFilter.Always.Start, asked.Day("until")?.AddDays(1) ?? InvoiceFilter.Always.End);
        return new InvoiceFilter(
            asked.Filter("state") is { } state ? Seq1(state) : InvoiceFilter.AllStates,
            asked.Filter("kind") is { } kind ? Seq1(kind) : InvoiceFilter.AllKinds,
            since < until ? new TimeRange(since, until) : throw new BadHttpRequestException("The first day comes after the last one."));
    }

    private static InvoiceOrder Order(TableQuery asked) =>
        (asked.Sort, asked.After) switch
        {
            ("date", null) => asked.IsDescending ? InvoiceOrder.Newest : InvoiceOrder.Oldest,
            ("date", { Parts: [var at, var installation, var invoice] }) => new InvoiceOrder.ByDate(
                PageCursor.Moment(at) ?? throw TableQuery.Stale(), installation, invoice, !asked.IsDescending),
            ("amount", null) => asked.IsDescending ? InvoiceOrder.Largest : InvoiceOrder.Smallest,
            ("amount", { Parts: [var total, var installation, var invoice] }) => new InvoiceOrder.ByTotal(
                AdjustmentEndpoints.Amount(total).Match(amount => amount, () => throw TableQuery.Stale()), installation, invoice, !asked.IsDescending),
            _ => throw TableQuery.Stale(),
        };

    private static InvoiceOfAllRow Row(ListedInvoice one) => new(
        one.Id, BillingPaths.Invoice(one.Installation, one.Id), Shown.Day(one.Date), one.Installation, BillingPaths.Ledger(one.Installation),
        InvoiceWords.Kind(one.Kind), Shown.Period(one.Period), InvoiceWords.Mark(one.State, one.Rest), Shown.Money(one.Total));

    private static InvoiceOfOneView View(
        Invoice invoice, Seq<Refund> refunds, Seq<InvoiceHappening> events, Seq<InvoiceWebhook> webhooks, DateTimeOffset? look,
        Seq<WaitingInstallation> waits, DateTimeOffset now)
    {
        var content = invoice.Content;
        var (installation, id) = (content.Installation.Value, content.ExternalId.Value);
        var refunded = RequestRefund.RefundedSoFar(invoice, refunds);
        return new InvoiceOfOneView(
            id, BillingPaths.Invoice(installation, id), InvoiceWords.Mark(InvoiceRows.StateOf(invoice), InvoiceText.Of((invoice as Invoice.Skipped)?.Rest)),
            InvoiceWords.Advice(invoice, now),
            [
                new("Amount", Shown.Money(content.Total)), new("Kind", InvoiceWords.KindOf(content)), new("Period billed", Shown.Period(content.Period)),
                new("Billing period", Shown.Period(content.BillingPeriod)), new("Date", Shown.Moment(content.InvoiceDate)),
                .. refunded > Usd.Zero ? Seq1(new Fact("Refunded", Shown.Money(refunded))) : [],
                .. look is { } next ? Seq1(new Fact("Vercel is asked again", Shown.Moment(next))) : [],
                .. invoice.KnownAs.Map(known => new Fact("Invoice on Vercel", known.Value)).ToSeq(),
                new("Invoice here", id),
            ],
            installation, BillingPaths.Ledger(installation),
            BillingPaths.Statement(installation, Core.Statements.StatedPeriods.NameOf(content.BillingPeriod)),
            invoice is Invoice.Refused refused ? [.. refused.Reasons] : [],
            [.. waits.Map(wait => $"{(wait.Work == "invoices" ? "Invoices" : "Payments")} of the installation wait: {wait.Reason}")],
            [.. content.Lines.GroupBy(line => line.Subject).Select(lines => new InvoiceGroup(
                lines.Key.Single.Match(resource => resource.Value, () => "The installation as a whole"), [.. lines.Select(PlanViews.Of)]))],
            [.. content.Deductions.Select(deduction => new Fact(deduction.Name, Shown.Money(Usd.Zero - deduction.Amount)))],
            Shown.Money(Usd.Sum(content.Lines.Map(line => line.Total))), Shown.Money(content.Total),
            [.. content.Carries.Select(carried => new MessageLink(BillingPaths.Invoice(installation, carried.Value), carried.Value))],
            [.. refunds.Select(refund => new RefundRow(
                Shown.Money(refund.Terms.Amount), InvoiceWords.Mark(refund), MomentView.Of(refund.Terms.RequestedAt), refund.Terms.Reason,
                (refund as Refund.Failed)?.Reason))],
            [.. events.Select(View)],
            [.. webhooks.Select(told => new ToldRow(MomentView.Of(told.At), told.Type, told.Id, told.State, told.Error))],
            refunds.Exists(refund => refund.IsOpen) ? null : InvoiceWords.Refund(invoice), invoice is Invoice.Refused, Guid.NewGuid().ToString("N"));
    }

    private static HappeningRow View(InvoiceHappening happened) => new(
        MomentView.Of(happened.At), EventWords.Of(happened.Kind), happened.Kind, happened.Actor, happened.Cause,
        string.Join(", ", new[]
        {
            AdjustmentEndpoints.Amount(happened.Amount).Map(Shown.Money).OrNull(),
            happened.Reason, happened.FailedAt is { } at ? $"on {EventWords.Value(at)}" : null,
        }.OfType<string>()));
}

public sealed record InvoicesOfAllView(TableView Table, IReadOnlyList<InvoiceOfAllRow> Rows);

public sealed record InvoiceOfAllRow(
    string Id, string Address, string Date, string Installation, string InstallationAddress, string Kind, string Period, Mark State, string Amount);

/// <param name="Advice">What it waits for, or what there is to do.</param>
/// <param name="Reasons">Why Vercel refused it.</param>
/// <param name="Waits">What came in the way of the installation's invoices.</param>
/// <param name="Deductions">Each with a minus.</param>
/// <param name="Refundable">What a refund would do; null where there can be none now.</param>
/// <param name="FormKey">By which a second click is known again.</param>
public sealed record InvoiceOfOneView(
    string Id, string Address, Mark State, string? Advice, IReadOnlyList<Fact> Facts, string Installation, string InstallationAddress, string Statement,
    IReadOnlyList<string> Reasons, IReadOnlyList<string> Waits, IReadOnlyList<InvoiceGroup> Groups, IReadOnlyList<Fact> Deductions, string Subtotal,
    string Total, IReadOnlyList<MessageLink> Carries, IReadOnlyList<RefundRow> Refunds, IReadOnlyList<HappeningRow> History,
    IReadOnlyList<ToldRow> Webhooks, string? Refundable, bool CanBeRedrafted, string FormKey);

/// <param name="Reason">That the customer reads.</param>
/// <param name="Failure">Vercel's.</param>
public sealed record RefundRow(string Amount, Mark State, MomentView At, string Reason, string? Failure);

/// <param name="Kind">As the audit has it.</param>
public sealed record HappeningRow(MomentView At, string What, string Kind, string Who, string Cause, string Details);

/// <summary>A webhook of Vercel's.</summary>
public sealed record ToldRow(MomentView At, string Type, string Id, string State, string? Error);
