using System.Collections.Immutable;
using Marketplace.Simulator.Dashboard;

namespace Marketplace.Simulator.Conformance;

/// <summary>What a customer does in the virtual month.</summary>
internal enum MonthDeedKind
{
    Install,
    Provision,

    /// <summary>Buys credit, on a plan of type <c>prepayment</c>.</summary>
    Purchase,

    Rotate,
    ChangePlan,

    /// <summary>Gives the resource to the next installation.</summary>
    Transfer,

    /// <summary>From now on no charge goes through.</summary>
    StopPaying,

    PayAgain,

    /// <summary>Before the month is over.</summary>
    Uninstall,
}

/// <summary>Something that a customer meant to do, and what came of it.</summary>
/// <param name="Exchanges">The calls that it caused, in their order.</param>
/// <param name="Undone">Why it was not even tried; absent when it was.</param>
internal sealed record MonthDeed(MonthDeedKind Kind, DateTimeOffset At, ImmutableList<Exchange> Exchanges, string? Undone)
{
    public bool IsDone => Undone is null && Exchanges.TrueForAll(exchange => exchange.IsSuccess);

    public override string ToString() => $"{Wire.Text(At)} {Kind}: {Undone ?? string.Join(", ", Exchanges.Select(Trial.Told))}";
}
