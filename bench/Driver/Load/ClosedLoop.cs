using System.Diagnostics;

namespace Marketplace.Driver.Load;

/// <summary>One of many who use a server at the same time: asks, waits for the answer, asks again.</summary>
internal abstract class User
{
    /// <summary>Puts the next request together. False when there is nothing left to ask for.</summary>
    public abstract bool Ask(RequestBuffer request);

    /// <exception cref="WrongAnswerException">It is not what was to be expected.</exception>
    public abstract void Hear(Answer answer);
}

/// <summary>What one run of a loop came to, without its warm-up.</summary>
internal sealed record Measured(TimeSpan Duration, Latencies Latencies);

/// <summary>Each user has a connection of its own and asks the next as soon as the last is answered.</summary>
internal sealed class ClosedLoop(Uri server, IReadOnlyList<User> users)
{
    /// <summary>A server that leaves a request unanswered for so long ends the run.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Until every user has asked for everything, however long it takes.</summary>
    public Task ToTheEnd(CancellationToken cancel) => Run(TimeSpan.Zero, TimeSpan.MaxValue, endsTogether: false, null, cancel);

    /// <summary>For the given time, or until the first user has nothing left: fewer would be another measurement.</summary>
    /// <param name="warm">Called when the warm-up is over.</param>
    public Task<Measured> For(TimeSpan warmUp, TimeSpan duration, Func<Task> warm, CancellationToken cancel) =>
        Run(warmUp, duration, endsTogether: true, warm, cancel);

    private async Task<Measured> Run(
        TimeSpan warmUp, TimeSpan duration, bool endsTogether, Func<Task>? warm, CancellationToken cancel)
    {
        using var stopped = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        if (duration < TimeSpan.MaxValue)
            stopped.CancelAfter(warmUp + duration + Patience);
        var window = new Window(warmUp, duration, endsTogether);
        var warming = warm is null ? Task.CompletedTask : After(warmUp, warm, stopped.Token);
        var all = await Task.WhenAll(users.Select(user => Use(user, window, stopped)));
        await warming;

        var sum = new Latencies();
        foreach (var latencies in all)
            sum.Add(latencies);
        return new Measured(window.Measured, sum);
    }

    private async Task<Latencies> Use(User user, Window window, CancellationTokenSource stopped)
    {
        try
        {
            return await Use(user, window, stopped.Token);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            // The others need not go on: one wrong answer spoils the run.
            await stopped.CancelAsync();
            throw;
        }
    }

    private async Task<Latencies> Use(User user, Window window, CancellationToken cancel)
    {
        var (latencies, request) = (new Latencies(), new RequestBuffer());
        using var connection = new Connection();
        await connection.Open(server, cancel);
        while (window.IsOpen)
        {
            if (!user.Ask(request))
            {
                window.NothingLeft();
                break;
            }

            var asked = Stopwatch.GetTimestamp();
            var length = await connection.Exchange(request.Bytes, cancel);
            var answered = Stopwatch.GetTimestamp();
            user.Hear(connection.Last(length));
            if (window.Counts(answered))
                latencies.Add(Stopwatch.GetElapsedTime(asked, answered));
        }

        return latencies;
    }

    private static async Task After(TimeSpan wait, Func<Task> then, CancellationToken cancel)
    {
        await Task.Delay(wait, cancel);
        await then();
    }

    /// <summary>The time in which answers count.</summary>
    private sealed class Window(TimeSpan warmUp, TimeSpan duration, bool endsTogether)
    {
        private readonly long opens = Stopwatch.GetTimestamp() + Ticks(warmUp);
        private long closes = duration == TimeSpan.MaxValue
            ? long.MaxValue
            : Stopwatch.GetTimestamp() + Ticks(warmUp) + Ticks(duration);

        public bool IsOpen => Stopwatch.GetTimestamp() < Interlocked.Read(ref closes);

        public TimeSpan Measured => Stopwatch.GetElapsedTime(opens, Math.Max(opens, Interlocked.Read(ref closes)));

        public bool Counts(long answered) => answered >= opens && answered < Interlocked.Read(ref closes);

        public void NothingLeft()
        {
            if (endsTogether)
                Interlocked.Exchange(ref closes, Math.Min(Stopwatch.GetTimestamp(), Interlocked.Read(ref closes)));
        }

        private static long Ticks(TimeSpan time) => (long)(time.TotalSeconds * Stopwatch.Frequency);
    }
}
