using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using Marketplace.Shell.Configuration;

namespace Marketplace.Shell.Clock;

/// <summary>
/// Asks the virtual clock for its time, at least once a second, and tells it how far this process has caught up. The
/// server may hold an answer back for a while; a plain one that answers at once is asked less often.
/// </summary>
internal sealed partial class ClockFollower(
    ClockSettings settings,
    FirstAnswer first,
    FollowedClock clock,
    HttpClient http,
    IEnumerable<ICatchUp> catchUps,
    ILogger<ClockFollower> log)
    : BackgroundService
{
    private static readonly TimeSpan PauseMin = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan PauseAfterFault = TimeSpan.FromMilliseconds(500);

    private readonly string name = $"{Environment.MachineName}-{Environment.ProcessId}-{Guid.NewGuid().ToString("N")[..6]}";
    private readonly List<ICatchUp> catchUps = [.. catchUps];

    /// <summary>The start waits here: no decision can be made without a time.</summary>
    public async Task AwaitFirstAnswer(CancellationToken cancel)
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                // Without a name: the clock waits for whoever it knows, and a process that only asks once never catches up.
                clock.Set(await Ask("", cancel));
                return;
            }
            catch (Exception fault) when (IsOutage(fault, cancel))
            {
                if (Stopwatch.GetElapsedTime(started) > first.Within)
                {
                    throw new StartRefusedException(
                        $"Marketplace cannot start: the clock at {settings.Url} (Clock__Url) does not answer with the time: {fault.Message}");
                }

                await Task.Delay(PauseMin, cancel);
            }
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // The server is up before the first jump is worked off.
        await Task.Yield();
        DateTimeOffset? caughtUpTo = null;
        (Task<bool> Done, DateTimeOffset At)? work = null;
        var isOut = false;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                var asked = Stopwatch.GetTimestamp();
                var now = await Ask(Follow(caughtUpTo), stoppingToken);
                if (isOut)
                {
                    isOut = false;
                    LogBack();
                }

                clock.Set(now);
                if (work is null && caughtUpTo != clock.GetUtcNow())
                {
                    work = (WorkOff(clock.GetUtcNow(), stoppingToken), clock.GetUtcNow());
                }

                // While the work goes on, the clock is still asked: it must know that somebody is there.
                var rest = PauseMin - Stopwatch.GetElapsedTime(asked);
                if (rest > TimeSpan.Zero)
                {
                    var pause = Task.Delay(rest, stoppingToken);
                    await (work is { } going ? Task.WhenAny(going.Done, pause) : pause);
                }

                if (work is { Done.IsCompleted: true } over)
                {
                    caughtUpTo = await over.Done ? over.At : caughtUpTo;
                    work = null;
                }
            }
            catch (Exception fault) when (IsOutage(fault, stoppingToken))
            {
                if (!isOut)
                {
                    isOut = true;
                    LogOut(settings.Url!, fault.Message);
                }

                await Task.Delay(PauseAfterFault, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
        }
    }

    /// <summary>Whether all of it is done. What failed is tried again with the next answer, and the clock waits for it.</summary>
    private async Task<bool> WorkOff(DateTimeOffset now, CancellationToken cancel)
    {
        try
        {
            foreach (var catchUp in catchUps)
            {
                await catchUp.WorkOff(now, cancel);
            }

            return true;
        }
        catch (Exception fault) when (!cancel.IsCancellationRequested)
        {
            LogNotWorkedOff(fault, now);
            await Task.Delay(PauseAfterFault, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return false;
        }
    }

    private string Follow(DateTimeOffset? caughtUpTo) =>
        $"?follower={Uri.EscapeDataString(name)}" + (caughtUpTo is { } time
            ? "&caughtUpTo=" + Uri.EscapeDataString(time.UtcDateTime.ToString("O", CultureInfo.InvariantCulture))
            : "");

    private async Task<DateTimeOffset> Ask(string query, CancellationToken cancel)
    {
        var answer = await http.GetFromJsonAsync<ClockAnswer>(new Uri(settings.Url + query), cancel);
        return answer is { Now: { } now } ? now : throw new HttpRequestException("the answer has no \"now\"");
    }

    private static bool IsOutage(Exception fault, CancellationToken cancel) =>
        !cancel.IsCancellationRequested
        && fault is HttpRequestException or System.Text.Json.JsonException or TaskCanceledException or NotSupportedException;

    private sealed record ClockAnswer(DateTimeOffset? Now);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The clock at {Url} does not answer, its last time stands: {Reason}")]
    private partial void LogOut(Uri url, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "The clock answers again")]
    private partial void LogBack();

    [LoggerMessage(Level = LogLevel.Error, Message = "What was due at {Now} is not worked off; it is tried again")]
    private partial void LogNotWorkedOff(Exception fault, DateTimeOffset now);
}

/// <summary>How long the start waits for the clock.</summary>
internal sealed record FirstAnswer(TimeSpan Within);
