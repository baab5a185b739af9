using Marketplace.Driver.Load;

namespace Marketplace.Integration.Bench;

public sealed class LatenciesTests
{
    private static readonly double[] Shares = [0.001, 0.5, 0.9, 0.99, 1];

    [Theory]
    [InlineData(1)]
    [InlineData(100)]
    [InlineData(10_000)]
    [InlineData(1_000_000)]
    [InlineData(500_000_000)]
    public void A_percentile_is_the_exact_one_to_within_a_bucket(int microsecondsMax)
    {
        var random = new Random(microsecondsMax);
        var durations = Enumerable.Range(0, 1000).Select(_ => (long)random.Next(microsecondsMax + 1)).Order().ToArray();
        var latencies = Of(durations);

        foreach (var share in Shares)
        {
            var exact = durations[(int)Math.Ceiling(share * durations.Length) - 1];
            var read = latencies.Percentile(share).TotalMicroseconds;
            Assert.InRange(read, exact, exact * (1 + (1.0 / 64)));
        }
    }

    [Fact]
    public void What_two_connections_saw_adds_up()
    {
        var sum = Of([1, 2, 3]);
        sum.Add(Of([1000]));

        Assert.Equal(4, sum.Count);
        Assert.Equal(TimeSpan.FromMicroseconds(1000), sum.Max);
        Assert.Equal(TimeSpan.FromMicroseconds(2), sum.Percentile(0.5));
    }

    [Fact]
    public void Where_nothing_was_measured_there_is_no_latency() => Assert.Equal(TimeSpan.Zero, new Latencies().Percentile(0.99));

    private static Latencies Of(IEnumerable<long> microseconds)
    {
        var latencies = new Latencies();
        foreach (var duration in microseconds)
            latencies.Add(TimeSpan.FromMicroseconds(duration));
        return latencies;
    }
}
