using System.Diagnostics;
using Marketplace.Shell.Configuration;
using OpenTelemetry.Trace;

namespace Marketplace.Shell.Telemetry;

/// <summary>
/// Keeps what the configuration says, but begins no trace with a call to somebody else: what a worker asks again and again while nothing is due
/// would bury everything else.
/// </summary>
internal sealed class WithinTraces(Sampling sampling) : Sampler
{
    private readonly Sampler chosen = sampling.FollowsCaller
        ? new ParentBasedSampler(new TraceIdRatioBasedSampler(sampling.Ratio))
        : new TraceIdRatioBasedSampler(sampling.Ratio);

    public override SamplingResult ShouldSample(in SamplingParameters samplingParameters) =>
        samplingParameters is { Kind: ActivityKind.Client } && samplingParameters.ParentContext.TraceId == default
            ? new SamplingResult(SamplingDecision.Drop)
            : chosen.ShouldSample(samplingParameters);
}
