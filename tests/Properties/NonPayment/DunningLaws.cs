using FsCheck;
using FsCheck.Fluent;
using LanguageExt;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Installations;
using Marketplace.Core.Invoices;
using Marketplace.Core.Money;
using Marketplace.Core.NonPayment;
using Marketplace.Core.Time;
using Marketplace.Properties.Invoices;
using Xunit;
using static LanguageExt.Prelude;

namespace Marketplace.Properties.NonPayment;

public sealed class DunningLaws
{
    private static readonly InstallationId Installation = AnyInvoice.Installation;

    private static readonly DateTimeOffset Start = new(2027, 2, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly Gen<NonPaymentPolicy> Policy =
        from degrade in Gen.Choose(-1, 15)
        from suspend in Gen.Choose(14, 40)
        select new NonPaymentPolicy(
            degrade < 0 ? None : Some(degrade),
            suspend < NonPaymentPolicy.SuspendAfterDaysMin ? None : Some(suspend));

    private static readonly Gen<Seq<Invoice>> Invoices =
        Gen.Choose(0, 4).SelectMany(count => AnyInvoice.State.ListOf(count)).Select(list => list.ToSeq().Strict());

    private static readonly Gen<DateTimeOffset> Now = Gen.Choose(0, 60 * 24).Select(hours => Start.AddHours(hours));

    private static readonly Gen<PaymentStanding> Standing =
        from invoices in Invoices from policy in Policy from now in Now select Dunning.At(invoices, policy, now);

    [Fact]
    public void Nothing_is_suspended_before_the_fifteenth_day_after_a_failed_charge_or_before_an_invoice_is_overdue() =>
        Law.Holds(
            from invoices in Invoices from policy in Policy from now in Now select (invoices, policy, now),
            given => Dunning.At(given.invoices, given.policy, given.now) is not PaymentStanding.Suspended
                || given.invoices.Exists(invoice => invoice switch
                {
                    Invoice.NotPaid i => given.now >= i.Since.AddDays(15),
                    Invoice.Overdue => true,
                    _ => false,
                }));

    [Fact]
    public void A_policy_that_only_warns_only_warns() =>
        Law.Holds(
            from invoices in Invoices from now in Now select (invoices, now),
            given => Dunning.At(given.invoices, NonPaymentPolicy.WarnOnly, given.now) is PaymentStanding.Good or PaymentStanding.Warned);

    [Fact]
    public void Once_all_is_paid_or_given_back_the_standing_is_good_whatever_it_was() =>
        Law.Holds(
            from invoices in Invoices from policy in Policy from now in Now from before in Standing select (invoices, policy, now, before),
            given =>
            {
                var settled = given.invoices.Filter(invoice => invoice is not (Invoice.NotPaid or Invoice.Overdue)).Strict();
                var followed = Dunning.Follow(given.before, Dunning.At(settled, given.policy, given.now), Installation, given.now);
                return followed.Next is PaymentStanding.Good
                    && followed.Events.ForAll(happened => happened is PaymentEvent.Restored)
                    && Dunning.NextChange(settled, given.policy, given.now).IsNone;
            });

    [Fact]
    public void Whoever_looks_again_changes_nothing() =>
        Law.Holds(
            from invoices in Invoices from policy in Policy from now in Now from before in Standing select (invoices, policy, now, before),
            given =>
            {
                var holds = Dunning.At(given.invoices, given.policy, given.now);
                var once = Dunning.Follow(given.before, holds, Installation, given.now);
                var twice = Dunning.Follow(once.Next, holds, Installation, given.now.AddMinutes(1));
                return once.Next == holds && twice.Next == holds && twice.Events.IsEmpty && once.Events.IsEmpty == (given.before == holds);
            });

    [Fact]
    public void The_order_of_invoices_and_of_their_news_makes_no_difference() =>
        Law.Holds(
            from start in AnyInvoice.Unanswered
            from news in Gen.ListOf(AnyInvoice.Observation)
            from shuffled in Gen.Shuffle(news.ToArray())
            from others in Invoices
            from policy in Policy
            from now in Now
            select (start, news, shuffled, others, policy, now),
            given => Dunning.At(given.others.Add(Told(given.start, given.news)), given.policy, given.now)
                == Dunning.At(Seq1(Told(given.start, given.shuffled)).Concat(given.others.Reverse()).ToSeq().Strict(), given.policy, given.now));

    [Fact]
    public void Of_several_unpaid_invoices_the_worst_counts() =>
        Law.Holds(
            from invoices in Invoices from policy in Policy from now in Now select (invoices, policy, now),
            given => Rank(Dunning.At(given.invoices, given.policy, given.now))
                == given.invoices.Map(invoice => Rank(Dunning.At(Seq1(invoice), given.policy, given.now))).Fold(0, Math.Max));

    [Fact]
    public void What_is_owed_is_the_sum_of_what_is_unpaid() =>
        Law.Holds(
            Invoices,
            invoices =>
            {
                var unpaid = invoices.Filter(invoice => invoice is Invoice.NotPaid or Invoice.Overdue).Strict();
                return Arrears.Of(invoices).Match(
                    owed => owed.Owed == Usd.Sum(unpaid.Map(invoice => invoice.Content.Total)) && owed.Invoices == unpaid.Count,
                    () => unpaid.IsEmpty);
            });

    [Fact]
    public void Time_alone_changes_the_standing_exactly_when_it_was_said_and_only_for_the_worse() =>
        Law.Holds(
            from invoices in Invoices from policy in Policy from now in Now from hours in Gen.Choose(0, 24 * 45)
            select (invoices, policy, now, later: now.AddHours(hours)),
            given =>
            {
                var (before, after) = (Dunning.At(given.invoices, given.policy, given.now), Dunning.At(given.invoices, given.policy, given.later));
                return Rank(after) >= Rank(before)
                    && (after == before || Dunning.NextChange(given.invoices, given.policy, given.now).Exists(at => at <= given.later));
            });

    [Fact]
    public void An_invoice_that_is_overdue_when_it_is_first_heard_of_has_failed_for_as_long_as_Vercel_tries()
    {
        // Every webhook of the failures was lost; on February 16th polling finds it overdue: the first charge failed on the 1st at the latest.
        var overdue = Told(
            AnyInvoice.Unanswered.Sample(1, 10).Single(), [new InvoiceObservation.Overdue(new DateTimeOffset(2027, 2, 16, 0, 0, 0, TimeSpan.Zero))]);
        var policy = new NonPaymentPolicy(DegradeAfterDays: 2, SuspendAfterDays: 15);

        Assert.Equal(Start, Arrears.Of(Seq1(overdue)).Map(owed => owed.Since));
        Assert.IsType<PaymentStanding.Suspended>(Dunning.At(Seq1(overdue), policy, new DateTimeOffset(2027, 2, 16, 0, 0, 0, TimeSpan.Zero)));
        // Another policy is more patient: 30 days after February 1st.
        var patient = policy with { SuspendAfterDays = 30 };
        Assert.Equal(new DateTimeOffset(2027, 3, 3, 0, 0, 0, TimeSpan.Zero), Dunning.NextChange(Seq1(overdue), patient, Start.AddDays(16)));
        Assert.IsType<PaymentStanding.Degraded>(Dunning.At(Seq1(overdue), patient, new DateTimeOffset(2027, 3, 2, 23, 0, 0, TimeSpan.Zero)));
    }

    [Fact]
    public void Paying_one_of_two_lifts_nothing_that_the_other_one_holds()
    {
        // January's invoice fails on February 1st and February's on March 1st; on March 20th both have waited for more than 15 days.
        var (january, february) = (NotPaid(Start), NotPaid(new DateTimeOffset(2027, 3, 1, 0, 0, 0, TimeSpan.Zero)));
        var policy = new NonPaymentPolicy(DegradeAfterDays: 2, SuspendAfterDays: 15);
        var march20 = new DateTimeOffset(2027, 3, 20, 0, 0, 0, TimeSpan.Zero);

        var both = Dunning.At(Seq(january, february), policy, march20);
        var paid = Told(january, [new InvoiceObservation.Paid(march20)]);
        var one = Dunning.At(Seq(paid, february), policy, march20);

        Assert.IsType<PaymentStanding.Suspended>(one);
        Assert.IsType<PaymentEvent.ArrearsChanged>(Assert.Single(Dunning.Follow(both, one, Installation, march20).Events));
        // On March 10th the second one has waited for nine days only, which alone would not suspend.
        Assert.IsType<PaymentStanding.Degraded>(
            Dunning.At(Seq(paid, february), policy, new DateTimeOffset(2027, 3, 10, 0, 0, 0, TimeSpan.Zero)));
    }

    private static Invoice NotPaid(DateTimeOffset since) => new Invoice.NotPaid(
        AnyInvoice.Content.Sample(1, 10).Single(), AnyInvoice.VercelId, since, since);

    private static Invoice Told(Invoice start, IEnumerable<InvoiceObservation> news) =>
        news.Aggregate(start, (known, told) => InvoiceTransitions
            .Apply(known, new InvoiceCommand.Observe(AnyInvoice.VercelId, told), Start)
            .Match(Right: step => step.Next, Left: rejection => throw new InvalidOperationException(rejection.ToString())));

    private static int Rank(PaymentStanding standing) =>
        standing switch
        {
            PaymentStanding.Good => 0,
            PaymentStanding.Warned => 1,
            PaymentStanding.Degraded => 2,
            PaymentStanding.Suspended => 3,
            _ => throw new InvalidOperationException(standing.ToString()),
        };
}
