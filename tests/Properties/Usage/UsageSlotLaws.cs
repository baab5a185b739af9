using FsCheck.Fluent;
using Marketplace.Core.Time;
using Marketplace.Core.Usage;
using Marketplace.Properties.Time;
using Xunit;

namespace Marketplace.Properties.Usage;

public sealed class UsageSlotLaws
{
    private static readonly LifeCycle<UsageSlot, UsageSlotCommand, UsageSlotEvent, UsageSlotRejection> Life =
        new(AnyUsageSlot.State, AnyUsageSlot.Command, UsageSlotTransitions.Apply);

    [Fact]
    public void The_generators_know_every_state_and_every_command()
    {
        Union.IsKnownTo(AnyUsageSlot.State);
        Union.IsKnownTo(AnyUsageSlot.Command);
    }

    [Fact]
    public void Every_command_has_an_answer_in_every_state() => Life.EveryCommandHasAnAnswerInEveryState();

    [Fact]
    public void Applying_a_command_twice_equals_applying_it_once() => Life.TwiceIsOnce();

    [Fact]
    public void Something_happened_if_and_only_if_something_changed() => Life.SomethingHappenedIfAndOnlyIfSomethingChanged();

    [Fact]
    public void What_Vercel_has_stays_confirmed() => Life.NothingLeaves<UsageSlot.Confirmed>();

    [Fact]
    public void An_entry_stays_the_entry_of_its_hour() =>
        Life.Always((before, after) =>
            (before.Installation, before.Slot, before.Period) == (after.Installation, after.Slot, after.Period));

    [Fact]
    public void The_moves_are_those_of_the_diagram()
    {
        var moves = AnyUsageSlot.Asked.Sample(20_000, 50)
            .SelectMany(given => UsageSlotTransitions.Apply(given.State, given.Command, given.Now).Match(
                Right: transition => [(given.State.GetType().Name, transition.Next.GetType().Name)],
                Left: _ => Array.Empty<(string From, string To)>()))
            .Where(move => move.Item1 != move.Item2)
            .Distinct()
            .Order();
        Assert.Equal(Diagram.MovesIn("src/Core/Usage/README.md"), moves);
    }

    [Fact]
    public void Nothing_is_sent_that_Vercel_no_longer_takes() =>
        Law.Holds(AnyUsageSlot.Asked, given =>
            UsageSlotTransitions.Apply(given.State, new UsageSlotCommand.Send(), given.Now).Match(
                Right: sent => sent.Events.IsEmpty || given.Now <= given.State.SendableUntil,
                Left: rejection => rejection is not UsageSlotRejection.TooLate || given.Now > given.State.SendableUntil));

    [Fact]
    public void Only_a_later_report_of_the_same_period_makes_good_for_a_lost_one() =>
        Law.Holds(AnyUsageSlot.Asked, given =>
            given.Command is not UsageSlotCommand.Supersede supersede
            || UsageSlotTransitions.Apply(given.State, supersede, given.Now).IsRight
                == (supersede.By.Start > given.State.Slot.Start
                    && BillingPeriod.Containing(supersede.By.Start, AnchorOf(given.State)) == given.State.Period));

    [Fact]
    public void A_yes_from_Vercel_ends_every_doubt() =>
        Law.Holds(
            from state in AnyUsageSlot.State from now in AnyTime.Moment select (state, now),
            given => UsageSlotTransitions.Apply(given.state, new UsageSlotCommand.Confirm(), given.now).Match(
                Right: confirmed => confirmed.Next is UsageSlot.Confirmed,
                Left: rejection => given.state is UsageSlot.Due && rejection is UsageSlotRejection.NeverSent));

    /// <summary>Of the two ends the one on the later day was not clamped to a shorter month.</summary>
    private static BillingAnchor AnchorOf(UsageSlot slot) =>
        BillingAnchor.Anniversary(slot.Period.Start.Day > slot.Period.End.Day ? slot.Period.Start : slot.Period.End);
}
