using System.Net;
using Marketplace.Shell.Configuration;
using Marketplace.Shell.Http;
using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;
using Polly.Timeout;

namespace Marketplace.Shell.Provisioning.Http;

/// <summary>
/// Time limits, repetitions and the circuit breaker around every attempt. Whatever is asked may be asked again, because every operation has
/// an id. What the control plane says to one operation is an answer, and does not count against it.
/// </summary>
internal sealed class ControlPlaneResilience
{
    private readonly ResiliencePipeline<HttpResponseMessage> attempts;

    public ControlPlaneResilience(ControlPlaneSettings settings, ControlPlaneLimits limits)
    {
        var whole = new ResiliencePipelineBuilder<HttpResponseMessage>().AddTimeout(limits.AnswerMax);
        if (limits.RepeatsMax > 0)
            whole.AddRetry(Repetition(limits));
        attempts = whole.AddCircuitBreaker(Breaker(limits)).AddTimeout(settings.AnswerMax).Build();
    }

    /// <param name="send">Makes the request anew each time.</param>
    public ValueTask<HttpResponseMessage> Send(
        Func<CancellationToken, ValueTask<HttpResponseMessage>> send, CancellationToken cancel) => attempts.ExecuteAsync(send, cancel);

    private static CircuitBreakerStrategyOptions<HttpResponseMessage> Breaker(ControlPlaneLimits limits) => new()
    {
        FailureRatio = limits.OutageRatio,
        MinimumThroughput = limits.OutageCallsMin,
        SamplingDuration = limits.SamplingTime,
        BreakDuration = limits.OutagePause,
        ShouldHandle = outcome => ValueTask.FromResult(IsOutage(outcome.Outcome)),
    };

    private static RetryStrategyOptions<HttpResponseMessage> Repetition(ControlPlaneLimits limits) => new()
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

    /// <summary>An answer that is too large is the control plane's mistake, and not its absence; and 501 is how it says that it has no such thing.</summary>
    private static bool IsOutage(Outcome<HttpResponseMessage> outcome) =>
        outcome is { Exception: HttpRequestException { HttpRequestError: not HttpRequestError.ConfigurationLimitExceeded } or TimeoutRejectedException }
        || outcome.Result is { StatusCode: >= HttpStatusCode.InternalServerError and not HttpStatusCode.NotImplemented };

    private static bool MayPass(Outcome<HttpResponseMessage> outcome) =>
        IsOutage(outcome) || outcome.Result is { StatusCode: HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout };

    private static TimeSpan? AskedWait(Outcome<HttpResponseMessage> outcome) =>
        outcome.Result is { } response ? RetryAfterHeader.Of(response) : null;
}
