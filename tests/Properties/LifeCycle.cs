using FsCheck;
using FsCheck.Fluent;
using LanguageExt;
using Marketplace.Core;
using Marketplace.Properties.Time;
using Xunit;

namespace Marketplace.Properties;

/// <summary>The laws that every life cycle keeps, whatever it is the life of.</summary>
internal sealed record LifeCycle<TState, TCommand, TEvent, TRejection>(
    Gen<TState> States,
    Gen<TCommand> Commands,
    Func<TState, TCommand, DateTimeOffset, Either<TRejection, Transition<TState, TEvent>>> Apply)
    where TState : class
    where TCommand : class
{
    private Gen<(TState State, TCommand Command, DateTimeOffset Now, DateTimeOffset Later)> Asked =>
        from state in States
        from command in Commands
        from now in AnyTime.Moment
        from minutes in Gen.Choose(0, 100_000)
        select (state, command, now, now.AddMinutes(minutes));

    public void EveryCommandHasAnAnswerInEveryState()
    {
        var answered = new System.Collections.Generic.HashSet<(Type, Type)>();
        Law.Holds(Asked, given =>
        {
            answered.Add((given.State.GetType(), given.Command.GetType()));
            return !Apply(given.State, given.Command, given.Now).IsBottom;
        });

        // Chance leaves few pairs out; those are asked one by one.
        foreach (var state in OneOfEach(States))
        {
            foreach (var command in OneOfEach(Commands).Where(command => !answered.Contains((state.GetType(), command.GetType()))))
            {
                Assert.False(Apply(state, command, DateTimeOffset.UnixEpoch).IsBottom);
            }
        }
    }

    /// <summary>Whoever asks again, soon or late, gets the same answer and causes nothing.</summary>
    public void TwiceIsOnce() =>
        Law.Holds(Asked, given => Apply(given.State, given.Command, given.Now).Match(
            Right: once => Apply(once.Next, given.Command, given.Later).Match(
                Right: twice => twice.Next.Equals(once.Next) && twice.Events.IsEmpty,
                Left: _ => false),
            Left: _ => true));

    public void SomethingHappenedIfAndOnlyIfSomethingChanged() =>
        Law.Holds(Asked, given => Apply(given.State, given.Command, given.Now).Match(
            Right: transition => transition.Next.Equals(given.State) == transition.Events.IsEmpty,
            Left: _ => true));

    public void NothingLeaves<TEnd>()
        where TEnd : TState =>
        Law.Holds(
            Asked.Where(given => given.State is TEnd),
            given => Apply(given.State, given.Command, given.Now).Match(
                Right: transition => transition.Next.Equals(given.State) && transition.Events.IsEmpty,
                Left: _ => true));

    /// <summary>What holds of every step holds of the life that the steps make, and the other way round: no state is left out.</summary>
    public void Always(Func<TState, TState, bool> law) =>
        Law.Holds(Asked, given => Apply(given.State, given.Command, given.Now).Match(
            Right: transition => law(given.State, transition.Next),
            Left: _ => true));

    /// <summary>The pairs of stages between which some command moves.</summary>
    public IReadOnlyCollection<(string From, string To)> Moves() =>
    [
        .. Asked.Sample(5000, 50)
            .SelectMany(given => Apply(given.State, given.Command, given.Now).Match(
                Right: transition => [(given.State.GetType().Name, transition.Next.GetType().Name)],
                Left: _ => Array.Empty<(string From, string To)>()))
            .Where(move => move.Item1 != move.Item2)
            .Distinct()
            .Order(),
    ];

    /// <summary>Lives from birth on, with commands at ever later moments. The invariant is asked after each; a refused one changes nothing.</summary>
    public void EveryHistoryKeeps(Gen<Transition<TState, TEvent>> births, Action<TState, Seq<TEvent>> invariant) =>
        Law.Holds(
            from birth in births
            from commands in Commands.ListOf()
            from start in AnyTime.Moment
            select (birth, commands, start),
            given =>
            {
                var lived = given.birth;
                invariant(lived.Next, lived.Events);
                foreach (var (command, at) in given.commands.Select((command, at) => (command, at)))
                {
                    lived = Apply(lived.Next, command, given.start.AddHours(at)).Match(
                        Right: step => step with { Events = (lived.Events + step.Events).Strict() },
                        Left: _ => lived);
                    invariant(lived.Next, lived.Events);
                }
            });

    private static IEnumerable<T> OneOfEach<T>(Gen<T> generator)
        where T : class =>
        generator.Sample(1000, 50).DistinctBy(value => value.GetType());
}
