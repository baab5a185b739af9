using System.Net;
using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;

namespace Marketplace.Shell.Http;

/// <summary>Repetitions and the circuit breaker of calls to somebody outside, by what its outage looks like.</summary>
internal sealed class CallResilience(CallLimits limits, Func<Outcome<HttpResponseMessage>, bool> isOutage)
{
    public CircuitBreakerStrategyOptions<HttpResponseMessage> Breaker => new()
    {
        FailureRatio = limits.OutageRatio,
        MinimumThroughput = limits.OutageCallsMin,
        SamplingDuration = limits.SamplingTime,
        BreakDuration = limits.OutagePause,
        ShouldHandle = outcome => ValueTask.FromResult(isOutage(outcome.Outcome)),
    };

    /// <summary>None where nothing is to be repeated.</summary>
    public ResiliencePipelineBuilder<HttpResponseMessage> Repeating(ResiliencePipelineBuilder<HttpResponseMessage> calls) =>
        limits.RepeatsMax > 0 ? calls.AddRetry(Repetition) : calls;

    private RetryStrategyOptions<HttpResponseMessage> Repetition => new()
    {
        MaxRetryAttempts = limits.RepeatsMax,
        BackoffType = DelayBackoffType.Exponential,
        // So that those who failed together do not come back together.
        UseJitter = true,
        Delay = limits.FirstWait,
        MaxDelay = limits.WaitMax,
        ShouldHandle = outcome => ValueTask.FromResult(MayPass(outcome.Outcome) && !(AskedWait(outcome.Outcome) > limits.WaitMax)),
        DelayGenerator = outcome => ValueTask.FromResult(AskedWait(outcome.Outcome)),
    };

    private bool MayPass(Outcome<HttpResponseMessage> outcome) =>
        isOutage(outcome) || outcome.Result is { StatusCode: HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout };

    private static TimeSpan? AskedWait(Outcome<HttpResponseMessage> outcome) =>
        outcome.Result is { } response ? RetryAfterHeader.Of(response) : null;
}
