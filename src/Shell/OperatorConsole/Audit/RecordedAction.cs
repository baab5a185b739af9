using Marketplace.Shell.OperatorConsole.SignIn;

namespace Marketplace.Shell.OperatorConsole.Audit;

/// <summary>Something that an operator did or tried to do.</summary>
/// <param name="About">What it was done to, as far as the address of the form and its fields say so.</param>
/// <param name="Origin">The address that it came from.</param>
/// <param name="Told">What the person was told of it.</param>
internal sealed record RecordedAction(
    DateTimeOffset At, OperatorPerson Person, string Action, string About, string Reason, string Origin, ActionOutcome Outcome, string Told)
{
    /// <summary>In the order in which they were written.</summary>
    public long Number { get; init; }
}

internal enum ActionOutcome
{
    /// <summary>Under way, or cut off: nobody knows what came of it.</summary>
    Begun,
    Done,

    /// <summary>Nothing was changed.</summary>
    Refused,
    Failed,
}

/// <summary>Which of them, and of these the ones after a number, in the direction of the order.</summary>
/// <param name="Words">That stand in it one after the other.</param>
internal sealed record AskedActions(
    bool NewestFirst, long From, string? Person, string? Action, ActionOutcome? Outcome, string? Words, DateTimeOffset? Since, DateTimeOffset? Before, int Look);
