using System.Diagnostics;
using Marketplace.Core.Installations;
using Marketplace.Jobs.Telemetry;
using Marketplace.Shell.Persistence;
using Npgsql;

namespace Marketplace.Shell.Idempotency;

/// <summary>
/// Runs decisions, each of which loads, decides and writes. Those that wait at the same moment share a transaction: its two round trips
/// and its commit are most of what a small decision costs. One that comes alone waits for nobody.
/// </summary>
/// <remarks>
/// Two decisions on one installation never share a transaction, because the second has to see what the first has done. They lock in the
/// order of their installations, so that no two transactions wait for each other in a circle. What goes wrong for one of them goes
/// wrong for nobody else: then nothing is committed, and each is done again by itself.
/// </remarks>
internal sealed class SharedTransactions(NpgsqlDataSource database)
{
    /// <summary>While one transaction waits for the disk, another one computes.</summary>
    public const int LanesMax = 3;

    private const int DecisionsMax = 32;

    private readonly Lock gate = new();
    private readonly LinkedList<WaitingDecision> queue = [];
    private readonly HashSet<InstallationId> busy = [];
    private int lanes;

    /// <summary>A decision on one installation, and on nothing that any other decision holds.</summary>
    /// <param name="look">As often as it takes: what did not come to a commit is done again, from the load on.</param>
    /// <param name="cancel">Before it has begun.</param>
    public Task<Decided> Run(InstallationId installation, Func<Loads, Func<Writes, Decided>> look, CancellationToken cancel)
    {
        var waiting = new WaitingDecision(installation, look, cancel);
        lock (gate)
            queue.AddLast(waiting);
        OpenLane();
        return waiting.Decided;
    }

    /// <summary>A decision in a transaction of its own, on whatever it likes.</summary>
    public async Task<Decided> RunAlone(Func<Loads, Func<Writes, Decided>> look, CancellationToken cancel)
    {
        var (loads, writes) = (new Loads(), new Writes());
        var decide = look(loads);
        await using var connection = await database.OpenConnectionAsync(cancel);
        await loads.Begin(connection, cancel);
        var decided = decide(writes);
        if (!writes.IsEmpty)
            await writes.Commit(connection, cancel);
        return decided;
    }

    private void OpenLane()
    {
        lock (gate)
        {
            if (lanes == LanesMax)
                return;
            lanes++;
        }

        // Not in the context of the call that happens to open it: a lane is everybody's.
        ThreadPool.UnsafeQueueUserWorkItem(static transactions => _ = transactions.Lane(), this, preferLocal: false);
    }

    private async Task Lane()
    {
        while (Next() is { Count: > 0 } together)
        {
            if (await TryRun(together))
                Leave(together);
            else
                together.ForEach(waiting => _ = RunAlone(waiting));
        }
    }

    /// <summary>Those that came first, of as many installations; none closes the lane.</summary>
    private List<WaitingDecision> Next()
    {
        lock (gate)
        {
            var together = new List<WaitingDecision>();
            for (var node = queue.First; node is not null && together.Count < DecisionsMax;)
            {
                var (next, waiting) = (node.Next, node.Value);
                if (waiting.IsGone)
                {
                    queue.Remove(node);
                }
                else if (busy.Add(waiting.Installation))
                {
                    queue.Remove(node);
                    together.Add(waiting);
                }

                node = next;
            }

            if (together.Count == 0)
                lanes--;
            together.Sort((one, other) => string.CompareOrdinal(one.Installation.Value, other.Installation.Value));
            return together;
        }
    }

    private void Leave(IEnumerable<WaitingDecision> together)
    {
        lock (gate)
        {
            foreach (var waiting in together)
                busy.Remove(waiting.Installation);
        }
    }

    /// <summary>False when nothing came of it, and each has to be done by itself.</summary>
    private async Task<bool> TryRun(List<WaitingDecision> together)
    {
        var isCommitting = false;
        using var span = Span(together);
        try
        {
            await using var connection = await database.OpenConnectionAsync();
            await Loads.BeginTogether(connection, together.ConvertAll(waiting => waiting.Loads), CancellationToken.None);
            var writes = together.ConvertAll(waiting => waiting.Decide()).FindAll(one => !one.IsEmpty);
            isCommitting = true;
            if (writes.Count > 0)
                await Writes.CommitTogether(connection, writes, CancellationToken.None);
        }
        catch (Exception fault)
        {
            // A refusal is certain: nothing is committed. When the line breaks, it may be.
            if (fault is NpgsqlException ? fault is PostgresException { InvariantSeverity: "ERROR" } : !isCommitting)
                return false;
            together.ForEach(waiting => waiting.Fail(fault));
            return true;
        }

        together.ForEach(waiting => waiting.Finish());
        return true;
    }

    /// <summary>Within the first of those that are traced, and linked to the others; null where none of them is.</summary>
    private static Activity? Span(List<WaitingDecision> together)
    {
        if (!Traces.Source.HasListeners())
            return null;
        var traced = together.FindAll(waiting => waiting.Trace is { Recorded: true });
        return traced.Count == 0
            ? null
            : Traces.Source.StartActivity(
                "transaction", ActivityKind.Internal, traced[0].Trace!.Context, links: traced.Skip(1).Select(waiting => new ActivityLink(waiting.Trace!.Context)))
                ?.SetTag(Traces.InstallationsTag, together.ConvertAll(waiting => waiting.Installation.Value).ToArray());
    }

    private async Task RunAlone(WaitingDecision waiting)
    {
        Activity.Current = waiting.Trace;
        try
        {
            waiting.Finish(await RunAlone(waiting.Look, waiting.Cancel));
        }
        catch (Exception fault)
        {
            waiting.Fail(fault);
        }
        finally
        {
            Leave([waiting]);
            OpenLane();
        }
    }
}
