using System.Diagnostics;

namespace Marketplace.Driver.Load;

/// <summary>
/// Requests at a steady pace over several connections, each at its moment whatever becomes of the ones before: an answer is measured
/// from the moment at which its request was due, so that waiting for a slow one counts.
/// </summary>
internal static class SteadyPace
{
    /// <summary>What came back to the request with the number. It lives in the connection's buffer.</summary>
    public delegate void Hear(int number, Answer answer);

    public static async Task<Latencies> Keep(
        Uri server, int connections, int perSecond, TimeSpan time, Func<int, ReadOnlyMemory<byte>> request, Hear hear, CancellationToken cancel)
    {
        var (all, total) = (new Latencies(), (int)(perSecond * time.TotalSeconds));
        var began = Stopwatch.GetTimestamp();
        var lanes = await Task.WhenAll(Enumerable.Range(0, connections).Select(lane => Task.Run(
            async () =>
            {
                using var connection = new Connection();
                await connection.Open(server, cancel);
                var latencies = new Latencies();
                for (var number = lane; number < total; number += connections)
                {
                    var asking = request(number);
                    var due = began + (long)((double)number / perSecond * Stopwatch.Frequency);
                    if (Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), due) is var wait && wait > TimeSpan.Zero)
                        await Task.Delay(wait, cancel);
                    // A timer is late by up to a millisecond or two, and that is not the server's doing.
                    var asked = wait > TimeSpan.Zero ? Stopwatch.GetTimestamp() : due;
                    var length = await connection.Exchange(asking, cancel);
                    latencies.Add(Stopwatch.GetElapsedTime(asked));
                    hear(number, connection.Last(length));
                }

                return latencies;
            },
            cancel)));
        foreach (var latencies in lanes)
            all.Add(latencies);
        return all;
    }
}
