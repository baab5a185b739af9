using System.Diagnostics;
using Marketplace.Core.Installations;

namespace Marketplace.Jobs.Telemetry;

/// <summary>
/// Our own spans: what was decided, and what a worker worked off. While nobody listens there are none, and asking costs a glance. In a server
/// somebody always does: the log names the trace and the installation of each line, whether or not a trace is kept.
/// </summary>
/// <remarks>Nothing that a span is given may be a secret, a code, a token or a person's address: it leaves the process.</remarks>
public static class Traces
{
    public const string SourceName = "Marketplace";

    /// <summary>On every span that is about one installation.</summary>
    public const string InstallationTag = "installation.id";

    public const string InstallationsTag = "installation.ids";
    public const string ResourceTag = "resource.id";
    public const string JobTag = "job";
    public const string OutcomeTag = "outcome";
    public const string KindTag = "kind";
    public const string AttemptTag = "attempt";
    public const string RepeatedTag = "repeated";
    public const string ProductTag = "product";
    public const string ProvisionerTag = "provisioner";
    public const string DecisionTag = "decision";

    public static readonly ActivitySource Source = new(SourceName);

    /// <summary>
    /// The trace that runs here, as a row keeps it for whoever goes on with the work later; null where it is not recorded. Source: W3C Trace
    /// Context, traceparent.
    /// </summary>
    public static string? Cause => Source.HasListeners() && Activity.Current is { Recorded: true } current ? current.Id : null;

    /// <summary>A span about one installation, within the one that runs here.</summary>
    /// <param name="cause">Of <see cref="Cause"/>, when what is done now was asked for.</param>
    public static Activity? Begin(string name, InstallationId installation, string? cause = null) =>
        Source.HasListeners() ? Start(name, cause)?.SetTag(InstallationTag, installation.Value) : null;

    /// <summary>The same about several, which share one transaction.</summary>
    public static Activity? Begin(string name, IEnumerable<InstallationId> installations) =>
        Source.HasListeners() && Start(name, cause: null) is { } span
            ? span.SetTag(InstallationsTag, installations.Select(one => one.Value).Distinct(StringComparer.Ordinal).ToArray())
            : null;

    /// <summary>What runs here is about this installation: the request's span says so, and every line that is logged on the way.</summary>
    public static void Concerns(InstallationId installation) => Activity.Current?.SetTag(InstallationTag, installation.Value);

    /// <summary>How it ended.</summary>
    public static void Ends(string outcome) => Activity.Current?.SetTag(OutcomeTag, outcome);

    /// <summary>So that there are spans for the log, of which nothing is kept: whoever exports traces asks for more by himself.</summary>
    public static ActivityListener ForTheLog() => new()
    {
        ShouldListenTo = source => source.Name == SourceName,
        Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.PropagationData,
    };

    /// <summary>Nobody wants to see this one, nor what it leads to.</summary>
    public static void Forget()
    {
        if (Activity.Current is { } current)
        {
            current.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
            current.IsAllDataRequested = false;
        }
    }

    private static Activity? Start(string name, string? cause) =>
        cause is not null && ActivityContext.TryParse(cause, traceState: null, out var asked)
            ? Source.StartActivity(name, ActivityKind.Internal, parentContext: default, links: [new ActivityLink(asked)])
            : Source.StartActivity(name);
}
