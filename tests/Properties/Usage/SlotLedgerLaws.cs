using FsCheck;
using FsCheck.Fluent;
using LanguageExt;
using Marketplace.Core.Time;
using Marketplace.Core.Usage;
using Marketplace.Properties.Time;
using Xunit;

namespace Marketplace.Properties.Usage;

public sealed class SlotLedgerLaws
{
    /// <summary>An installation around one period, the ledger of some of its hours, and a moment in it or in the days after.</summary>
    private sealed record Ledger(
        BillingAnchor Anchor, BillingPeriod Period, Lifetime Life, Seq<UsageSlot> Known, DateTimeOffset Now)
    {
        public IEnumerable<HourSlot> Due => HourSlot.DueIn(Life, Period.Range, Now);

        public Seq<UsageSlot.Due> ToSend => SlotLedger.ToSend(AnyUsageSlot.Installation, Life, Anchor, Known, Now);

        public Seq<HourSlot> Missed => SlotLedger.Missed(Life, Period, Known, Now);

        public Seq<HourSlot> Lost => SlotLedger.Lost(Life, Period, Known, Now);

        public Seq<HourSlot> Unreported => SlotLedger.Unreported(Life, Period, Known, Now);

        public Seq<HourSlot> Awaited(bool final) => SlotLedger.Awaited(Life, Period, Known, final, Now);
    }

    private static readonly Gen<Ledger> Any =
        from anchor in AnyTime.Anchor
        from moment in AnyTime.Moment
        let period = BillingPeriod.Containing(moment, anchor)
        from start in AnyTime.In(new TimeRange(period.Start.AddDays(-3), period.End))
        from days in Gen.Choose(0, 40)
        from ends in Gen.Elements(true, false)
        let life = ends ? new Lifetime(start, start.AddDays(days).AddMinutes(20)) : Lifetime.Since(start)
        from now in Gen.OneOf(
            AnyTime.In(new TimeRange(period.Start, period.End.AddDays(3))),
            AnyTime.In(new TimeRange(period.End.AddHours(-6), period.End.AddHours(30))))
        from known in Entries(HourSlot.DueIn(life, period.Range, now).ToArray(), period)
        select new Ledger(anchor, period, life, known, now);

    [Fact]
    public void Every_due_hour_is_sent_or_known_or_missed_and_never_two_of_them() =>
        Law.Holds(Any, ledger =>
        {
            var known = ledger.Known.Where(slot => slot is not UsageSlot.Due).Select(slot => slot.Slot);
            return known.Concat(ledger.Missed).Concat(ledger.ToSend.Select(due => due.Slot))
                .Where(slot => ledger.Period.Contains(slot.Start))
                .OrderBy(slot => slot.Start)
                .SequenceEqual(ledger.Due);
        });

    [Fact]
    public void Nothing_is_sent_early_late_or_twice() =>
        Law.Holds(Any, ledger => ledger.ToSend.ForAll(due =>
            due.Slot.DueAt(ledger.Life) <= ledger.Now && ledger.Now <= due.SendableUntil
            && due.Period.Contains(due.Slot.Start)
            && !ledger.Known.Exists(known => known.Slot == due.Slot && known is not UsageSlot.Due))
            && ledger.ToSend.Distinct().Count() == ledger.ToSend.Count);

    [Fact]
    public void The_oldest_hour_goes_first() =>
        Law.Holds(Any, ledger => ledger.ToSend.OrderBy(due => due.Slot.Start).SequenceEqual(ledger.ToSend));

    [Fact]
    public void Whoever_looks_later_or_again_finds_what_is_left() =>
        Law.Holds(
            from ledger in Any from taken in Gen.SubListOf(ledger.ToSend.ToArray()) select (ledger, taken),
            given =>
            {
                var sent = given.taken.Select(due =>
                    (UsageSlot)new UsageSlot.Sent(due.Installation, due.Slot, due.Period, given.ledger.Now));
                var next = given.ledger with { Known = (given.ledger.Known + sent.ToSeq()).Strict() };
                return next.ToSend == given.ledger.ToSend.Filter(due => !given.taken.Contains(due)).Strict();
            });

    [Fact]
    public void An_hour_is_lost_only_when_no_report_of_its_period_is_taken_any_more() =>
        Law.Holds(Any, ledger => ledger.Lost == (
            ledger.Life.Within(ledger.Period.Range).Exists(lived => HourSlot.Overlapping(lived).All(
                slot => !IsTold(ledger, slot)))
                ? ledger.Missed
                : LanguageExt.Seq<HourSlot>.Empty));

    [Fact]
    public void A_confirmed_report_speaks_for_every_hour_before_it_in_its_period() =>
        Law.Holds(Any, ledger =>
        {
            var confirmed = ledger.Known.Where(known => known is UsageSlot.Confirmed).Select(known => known.Slot.Start).ToArray();
            return ledger.Due.Where(slot => confirmed.All(each => each < slot.Start)).SequenceEqual(ledger.Unreported);
        });

    [Fact]
    public void An_invoice_waits_only_for_hours_that_can_still_be_reported() =>
        Law.Holds(Any, ledger =>
        {
            var hopeless = ledger.Known.Where(known => known is UsageSlot.Refused or UsageSlot.Dead).Select(known => known.Slot);
            return ledger.Awaited(final: false).SequenceEqual(ledger.Unreported.Where(
                    slot => IsTold(ledger, slot)))
                && (IsTooLate(ledger) || ledger.Awaited(final: true).SequenceEqual(ledger.Awaited(final: false).Except(hopeless)));
        });

    [Fact]
    public void The_last_invoice_waits_for_no_report_longer_than_half_of_half_a_day_after_the_uninstall() =>
        Law.Holds(Any, ledger => !IsTooLate(ledger) || ledger.Awaited(final: true).IsEmpty);

    [Fact]
    public void Longer_than_that_after_the_uninstall_nothing_is_sent_any_more_so_that_no_end_waits_for_it() =>
        Law.Holds(Any, ledger => !IsTooLate(ledger) || ledger.ToSend.IsEmpty);

    private static bool IsTold(Ledger ledger, HourSlot slot) =>
        ledger.Now <= UsageSubmission.SendableUntilFor(slot, ledger.Period) && !IsTooLate(ledger);

    private static bool IsTooLate(Ledger ledger) => ledger.Life.End.Exists(end => ledger.Now > end.AddHours(6));

    [Fact]
    public void No_invoice_waits_longer_than_a_day_after_its_period() =>
        Law.Holds(Any, ledger => ledger with { Now = ledger.Period.End.AddHours(24) } is var later
            && later.Awaited(final: false).IsEmpty && later.Awaited(final: true).IsEmpty);

    [Fact]
    public void After_an_outage_of_thirty_hours_today_and_yesterday_are_sent_and_the_rest_is_missed()
    {
        // Confirmed until 00:00 on the 10th, then nothing. Back at 06:30 on the 12th: the reports of the 11th end that day at
        // 23:59:59 and are taken until 23:59:59 on the 12th; those of the 10th were taken until 23:59:59 on the 11th.
        var january = BillingPeriod.MonthOf(DateTimeOffset.Parse("2027-01-10T00:00:00Z"));
        var before = HourSlot.Inside(new TimeRange(january.Start, DateTimeOffset.Parse("2027-01-10T00:00:00Z")))
            .Select(slot => (UsageSlot)new UsageSlot.Confirmed(AnyUsageSlot.Installation, slot, january, slot.End));
        var ledger = new Ledger(
            BillingAnchor.CalendarMonth, january, Lifetime.Since(january.Start), before.ToSeq().Strict(),
            DateTimeOffset.Parse("2027-01-12T06:30:00Z"));

        Assert.Equal(24, ledger.Missed.Count);
        Assert.Equal(24 + 6, ledger.ToSend.Count);
        Assert.Equal(DateTimeOffset.Parse("2027-01-11T00:00:00Z"), ledger.ToSend.Head.Slot.Start);

        // One of them confirmed makes good for all that were missed.
        var newest = ledger.ToSend.Last;
        var healed = ledger with
        {
            Known = ledger.Known.Add(new UsageSlot.Confirmed(newest.Installation, newest.Slot, newest.Period, ledger.Now)),
        };
        Assert.Equal(54, ledger.Unreported.Count);
        Assert.Empty(healed.Unreported);
    }

    private static Gen<Seq<UsageSlot>> Entries(HourSlot[] due, BillingPeriod period) =>
        from slots in Gen.OneOf(
            Gen.Constant<IList<HourSlot>>([]), Gen.SubListOf(due).Select(list => (IList<HourSlot>)list),
            Gen.Choose(0, due.Length).Select(count => (IList<HourSlot>)due.Take(count).ToList()))
        from settled in Gen.Elements(true, false)
        from entries in slots
            .Select(slot => settled
                ? Gen.Constant((UsageSlot)new UsageSlot.Confirmed(AnyUsageSlot.Installation, slot, period, slot.End))
                : AnyUsageSlot.Of(slot, period))
            .Aggregate(
                Gen.Constant(LanguageExt.Seq<UsageSlot>.Empty),
                (known, next) => from entries in known from entry in next select entries.Add(entry))
        select entries;
}
