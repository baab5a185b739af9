using Marketplace.Jobs.Vercel;

namespace Marketplace.Shell.VercelApi;

/// <summary>How long is waited for Vercel, how often is asked again at once, and when nobody is sent there for a while. Real time.</summary>
internal sealed record VercelLimits
{
    public static readonly VercelLimits Default = new();

    /// <summary>Of one call, with everything that is repeated, and with the second token where the first was refused.</summary>
    public TimeSpan AnswerMax { get; init; } = VercelPatience.AnswerMax;

    /// <summary>Of one attempt of what may be repeated.</summary>
    public TimeSpan AttemptMax { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Of what is sent once: whether it arrived is worth waiting for.</summary>
    public TimeSpan OnceMax { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>After the first attempt. What lasts longer than a hiccup is for the jobs, which wait without holding anything.</summary>
    public int RepeatsMax { get; init; } = 2;

    public TimeSpan FirstWait { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Who is asked to wait longer gives the answer back instead.</summary>
    public TimeSpan WaitMax { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Of the calls of the last <see cref="SamplingTime"/>: an outage, and not a bad route or a bad hour of one installation.</summary>
    public double OutageRatio { get; init; } = 0.9;

    /// <summary>Fewer calls prove no outage.</summary>
    public int OutageCallsMin { get; init; } = 20;

    public TimeSpan SamplingTime { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long nothing is sent in an outage; then one call finds out.</summary>
    public TimeSpan OutagePause { get; init; } = TimeSpan.FromSeconds(15);
}
