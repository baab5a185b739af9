using System.Globalization;

namespace Marketplace.Simulator.Clock;

/// <summary>
/// A way of the clock that lasts longer than anybody waits for an answer: it goes on by itself, from step to step, until it is there or
/// somebody stops it.
/// </summary>
internal sealed class Journey(VirtualClock clock, ClockAdvance advance, CancellationToken ending)
{
    private readonly Lock gate = new();
    private Task underWay = Task.CompletedTask;
    private DateTimeOffset? target;

    /// <summary>Where it goes; none when it goes nowhere.</summary>
    public DateTimeOffset? Target
    {
        get { lock (gate) { return target; } }
    }

    /// <summary>Why the last one ended before it was there.</summary>
    public string? Failure { get; private set; }

    /// <summary>Begins, and waits for a while whether it gets there; whether it is over.</summary>
    public async Task<bool> Begin(DateTimeOffset to, TimeSpan patience, CancellationToken cancel)
    {
        lock (gate)
        {
            if (target is { } other)
            {
                throw new InvalidOperationException(
                    $"The clock is on its way to {other.UtcDateTime.ToString("d MMM yyyy, HH:mm", CultureInfo.InvariantCulture)}; stop it there first.");
            }

            if (to < clock.GetUtcNow())
            {
                throw new ArgumentException("The clock only moves forward.", nameof(to));
            }

            (target, Failure) = (to, null);
            underWay = Task.Run(() => Go(to), CancellationToken.None);
        }

        await Task.WhenAny(underWay, Task.Delay(patience, cancel));
        return Target is null;
    }

    /// <summary>It ends with the step that it is in.</summary>
    public void Stop()
    {
        lock (gate)
        {
            target = null;
        }
    }

    private async Task Go(DateTimeOffset to)
    {
        try
        {
            while (Target == to && clock.GetUtcNow() is var now && now < to)
            {
                var step = now.AddHours(1);
                await advance.To(step < to ? step : to, ending);
            }
        }
        catch (FollowerBehindException behind)
        {
            Failure = behind.Message;
        }
        finally
        {
            lock (gate)
            {
                target = target == to ? null : target;
            }
        }
    }
}
