using System.Text.Json.Nodes;

namespace Marketplace.Integration.Conformance.Provider;

/// <summary>
/// The time of the clock at <c>/clock</c>, which somebody else turns. Each question also says up to when everything is worked off, so that the
/// clock does not run ahead.
/// </summary>
internal sealed class FollowedTime(Uri clock, HttpClient http) : TimeProvider
{
    private static readonly TimeSpan PauseAfterFault = TimeSpan.FromMilliseconds(200);

    /// <summary>The clock waits so long, and not for ever: what is left is tried again later.</summary>
    private const int AttemptsMax = 10;

    private long ticks;

    public override DateTimeOffset GetUtcNow() => new(Interlocked.Read(ref ticks), TimeSpan.Zero);

    /// <summary>The first time, without which nothing can be decided.</summary>
    public async Task Begin(CancellationToken cancel) => await Ask("", cancel);

    public async Task KeepFollowing(string name, Func<DateTimeOffset, CancellationToken, Task<bool>> workOff, CancellationToken cancel)
    {
        var query = $"?follower={name}";
        while (!cancel.IsCancellationRequested)
        {
            try
            {
                var now = await Ask(query, cancel);
                for (var attempt = 1; !await workOff(now, cancel) && attempt < AttemptsMax; attempt++)
                {
                    await Task.Delay(PauseAfterFault, cancel);
                }

                query = $"?follower={name}&caughtUpTo={Uri.EscapeDataString(Bookkeeper.Text(now))}";
            }
            catch (HttpRequestException)
            {
                await Task.Delay(PauseAfterFault, cancel);
            }
        }
    }

    private async Task<DateTimeOffset> Ask(string query, CancellationToken cancel)
    {
        var answer = JsonNode.Parse(await http.GetStringAsync(new Uri(clock, "/clock" + query), cancel))!;
        var now = answer["now"]!.GetValue<DateTimeOffset>();
        Interlocked.Exchange(ref ticks, now.UtcTicks);
        return now;
    }
}
