using FsCheck;
using FsCheck.Fluent;
using LanguageExt;
using Marketplace.Core.Invoices;
using Marketplace.Core.Money;
using Xunit;

namespace Marketplace.Properties.Invoices;

public sealed class InvoiceLaws
{
    private static readonly LifeCycle<Invoice, InvoiceCommand, InvoiceEvent, InvoiceRejection> Life =
        new(AnyInvoice.State, AnyInvoice.Command, InvoiceTransitions.Apply);

    /// <summary>As far along as Vercel brings it; nothing leads back.</summary>
    private static readonly string[] Stages =
    [
        nameof(Invoice.Accepted), nameof(Invoice.NotPaid), nameof(Invoice.Overdue), nameof(Invoice.Paid),
        nameof(Invoice.RefundRequested), nameof(Invoice.Refunded),
    ];

    [Fact]
    public void The_generators_know_every_state_every_command_and_every_observation()
    {
        Union.IsKnownTo(AnyInvoice.State);
        Union.IsKnownTo(AnyInvoice.Command);
        Union.IsKnownTo(AnyInvoice.Observation);
    }

    [Fact]
    public void Every_command_has_an_answer_in_every_state() => Life.EveryCommandHasAnAnswerInEveryState();

    [Fact]
    public void Applying_a_command_twice_equals_applying_it_once()
    {
        Life.TwiceIsOnce();
        Law.Holds(AnyInvoice.Asked, given => Applied(given.State, given.Command, given.Now).All(once =>
            Applied(once, given.Command, given.Now.AddHours(1)).All(twice => twice == once)));
    }

    [Fact]
    public void Something_happened_if_and_only_if_something_changed()
    {
        Life.SomethingHappenedIfAndOnlyIfSomethingChanged();
        Law.Holds(AnyInvoice.Asked, given => InvoiceTransitions.Apply(given.State, given.Command, given.Now).Match(
            Right: step => step.Next == given.State == step.Events.IsEmpty, Left: _ => true));
    }

    [Fact]
    public void What_was_skipped_stays_skipped() => Life.NothingLeaves<Invoice.Skipped>();

    [Fact]
    public void News_in_any_order_and_any_number_of_times_leads_to_the_same_place() =>
        Law.Holds(
            from start in AnyInvoice.Unanswered
            from news in Gen.ListOf(AnyInvoice.Observation)
            from repeated in Gen.SubListOf(news.ToArray())
            from shuffled in Gen.Shuffle(news.Concat(repeated).ToArray())
            select (start, news, shuffled),
            given => Told(given.start, given.news) == Told(given.start, given.shuffled));

    [Fact]
    public void The_answer_to_a_submission_may_come_after_the_webhooks() =>
        Law.Holds(
            from start in AnyInvoice.Unanswered
            from news in Gen.NonEmptyListOf(AnyInvoice.Observation)
            from reasons in AnyInvoice.Reasons
            select (start, news, reasons),
            given =>
            {
                // A second submission of what Vercel has is refused as a duplicate; that changes nothing any more.
                var told = Told(given.start, given.news);
                return Told(told, [new InvoiceObservation.Open()]) == told
                    && InvoiceTransitions.Apply(told, new InvoiceCommand.Refuse(given.reasons), DateTimeOffset.UnixEpoch)
                        .Match(Right: _ => false, Left: rejection => rejection is InvoiceRejection.AlreadyAccepted)
                    && InvoiceTransitions.Apply(told, new InvoiceCommand.Submit(), DateTimeOffset.UnixEpoch)
                        .Match(Right: step => step.Next == told && step.Events.IsEmpty, Left: _ => false);
            });

    [Fact]
    public void News_only_moves_an_invoice_forward() =>
        Law.Holds(AnyInvoice.Asked, given => Applied(given.State, given.Command, given.Now).All(next =>
            Array.IndexOf(Stages, next.GetType().Name) >= Array.IndexOf(Stages, given.State.GetType().Name)));

    [Fact]
    public void A_stage_is_told_of_once() =>
        Law.Holds(
            from start in AnyInvoice.Unanswered from news in Gen.ListOf(AnyInvoice.Observation) select (start, news),
            given => Events(given.start, given.news)
                .Where(happened => happened is not (InvoiceEvent.PaymentFailed or InvoiceEvent.Refunded or InvoiceEvent.Completed))
                .CountBy(happened => happened.GetType())
                .All(counted => counted.Value == 1));

    [Fact]
    public void What_an_invoice_says_changes_only_by_a_new_draft() =>
        Law.Holds(AnyInvoice.Asked, given => Applied(given.State, given.Command, given.Now).All(next =>
            next.Content == given.State.Content || (given.Command is InvoiceCommand.Redraft && next is Invoice.Drafted or Invoice.Skipped)));

    [Fact]
    public void News_of_another_invoice_is_turned_away() =>
        Law.Holds(
            from start in AnyInvoice.Unanswered
            from news in AnyInvoice.Observation
            from other in AnyInvoice.Observation
            select (start, news, other),
            given => InvoiceTransitions.Apply(
                    Told(given.start, [given.news]),
                    new InvoiceCommand.Observe(new VercelInvoiceId("mi_9"), given.other), DateTimeOffset.UnixEpoch)
                .Match(Right: _ => false, Left: rejection => rejection is InvoiceRejection.OtherInvoice));

    [Fact]
    public void Every_arrow_of_the_diagram_is_a_move_and_every_other_move_skips_ahead()
    {
        var moves = AnyInvoice.Asked.Sample(20_000, 50)
            .SelectMany(given => Applied(given.State, given.Command, given.Now)
                .Select(next => (From: given.State.GetType().Name, To: next.GetType().Name)))
            .Where(move => move.From != move.To)
            .ToHashSet();
        var drawn = Diagram.MovesIn("src/Core/Invoices/README.md");
        Assert.NotEmpty(drawn);
        Assert.All(drawn, arrow => Assert.Contains(arrow, moves));
        Assert.All(moves.Except(drawn), move => Assert.True(
            Array.IndexOf(Stages, move.To) > Math.Max(0, Array.IndexOf(Stages, move.From)) || move.To == nameof(Invoice.Accepted),
            $"{move} is not in the diagram"));
    }

    [Fact]
    public void A_total_is_the_sum_of_its_lines() =>
        Law.Holds(AnyInvoice.Content, content =>
            content.Total == content.Lines.Fold(Usd.Zero, (sum, line) => sum + line.Total)
            && content.Total == content.Total.ToCents());

    [Fact]
    public void A_month_of_failures_ends_paid_whatever_came_first()
    {
        // Charged on February 1st, again on the 5th and the 9th; overdue on the 16th; paid on the 18th. The webhooks arrive in
        // another order, and the one of the 5th twice.
        var sent = AnyInvoice.Unanswered.Where(invoice => invoice is Invoice.Submitted).Sample(1, 10).Single();
        var failed = Told(sent, [
            new InvoiceObservation.NotPaid(Day(5)), new InvoiceObservation.Open(),
            new InvoiceObservation.NotPaid(Day(1)), new InvoiceObservation.NotPaid(Day(9)), new InvoiceObservation.NotPaid(Day(5)),
        ]);
        Assert.Equal(new Invoice.NotPaid(sent.Content, AnyInvoice.VercelId, Day(1), Day(9)), failed);
        var overdue = Told(sent, [new InvoiceObservation.Overdue(Day(16)), new InvoiceObservation.NotPaid(Day(1))]);
        Assert.Equal(new Invoice.Overdue(sent.Content, AnyInvoice.VercelId, Day(1), Day(16)), overdue);
        var paid = Told(failed, [new InvoiceObservation.Paid(Day(18)), new InvoiceObservation.Overdue(Day(16))]);
        Assert.Equal(new Invoice.Paid(sent.Content, AnyInvoice.VercelId, Day(18)), paid);

        static DateTimeOffset Day(int day) => new(2027, 2, day, 12, 0, 0, TimeSpan.Zero);
    }

    private static Invoice Told(Invoice start, IEnumerable<InvoiceObservation> news) =>
        news.Aggregate(start, (known, told) =>
            Applied(known, new InvoiceCommand.Observe(AnyInvoice.VercelId, told), DateTimeOffset.UnixEpoch).Single());

    private static List<InvoiceEvent> Events(Invoice start, IEnumerable<InvoiceObservation> news)
    {
        var events = new List<InvoiceEvent>();
        foreach (var told in news)
        {
            var step = InvoiceTransitions
                .Apply(start, new InvoiceCommand.Observe(AnyInvoice.VercelId, told), DateTimeOffset.UnixEpoch)
                .IfLeft(rejection => throw new InvalidOperationException(rejection.ToString()));
            start = step.Next;
            events.AddRange(step.Events);
        }

        return events;
    }

    /// <summary>The next state; nothing when refused.</summary>
    private static IEnumerable<Invoice> Applied(Invoice state, InvoiceCommand command, DateTimeOffset now) =>
        InvoiceTransitions.Apply(state, command, now).Match(
            Right: step => [step.Next], Left: _ => Array.Empty<Invoice>());
}
