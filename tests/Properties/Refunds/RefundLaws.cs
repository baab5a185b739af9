using FsCheck;
using FsCheck.Fluent;
using LanguageExt;
using Marketplace.Core;
using Marketplace.Core.Installations;
using Marketplace.Core.Invoices;
using Marketplace.Core.Money;
using Marketplace.Core.Refunds;
using Marketplace.Properties.Installations;
using Marketplace.Properties.Invoices;
using Xunit;
using static LanguageExt.Prelude;

namespace Marketplace.Properties.Refunds;

public sealed class RefundLaws
{
    private static readonly DateTimeOffset Start = new(2027, 2, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly Gen<RefundTerms> Terms =
        from cents in Gen.Choose(1, 2_000)
        from before in Gen.Elements(0m, 1m)
        from days in Gen.Choose(0, 20)
        select new RefundTerms(
            new RefundId("rfd_1"), new ExternalInvoiceId("inv"), new Usd(cents / 100m), "outage", new Usd(before), Start.AddDays(days));

    private static readonly Gen<Refund> State =
        from terms in Terms
        from days in Gen.Choose(0, 20)
        let at = Start.AddDays(days)
        from state in Gen.Elements<Refund>(
            new Refund.Requested(terms), new Refund.Sent(terms, at), new Refund.Accepted(terms, at), new Refund.Refunded(terms, at),
            new Refund.Failed(terms, "409: taken", at), new Refund.Unknown(terms, at))
        select state;

    private static readonly Gen<RefundCommand> Command = Gen.OneOf(
        Gen.Choose(-1, 20).Select(days => (RefundCommand)new RefundCommand.Send(days < 0 ? None : Start.AddDays(days))),
        Gen.Constant((RefundCommand)new RefundCommand.Accept()),
        Gen.Elements("409: taken", "gone").Select(reason => (RefundCommand)new RefundCommand.Fail(reason)),
        Gen.Elements("final", "gone").Select(reason => (RefundCommand)new RefundCommand.GiveUp(reason)),
        AnyInvoice.Observation.Select(told => (RefundCommand)new RefundCommand.Observe(told)));

    private static readonly LifeCycle<Refund, RefundCommand, RefundEvent, RefundRejection> Life = new(State, Command, RefundTransitions.Apply);

    [Fact]
    public void The_generators_know_every_state_and_every_command()
    {
        Union.IsKnownTo(State);
        Union.IsKnownTo(Command);
    }

    [Fact]
    public void Every_command_has_an_answer_in_every_state() => Life.EveryCommandHasAnAnswerInEveryState();

    [Fact]
    public void Applying_a_command_twice_equals_applying_it_once() => Life.TwiceIsOnce();

    [Fact]
    public void Something_happened_if_and_only_if_something_changed() => Life.SomethingHappenedIfAndOnlyIfSomethingChanged();

    [Fact]
    public void What_is_refunded_or_has_failed_stays_so()
    {
        Life.NothingLeaves<Refund.Refunded>();
        Life.NothingLeaves<Refund.Failed>();
    }

    [Fact]
    public void What_a_refund_says_never_changes() => Life.Always((before, after) => before.Terms == after.Terms);

    [Fact]
    public void The_moves_are_those_of_the_diagram() => Assert.Equal(Diagram.MovesIn("src/Core/Refunds/README.md"), Life.Moves());

    /// <summary>Two that are on their way at once would both be paid.</summary>
    [Fact]
    public void What_may_still_arrive_is_not_sent_again_and_of_all_who_know_the_same_one_sends_it() =>
        Law.Holds(
            from terms in Terms
            from first in Gen.Choose(0, 600)
            from second in Gen.Choose(0, 600)
            from known in Gen.Elements(0, 1)
            select (terms, first, second, known),
            given =>
            {
                var sent = new Refund.Sent(given.terms, Start);
                var send = new RefundCommand.Send(given.known == 0 ? Start : None);
                var (now, later) = (Start.AddSeconds(given.first), Start.AddSeconds(given.first + given.second));
                var one = Sent(RefundTransitions.Apply(sent, send, now));
                var other = Sent(RefundTransitions.Apply(one, send, later));
                var mayArrive = given.first < 300;
                return given.known == 1 ? (one, other) == (sent, sent)
                    : mayArrive ? one == sent && other.SentAt == (given.first + given.second < 300 ? Start : later)
                    : one.SentAt == now && other == one;
            });

    /// <summary>What was never sent is not moved by what Vercel says: it would be somebody else's refund.</summary>
    [Fact]
    public void What_was_never_sent_has_never_arrived() =>
        Law.Holds(
            from terms in Terms from told in AnyInvoice.Observation select (terms, told),
            given => RefundTransitions.Apply(new Refund.Requested(given.terms), new RefundCommand.Observe(given.told), Start)
                .Match(Right: step => step.Events.IsEmpty, Left: _ => false));

    /// <summary>Whatever is asked, again and again, of whatever invoice: what goes back was paid, and is paid back once.</summary>
    [Fact]
    public void Refunds_never_come_to_more_than_the_invoice() =>
        Law.Holds(
            from invoice in Charged
            from asked in Gen.Choose(0, 12_000).Select(cents => cents == 0 ? Option<Usd>.None : new Usd(cents / 100m)).ListOf()
            from fails in Gen.Elements(true, false, false).ListOf(20)
            select (invoice, asked, fails),
            given =>
            {
                var (invoice, refunds, day) = (given.invoice, LanguageExt.Seq<Refund>.Empty, 1);
                foreach (var amount in given.asked.Take(20))
                {
                    var now = Start.AddDays(40 + day++);
                    var decided = new RequestRefund(amount, "outage").Decide(Active, invoice, refunds, new RefundId($"rfd_{day}"), now);
                    if (decided.IsLeft)
                        continue;

                    var terms = decided.Match(Right: step => step.Next.Terms, Left: _ => throw new InvalidOperationException());
                    if (given.fails[day % given.fails.Count])
                    {
                        refunds = refunds.Add(new Refund.Failed(terms, "400", now));
                        continue;
                    }

                    refunds = refunds.Add(new Refund.Refunded(terms, now));
                    var sum = RequestRefund.RefundedSoFar(invoice, refunds);
                    invoice = Told(invoice, new InvoiceObservation.Refunded(now, sum, "outage"));
                }

                return RequestRefund.RefundedSoFar(invoice, refunds) <= invoice.Content.Total;
            });

    [Fact]
    public void One_refund_of_an_invoice_is_under_way_at_a_time() =>
        Law.Holds(
            from invoice in AnyInvoice.State from open in State.Where(refund => refund.IsOpen) select (invoice, open),
            given => new RequestRefund(None, "outage").Decide(Active, given.invoice, Seq1(given.open), new RefundId("rfd_2"), Start)
                .Match(Right: _ => false, Left: rejection => rejection is RefundRejection.AnotherUnderWay));

    [Fact]
    public void Of_an_invoice_that_is_not_charged_all_is_cancelled_or_nothing() =>
        Law.Holds(
            from invoice in AnyInvoice.State.Where(invoice => invoice is Invoice.Accepted or Invoice.NotPaid or Invoice.Overdue)
            from cents in Gen.Choose(1, 12_000)
            let amount = new Usd(cents / 100m)
            select (invoice, amount),
            given => new RequestRefund(given.amount, "outage").Decide(Active, given.invoice, Empty, new RefundId("rfd_1"), Start).Match(
                Right: step => step.Next.Terms.Amount == given.invoice.Content.Total,
                Left: rejection => given.amount != given.invoice.Content.Total && rejection is RefundRejection.CancelsTheWhole));

    [Fact]
    public void After_the_end_of_an_installation_only_support_can_refund() =>
        Law.Holds(AnyInvoice.State, invoice =>
            new RequestRefund(None, "outage").Decide(
                    new Installation.Finalized(AnyInvoice.Installation, Start), invoice, Empty, new RefundId("rfd_1"), Start)
                .Match(Right: _ => false, Left: rejection => rejection is RefundRejection.InstallationFinal));

    [Fact]
    public void Exactly_the_fields_that_are_wrong_are_named()
    {
        Assert.Empty(Wrong(new Usd(0.01m), "outage"));
        Assert.Empty(Wrong(None, "outage"));
        Assert.Equal(["amount"], Wrong(Usd.Zero, "outage"));
        Assert.Equal(["amount"], Wrong(new Usd(0.015m), "outage"));
        Assert.Equal(["reason"], Wrong(None, " "));
        Assert.Equal(["amount", "reason"], Wrong(new Usd(-1m), None));
        Assert.Equal(["reason"], Wrong(None, new string('x', RequestRefund.ReasonCharactersMax + 1)));

        static string[] Wrong(Option<Usd> amount, Option<string> reason) =>
            RequestRefund.Parse(amount, reason).Match(Succ: _ => Seq<string>(), Fail: errors => errors.Map(error => error.Key)).ToArray();
    }

    private static readonly Installation Active = AnyInstallation.State.Where(state => state is Installation.Active).Sample(1, 10).Single();

    /// <summary>Paid, or paid back in part already.</summary>
    private static Gen<Invoice> Charged =>
        from invoice in AnyInvoice.State.Where(invoice => invoice is Invoice.Paid && invoice.Content.Total > new Usd(1m))
        from part in Gen.Elements(0m, 0.30m, 1.00m)
        select part == 0 ? invoice : Told(invoice, new InvoiceObservation.Refunded(Start, new Usd(part), "before"));

    private static Invoice Told(Invoice invoice, InvoiceObservation told) =>
        InvoiceTransitions.Apply(invoice, new InvoiceCommand.Observe(invoice.KnownAs.IfNone(AnyInvoice.VercelId), told), Start)
            .Match(Right: step => step.Next, Left: rejection => throw new InvalidOperationException(rejection.ToString()));

    private static Refund.Sent Sent(Either<RefundRejection, Transition<Refund, RefundEvent>> applied) =>
        applied.Match(Right: step => (Refund.Sent)step.Next, Left: _ => throw new InvalidOperationException());
}
