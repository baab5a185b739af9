using System.Diagnostics;
using Marketplace.Core.Installations;
using Marketplace.Jobs.Telemetry;
using Marketplace.Shell.Persistence;

namespace Marketplace.Shell.Idempotency;

/// <summary>One decision, which has said already what it has to know.</summary>
internal sealed class WaitingDecision
{
    private readonly TaskCompletionSource<Decided> answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Func<Writes, Decided> decide;
    private Decided? decided;
    private Exception? failure;

    public WaitingDecision(InstallationId installation, Func<Loads, Func<Writes, Decided>> look, CancellationToken cancel)
    {
        (Installation, Look, Cancel) = (installation, look, cancel);
        decide = look(Loads);
        Trace = Traces.Source.HasListeners() ? Activity.Current : null;
    }

    /// <summary>The span in which it was asked for. Whoever decides it is in nobody's.</summary>
    public Activity? Trace { get; }

    public InstallationId Installation { get; }

    public Func<Loads, Func<Writes, Decided>> Look { get; }

    public CancellationToken Cancel { get; }

    public Loads Loads { get; } = new();

    public Task<Decided> Decided => answer.Task;

    /// <summary>Whoever asked has left before it began.</summary>
    public bool IsGone => Cancel.IsCancellationRequested && answer.TrySetCanceled(Cancel);

    /// <summary>What it writes; nothing when it fails, which is told when the others are done.</summary>
    public Writes Decide()
    {
        var writes = new Writes();
        // So that what is written knows what caused it.
        var outer = Activity.Current;
        Activity.Current = Trace ?? outer;
        try
        {
            decided = decide(writes);
        }
        catch (Exception fault)
        {
            writes.Discard();
            failure = fault;
        }
        finally
        {
            Activity.Current = outer;
        }

        return writes;
    }

    public void Finish()
    {
        if (failure is not null)
            Fail(failure);
        else
            Finish(decided!);
    }

    public void Finish(Decided outcome) => answer.TrySetResult(outcome);

    public void Fail(Exception fault) => answer.TrySetException(fault);
}
