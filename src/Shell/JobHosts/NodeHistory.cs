namespace Marketplace.Shell.JobHosts;

/// <summary>What this node does and did, until <see cref="NodePulse"/> has written it down: no run waits for that.</summary>
internal sealed class NodeHistory
{
    /// <summary>While the database is away, the oldest are given up before the memory is.</summary>
    private const int RowsMax = 5_000;

    private readonly Lock gate = new();
    private readonly Dictionary<string, DateTimeOffset> running = new(StringComparer.Ordinal);

    /// <summary>What is not written down, and of the rows of this minute those too to which more runs may come.</summary>
    private readonly List<Row> rows = [];

    public void Begun(string job, DateTimeOffset at)
    {
        lock (gate)
            running[job] = at;
    }

    public void Ended(FinishedRuns run)
    {
        lock (gate)
        {
            running.Remove(run.Job);
            var alike = rows.FindIndex(row => row.Runs.TellsOf(run));
            if (alike >= 0)
                rows[alike] = new Row(rows[alike].Runs.And(run), IsKept: false);
            else
                rows.Add(new Row(run, IsKept: false));
            if (rows.Count > RowsMax)
                rows.RemoveAt(0);
        }
    }

    /// <summary>What is under way, since when, and what is not written down yet.</summary>
    public (IReadOnlyDictionary<string, DateTimeOffset> Running, IReadOnlyList<FinishedRuns> Unkept) Look()
    {
        lock (gate)
            return (running.ToDictionary(StringComparer.Ordinal), [.. rows.Where(row => !row.IsKept).Select(row => row.Runs)]);
    }

    /// <summary>They cannot be written down, and are given up.</summary>
    public void GiveUp(IReadOnlyList<FinishedRuns> unwritable)
    {
        lock (gate)
        {
            var these = unwritable.ToHashSet<FinishedRuns>(ReferenceEqualityComparer.Instance);
            rows.RemoveAll(row => these.Contains(row.Runs));
        }
    }

    /// <summary>They are written down. More may still come to those of this minute, which are then written over.</summary>
    public void Kept(IReadOnlyList<FinishedRuns> written)
    {
        lock (gate)
        {
            var these = written.ToHashSet<FinishedRuns>(ReferenceEqualityComparer.Instance);
            for (var at = 0; at < rows.Count; at++)
            {
                if (these.Contains(rows[at].Runs))
                    rows[at] = rows[at] with { IsKept = true };
            }

            var newest = rows.Count == 0 ? default : rows.Max(row => row.Runs.StartedAt);
            rows.RemoveAll(row => row.IsKept && newest - row.Runs.StartedAt > TimeSpan.FromMinutes(1));
        }
    }

    private readonly record struct Row(FinishedRuns Runs, bool IsKept);
}
