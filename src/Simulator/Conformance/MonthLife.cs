using System.Collections.Immutable;

namespace Marketplace.Simulator.Conformance;

/// <summary>One of those who live through the month: what it buys, what it will do, and how far it is.</summary>
/// <param name="index">From 0 on. Each seven are a steady one that rotates, one that changes its plan, one that gives its resource away and one that
/// takes it, one that leaves, one that does not pay for a while, and one that just uses what it has.</param>
internal sealed class MonthLife(int index, int count, long seed, OfferedProduct product, OfferedPlan plan)
{
    private readonly List<MonthDeed> deeds = [];

    /// <summary>Of the team, and what its ids are derived from.</summary>
    public string Name => $"Month {index + 1}";

    public OfferedProduct Product => product;

    public OfferedPlan Plan => plan;

    public string InstallationId { get; set; } = "";

    /// <summary>Absent until it has one, and once it is given away.</summary>
    public string? ResourceId { get; set; }

    public ImmutableList<MonthDeed> Deeds => [.. deeds];

    /// <summary>The answer to its first invoice gets lost, whatever chance does to the others.</summary>
    public bool LosesFirstAnswer => index % 2 == 0;

    private int Role => index % 7;

    private bool PaysLate => IsLate(index, count);

    /// <summary>Whoever changes plans, gives away, leaves or does not pay shows what he should only with a plan that is paid afterwards.</summary>
    public static bool NeedsInvoice(int index, int count) => index % 7 is 1 or 2 or 4 || IsLate(index, count);

    /// <summary>What is given away has to have a plan of its own, so that it is seen who owes for it from then on.</summary>
    public static bool Gives(int index) => index % 7 == 2;

    /// <summary>Somebody always pays in advance, where that is sold.</summary>
    public static bool Prepays(int index) => index % 7 == 3;

    /// <summary>In a month of few somebody has to do two things, so that everything is seen.</summary>
    private static bool IsLate(int index, int count) => index % 7 == 5 || (count <= 5 && index == 0);

    /// <summary>What it means to do, by the time since the month began. The hour of the day is chance; what is done in one hour is done in this order.</summary>
    public IEnumerable<(TimeSpan After, MonthDeedKind Kind)> Plans()
    {
        yield return (On(day: 0), MonthDeedKind.Install);
        yield return (On(day: 0), MonthDeedKind.Provision);
        if (plan.IsPrepayment)
        {
            yield return (On(day: 0), MonthDeedKind.Purchase);
        }

        if (Role == 0)
        {
            yield return (On(day: 9), MonthDeedKind.Rotate);
        }

        if (Role == 1)
        {
            yield return (On(day: 14), MonthDeedKind.ChangePlan);
        }

        if (Role == 2 && index + 1 < count)
        {
            yield return (On(day: 11), MonthDeedKind.Transfer);
        }

        if (Role == 4)
        {
            yield return (On(day: 19), MonthDeedKind.Uninstall);
        }

        if (PaysLate)
        {
            yield return (On(day: 24), MonthDeedKind.StopPaying);
        }
    }

    public void Note(MonthDeed deed) => deeds.Add(deed);

    public bool Has(MonthDeedKind kind) => deeds.Exists(deed => deed.Kind == kind);

    private TimeSpan On(int day) => TimeSpan.FromDays(day) + TimeSpan.FromHours((int)(SeededSelection.Chance(seed, $"{Name} {day}") * 20));
}
