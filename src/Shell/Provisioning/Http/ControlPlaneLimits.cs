namespace Marketplace.Shell.Provisioning.Http;

/// <summary>How long is waited for the control plane, how often is asked again at once, and when nobody is sent there for a while. Real time.</summary>
internal sealed record ControlPlaneLimits
{
    public static readonly ControlPlaneLimits Default = new();

    /// <summary>Of one question with everything that is repeated; less than an operation may take.</summary>
    public TimeSpan AnswerMax { get; init; } = TimeSpan.FromSeconds(55);

    /// <summary>After the first attempt. What lasts longer than a hiccup is for the worker, which waits without holding anything.</summary>
    public int RepeatsMax { get; init; } = 2;

    public TimeSpan FirstWait { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Who is asked to wait longer gives the operation back instead.</summary>
    public TimeSpan WaitMax { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Of the questions of the last <see cref="SamplingTime"/>: an outage, and not one resource that cannot be made.</summary>
    public double OutageRatio { get; init; } = 0.9;

    /// <summary>Fewer questions prove no outage.</summary>
    public int OutageCallsMin { get; init; } = 10;

    public TimeSpan SamplingTime { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long nothing is sent in an outage; then one question finds out.</summary>
    public TimeSpan OutagePause { get; init; } = TimeSpan.FromSeconds(15);
}
