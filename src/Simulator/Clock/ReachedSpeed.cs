using System.Diagnostics;

namespace Marketplace.Simulator.Clock;

/// <summary>How fast the clock has run, seen over its latest steps.</summary>
internal sealed class ReachedSpeed
{
    private static readonly TimeSpan SeenOver = TimeSpan.FromSeconds(10);

    private readonly Lock gate = new();
    private readonly Queue<(long At, TimeSpan Step)> steps = [];

    public void Add(TimeSpan step)
    {
        lock (gate)
        {
            steps.Enqueue((Stopwatch.GetTimestamp(), step));
            while (steps.Count > 2 && Stopwatch.GetElapsedTime(steps.Peek().At) > SeenOver)
            {
                steps.Dequeue();
            }
        }
    }

    public void Forget()
    {
        lock (gate)
        {
            steps.Clear();
        }
    }

    /// <param name="beat">How long a step may take without being late.</param>
    public double Now(TimeSpan beat)
    {
        lock (gate)
        {
            if (steps.Count < 2)
            {
                return 0;
            }

            // The oldest step only says since when; one that is long overdue counts as standing.
            var (first, last) = (steps.Peek().At, steps.Last().At);
            var overdue = Stopwatch.GetElapsedTime(last) - beat;
            var took = Stopwatch.GetElapsedTime(first, last) + (overdue > TimeSpan.Zero ? overdue : TimeSpan.Zero);
            return steps.Skip(1).Aggregate(TimeSpan.Zero, (sum, step) => sum + step.Step) / took;
        }
    }
}
