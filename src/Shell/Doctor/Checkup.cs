using System.Diagnostics;

namespace Marketplace.Shell.Doctor;

/// <summary>All examinations at once: none waits for another, and none can end the others.</summary>
internal sealed class Checkup(IReadOnlyList<IExamination> examinations, TimeSpan timeLimit)
{
    /// <summary>In the order of the examinations, each as soon as it and those before it are done.</summary>
    public async IAsyncEnumerable<Examined> Run([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel)
    {
        var all = examinations.Select(examination => Task.Run(() => Look(examination, cancel), cancel)).ToList();
        foreach (var one in all)
            yield return await one;
    }

    private async Task<Examined> Look(IExamination examination, CancellationToken cancel)
    {
        var started = Stopwatch.GetTimestamp();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(timeLimit);
        IReadOnlyList<Finding> findings;
        try
        {
            findings = await examination.Look(limit.Token).WaitAsync(limit.Token);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            findings = [new Finding.Failed($"There was no answer within {timeLimit.TotalSeconds:0} s.", "Look at the network between here and there, or give it longer with --timeout.")];
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            // Its message may quote anything, and this is printed.
            findings = [new Finding.Failed($"It could not be examined: {fault.GetType().Name}.", "This is a fault of the doctor's own: please report it.")];
        }

        return new Examined(examination.Subject, findings, Stopwatch.GetElapsedTime(started));
    }
}

internal sealed record Examined(string Subject, IReadOnlyList<Finding> Findings, TimeSpan Took);
