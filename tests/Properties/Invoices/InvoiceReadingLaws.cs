using FsCheck;
using FsCheck.Fluent;
using LanguageExt;
using Marketplace.Core.Invoices;
using Marketplace.Core.Money;
using Xunit;
using static LanguageExt.Prelude;

namespace Marketplace.Properties.Invoices;

public sealed class InvoiceReadingLaws
{
    private static readonly DateTimeOffset Start = new(2027, 2, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly string[] Words =
        ["draft", "pending", "scheduled", "invoiced", "paid", "notpaid", "overdue", "refund_requested", "refunded"];

    /// <summary>A life at Vercel: each event with what its webhook says and what Get Invoice shows right after it.</summary>
    private static readonly Gen<Seq<(InvoiceObservation Webhook, InvoiceReading Shown)>> Life =
        from failures in Gen.Choose(0, 4)
        from isPaid in Gen.Elements(true, false)
        from isOverdue in Gen.Elements(true, false)
        from isRefunded in Gen.Elements(true, false)
        select Lived(failures, isPaid, isOverdue, isRefunded);

    /// <summary>Whether its webhooks all come, some, or none, in any order: whoever reads the invoice at the end is at the same place.</summary>
    [Fact]
    public void Webhooks_and_polls_lead_to_the_same_place() =>
        Law.Holds(
            from start in AnyInvoice.Unanswered
            from life in Life
            from heard in Gen.SubListOf(life.Map(one => Seq1(one.Webhook)).Concat(life.Map(one => one.Shown.Observations)).ToArray())
            from shuffled in Gen.Shuffle(heard.ToArray())
            select (start, life, shuffled),
            given =>
            {
                var last = given.life.Last.Shown.Observations;
                var some = Told(Told(given.start, given.shuffled.SelectMany(news => news)), last);
                var all = Told(Told(given.start, given.life.Map(one => one.Webhook)), last);
                var none = Told(given.start, last);
                return some.GetType() == all.GetType() && none.GetType() == all.GetType()
                    && (all is Invoice.NotPaid or Invoice.Overdue or Invoice.RefundRequested || (some == all && none == all));
            });

    [Fact]
    public void Every_word_of_the_contract_says_something_and_any_other_nothing()
    {
        Assert.All(Words, word => Assert.False(Shown(word, Start).Observations.IsEmpty));
        Assert.Empty(Shown("written_off", Start).Observations);
    }

    [Fact]
    public void A_refunded_invoice_says_as_well_when_it_was_paid()
    {
        var shown = Shown("refunded", Start.AddDays(9)) with { PaidAt = Start, RefundedAt = Start.AddDays(8), RefundTotal = new Usd(3m), RefundReason = "outage" };

        Assert.Equal(
            Seq<InvoiceObservation>(
                new InvoiceObservation.Paid(Start), new InvoiceObservation.Refunded(Start.AddDays(8), new Usd(3m), "outage")),
            shown.Observations);
    }

    private static Seq<(InvoiceObservation, InvoiceReading)> Lived(int failures, bool isPaid, bool isOverdue, bool isRefunded)
    {
        var life = Seq1(((InvoiceObservation)new InvoiceObservation.Open(), Shown("draft", Start)));
        var at = Start;
        for (var failure = 0; failure < failures; failure++)
        {
            at = at.AddDays(1);
            life = life.Add((new InvoiceObservation.NotPaid(at), Shown("notpaid", at)));
        }

        if (isOverdue && failures > 0)
            life = life.Add((new InvoiceObservation.Overdue(at = at.AddDays(1)), Shown("overdue", at)));
        if (!isPaid)
            return life;

        var paidAt = at = at.AddDays(1);
        life = life.Add((new InvoiceObservation.Paid(at), Shown("paid", at) with { PaidAt = paidAt }));
        if (isRefunded)
        {
            var refundedAt = at = at.AddDays(1);
            life = life.Add((
                new InvoiceObservation.Refunded(at, new Usd(1m), "outage"),
                Shown("refunded", at) with { PaidAt = paidAt, RefundedAt = refundedAt, RefundTotal = new Usd(1m), RefundReason = "outage" }));
        }

        return life;
    }

    private static InvoiceReading Shown(string state, DateTimeOffset at) => new(AnyInvoice.VercelId, state, new Usd(12m), at, None, None, None, None);

    private static Invoice Told(Invoice start, IEnumerable<InvoiceObservation> news) =>
        news.Aggregate(start, (known, told) => InvoiceTransitions
            .Apply(known, new InvoiceCommand.Observe(AnyInvoice.VercelId, told), Start)
            .Match(Right: step => step.Next, Left: rejection => throw new InvalidOperationException(rejection.ToString())));
}
