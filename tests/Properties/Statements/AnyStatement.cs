using FsCheck;
using FsCheck.Fluent;
using LanguageExt;
using Marketplace.Core.Balances;
using Marketplace.Core.Invoices;
using Marketplace.Core.Money;
using Marketplace.Core.Refunds;
using Marketplace.Core.Statements;
using Marketplace.Core.Time;
using Marketplace.Properties.Invoices;

namespace Marketplace.Properties.Statements;

/// <summary>A life, what was invoiced of it whenever somebody looked, and what became of the invoices.</summary>
internal sealed record StatedLife(InvoicedLife Life, Seq<RecordedInvoice> Invoices)
{
    private static readonly Usd Bought = new(1_000m);

    public Seq<Statement> Statements => Life.Periods.Map(StatementOf).Strict();

    public Statement StatementOf(BillingPeriod period) => Statement.Of(Sources(period), Life.End);

    public StatementSources Sources(BillingPeriod period)
    {
        var account = Life.At(Life.End, Invoices.Map(recorded => recorded.Invoice).Strict());
        var burns = BurnDown.Enter(
            BalanceLedger.Empty, PrepaidCharges.For(period, account.Life.NoLaterThan(period.End), account.Billed), HourSlot.Of(Life.End), Life.End)
            .Next.Entries;
        return new StatementSources(
            account.Installation, period, account.Life, new PeriodUse(account.Billed, account.Billed, Seq<LateUsage>.Empty), Invoices, Seq<Refund>.Empty, Seq<MeterCount>.Empty,
            burns.GroupBy(entry => entry.Resource)
                .Select(own => new LedgerPage(own.Key, Bought, own.ToSeq().Strict(), Bought + Usd.Sum(own.Select(entry => entry.Amount))))
                .ToSeq()
                .Strict(),
            burns, IsTest: false, IsFinal: account.Life.End.IsSome);
    }
}

internal static class AnyStatement
{
    private static readonly VercelInvoiceId Id = new("mi_1");

    public static readonly Gen<StatedLife> Life =
        from life in AnyInvoicedLife.Life
        from looks in AnyInvoicedLife.Looks(life)
        from fates in Gen.ListOf(Gen.Choose(0, 9), 12)
        select new StatedLife(life, life.Invoiced(looks)
            .Select((invoice, at) => Settled(invoice, fates[at % fates.Count]))
            .Select(invoice => new RecordedInvoice(invoice, invoice.Content.Total))
            .ToSeq()
            .Strict());

    /// <summary>What Vercel may say of an invoice that was sent.</summary>
    private static Invoice Settled(Invoice invoice, int fate)
    {
        var (content, at) = (invoice.Content, invoice.Content.InvoiceDate);
        return invoice is Invoice.Skipped ? invoice : fate switch
        {
            0 => new Invoice.Submitted(content, at),
            1 => new Invoice.Accepted(content, Id),
            2 => new Invoice.NotPaid(content, Id, at, at),
            3 => new Invoice.Overdue(content, Id, at, at),
            4 => new Invoice.RefundRequested(content, Id, at),
            5 => new Invoice.Refunded(content, Id, at, content.Total, "Gone"),
            6 => new Invoice.Refunded(content, Id, at, new Usd(content.Total.Amount / 3m).ToCents(), "A part"),
            7 => invoice,
            _ => new Invoice.Paid(content, Id, at),
        };
    }
}
