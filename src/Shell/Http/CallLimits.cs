namespace Marketplace.Shell.Http;

/// <summary>How often somebody outside is asked again at once, and when nobody is sent there for a while. Real time.</summary>
internal abstract record CallLimits
{
    /// <summary>After the first attempt. What lasts longer than a hiccup is for the jobs, which wait without holding anything.</summary>
    public int RepeatsMax { get; init; } = 2;

    public TimeSpan FirstWait { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Who is asked to wait longer gives the work back instead.</summary>
    public TimeSpan WaitMax { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Of the calls of the last <see cref="SamplingTime"/>: an outage, and not one route or one resource that goes wrong.</summary>
    public double OutageRatio { get; init; } = 0.9;

    /// <summary>Fewer calls prove no outage.</summary>
    public abstract int OutageCallsMin { get; init; }

    public TimeSpan SamplingTime { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long nothing is sent in an outage; then one call finds out.</summary>
    public TimeSpan OutagePause { get; init; } = TimeSpan.FromSeconds(15);
}
