using LanguageExt;
using Marketplace.Core.Money;
using Marketplace.Core.Time;
using Marketplace.Shell.Persistence;
using Npgsql;
using NpgsqlTypes;

namespace Marketplace.Shell.Invoices;

/// <summary>Everybody's invoices, for operators.</summary>
internal static class InvoiceListRows
{
    // As its index has it.
    private const string Kind = """
        case when i.test_result is not null then 'test' when i.one_off then 'one-off' when i.take_up then 'take-up' when i.final then 'final' else 'period' end
        """;

    private const string Columns = $"""
        i.installation_id, i.external_id, i.vercel_invoice_id, i.state, {Kind}, i.billing_period_start, i.billing_period_end, i.invoice_date,
        i.total, i.rest, i.changed_at
        """;

    // Each state and kind from where it goes on: however rare what is asked for, nothing else is read.
    private const string Each = $"""
        from unnest($1::text[]) as s (state) cross join unnest($2::text[]) as k (kind) cross join lateral (
            select {Columns} from invoice i where i.state = s.state and ({Kind}) = k.kind and i.invoice_date >= $3 and i.invoice_date < $4
        """;

    private const string NewestSql = $"""
        select i.* {Each} and (i.invoice_date, i.installation_id, i.external_id) < ($5, $6, $7)
            order by i.invoice_date desc, i.installation_id desc, i.external_id desc limit $8) i
        order by i.invoice_date desc, i.installation_id desc, i.external_id desc limit $8
        """;

    private const string OldestSql = $"""
        select i.* {Each} and (i.invoice_date, i.installation_id, i.external_id) > ($5, $6, $7)
            order by i.invoice_date, i.installation_id, i.external_id limit $8) i
        order by i.invoice_date, i.installation_id, i.external_id limit $8
        """;

    private const string LargestSql = $"""
        select i.* {Each} and (i.total, i.installation_id, i.external_id) < ($5, $6, $7)
            order by i.total desc, i.installation_id desc, i.external_id desc limit $8) i
        order by i.total desc, i.installation_id desc, i.external_id desc limit $8
        """;

    private const string SmallestSql = $"""
        select i.* {Each} and (i.total, i.installation_id, i.external_id) > ($5, $6, $7)
            order by i.total, i.installation_id, i.external_id limit $8) i
        order by i.total, i.installation_id, i.external_id limit $8
        """;

    // By an id of ours or of Vercel's, or all of an installation.
    private const string NamedSql = $"""
        select {Columns} from invoice i
        where i.installation_id = $1
        union all
        select {Columns} from invoice i where i.external_id = $1
        union all
        select {Columns} from invoice i where i.vercel_invoice_id = $1
        order by invoice_date desc, installation_id desc, external_id desc limit $2
        """;

    // What is given back of an invoice, or is about to be, counts as that; the rest of it stays paid, and it is one invoice all the same.
    private const string SumsSql = $"""
        select date_trunc('day', i.invoice_date, 'UTC') as day, i.state, {Kind} as kind, count(*), sum(i.total) from invoice i
        where i.state = any ($1) and i.state not in ('refund_requested', 'refunded') and ({Kind}) = any ($2) and i.invoice_date >= $3 and i.invoice_date < $4
        group by 1, 2, 3
        union all
        select i.day, part.state, i.kind, sum(part.invoices), sum(part.amount)
        from (
            select date_trunc('day', i.invoice_date, 'UTC') as day, i.state, {Kind} as kind, i.total,
                least(i.total, greatest(i.refunded_amount, (
                    select sum(r.amount) from invoice_refund r
                    where r.installation_id = i.installation_id and r.external_id = i.external_id and r.state in ('requested', 'sent', 'accepted', 'refunded')))) as back
            from invoice i
            where i.state = any ($1) and i.state in ('refund_requested', 'refunded') and ({Kind}) = any ($2) and i.invoice_date >= $3 and i.invoice_date < $4
        ) i cross join lateral (values (i.state, 1, i.back), ('paid', 0, i.total - i.back)) as part (state, invoices, amount)
        group by 1, 2, 3 order by 1, 2, 3
        """;

    private const string LinesSql = """
        select l.billing_plan_id, l.name, l.kind, l.units, sum(l.quantity), sum(l.total), count(*)
        from invoice i join invoice_line l on l.installation_id = i.installation_id and l.external_id = i.external_id
        where i.state = any ($1) and i.test_result is null and i.invoice_date >= $2 and i.invoice_date < $3
        group by l.billing_plan_id, l.name, l.kind, l.units order by sum(l.total) desc, l.billing_plan_id, l.name, l.kind, l.units limit $4
        """;

    public static Loaded<Seq<ListedInvoice>> Page(Loads loads, InvoiceFilter filter, InvoiceOrder order, int max)
    {
        var (states, kinds) = (filter.States.ToArray(), filter.Kinds.ToArray());
        var (from, until) = (filter.Dated.Start, filter.Dated.End);
        return order switch
        {
            InvoiceOrder.ByDate { Ascending: false } by =>
                loads.Many(NewestSql, Read, states, kinds, from, until, by.At, by.Installation, by.Invoice, max),
            InvoiceOrder.ByDate by => loads.Many(OldestSql, Read, states, kinds, from, until, by.At, by.Installation, by.Invoice, max),
            InvoiceOrder.ByTotal { Ascending: false } by =>
                loads.Many(LargestSql, Read, states, kinds, from, until, by.Total.Amount, by.Installation, by.Invoice, max),
            InvoiceOrder.ByTotal by => loads.Many(SmallestSql, Read, states, kinds, from, until, by.Total.Amount, by.Installation, by.Invoice, max),
            _ => throw new System.Diagnostics.UnreachableException(order.GetType().Name),
        };
    }

    /// <summary>Newest first.</summary>
    public static Loaded<Seq<ListedInvoice>> Named(Loads loads, string name, int max) => loads.Many(NamedSql, Read, name, max);

    /// <summary>What was invoiced on each day, by state and kind.</summary>
    public static Loaded<Seq<InvoicedDay>> Sums(Loads loads, InvoiceFilter filter) => loads.Many(
        SumsSql,
        reader => new InvoicedDay(reader.Moment(0), reader.GetString(1), reader.GetString(2), reader.GetInt64(3), new Usd(reader.GetDecimal(4))),
        filter.States.ToArray(), filter.Kinds.ToArray(), filter.Dated.Start, filter.Dated.End);

    /// <summary>What it was invoiced for, the largest sums first.</summary>
    public static Loaded<Seq<InvoicedUse>> Lines(Loads loads, InvoiceFilter filter, int max) => loads.Many(
        LinesSql,
        reader => new InvoicedUse(
            reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetString(3), reader.GetDecimal(4), new Usd(reader.GetDecimal(5)),
            reader.GetInt64(6)),
        filter.States.ToArray(), filter.Dated.Start, filter.Dated.End, max);

    private static ListedInvoice Read(NpgsqlDataReader reader) => new(
        reader.GetString(0), reader.GetString(1), reader.TextOrNull(2), reader.GetString(3), reader.GetString(4),
        new BillingPeriod(reader.Moment(5), reader.Moment(6)), reader.Moment(7), new Usd(reader.GetDecimal(8)), reader.TextOrNull(9),
        reader.Moment(10));
}

/// <summary>Which invoices are asked for; each of these at least once.</summary>
/// <param name="Dated">Their date lies in it.</param>
internal sealed record InvoiceFilter(Seq<string> States, Seq<string> Kinds, TimeRange Dated)
{
    public static readonly Seq<string> AllStates = Prelude.Seq(
        "drafted", "submitted", "known", "accepted", "notpaid", "overdue", "paid", "refund_requested", "refunded", "refused", "skipped");

    public static readonly Seq<string> AllKinds = Prelude.Seq("period", "take-up", "final", "one-off", "test");

    /// <summary>PostgreSQL's timestamps end later than ours.</summary>
    public static readonly TimeRange Always = new(DateTimeOffset.UnixEpoch, DateTimeOffset.MaxValue.AddTicks(-9));

    public static readonly InvoiceFilter All = new(AllStates, AllKinds, Always);

    public bool Holds(ListedInvoice invoice) =>
        States.Contains(invoice.State) && Kinds.Contains(invoice.Kind) && Dated.Start <= invoice.Date && invoice.Date < Dated.End;
}

/// <summary>In which order, and after which one.</summary>
internal abstract record InvoiceOrder(string Installation, string Invoice, bool Ascending) : IComparer<ListedInvoice>
{
    public sealed record ByDate(DateTimeOffset At, string Installation, string Invoice, bool Ascending) : InvoiceOrder(Installation, Invoice, Ascending);

    public sealed record ByTotal(Usd Total, string Installation, string Invoice, bool Ascending) : InvoiceOrder(Installation, Invoice, Ascending);

    /// <summary>The same in memory, of what is named.</summary>
    public int Compare(ListedInvoice? x, ListedInvoice? y) =>
        Compare(Key(x!), x!.Installation, x.Id, Key(y!), y!.Installation, y.Id);

    /// <summary>Whether the page has it, or one after it.</summary>
    public bool IsBefore(ListedInvoice invoice) => Compare(From, Installation, Invoice, Key(invoice), invoice.Installation, invoice.Id) < 0;

    private decimal From => this switch
    {
        ByDate by => by.At.UtcTicks,
        ByTotal by => by.Total.Amount,
        _ => throw new System.Diagnostics.UnreachableException(GetType().Name),
    };

    private decimal Key(ListedInvoice invoice) => this is ByDate ? invoice.Date.UtcTicks : invoice.Total.Amount;

    /// <summary>Ids in the order of their characters, wherever two stand alike.</summary>
    private int Compare(decimal at, string installation, string invoice, decimal otherAt, string otherInstallation, string otherInvoice)
    {
        var compared = at.CompareTo(otherAt) is var byKey and not 0 ? byKey
            : string.CompareOrdinal(installation, otherInstallation) is var byInstallation and not 0 ? byInstallation
            : string.CompareOrdinal(invoice, otherInvoice);
        return Ascending ? compared : -compared;
    }

    public static InvoiceOrder Newest => new ByDate(InvoiceFilter.Always.End, "", "", Ascending: false);

    public static InvoiceOrder Oldest => new ByDate(InvoiceFilter.Always.Start, "", "", Ascending: true);

    /// <summary>Above what a total can be.</summary>
    public static InvoiceOrder Largest => new ByTotal(new Usd(decimal.MaxValue), "", "", Ascending: false);

    public static InvoiceOrder Smallest => new ByTotal(new Usd(-1), "", "", Ascending: true);
}

/// <param name="Kind">What it bills: a period, a plan's taking up, the end of a life, or something beside the plans; or it is a test.</param>
/// <param name="Rest">Of one that was skipped.</param>
internal sealed record ListedInvoice(
    string Installation, string Id, string? VercelId, string State, string Kind, BillingPeriod Period, DateTimeOffset Date, Usd Total, string? Rest,
    DateTimeOffset ChangedAt);

/// <summary>The invoices of one day that stand alike.</summary>
internal sealed record InvoicedDay(DateTimeOffset Day, string State, string Kind, long Invoices, Usd Total);

/// <summary>What some invoices bill alike.</summary>
/// <param name="Name">Of the line.</param>
internal sealed record InvoicedUse(string Plan, string Name, string Kind, string Units, decimal Quantity, Usd Total, long Lines);
