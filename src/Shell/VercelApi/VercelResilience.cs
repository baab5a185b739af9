using System.Net;
using Marketplace.Shell.Http;
using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;

namespace Marketplace.Shell.VercelApi;

/// <summary>
/// Time limits, repetitions and the circuit breaker around every attempt. There is one breaker for Vercel as a whole: an outage is
/// Vercel's, and must not tie up the workers of every installation in turn. What Vercel says to one installation (401, 410, any other
/// 4xx, 429) is an answer, and does not count against it.
/// </summary>
internal sealed class VercelResilience
{
    private readonly ResiliencePipeline whole;
    private readonly ResiliencePipeline<HttpResponseMessage> once;
    private readonly ResiliencePipeline<HttpResponseMessage> repeated;

    public VercelResilience(VercelLimits limits)
    {
        whole = new ResiliencePipelineBuilder().AddTimeout(limits.AnswerMax).Build();
        var breaker = new ResiliencePipelineBuilder<HttpResponseMessage>().AddCircuitBreaker(Breaker(limits)).Build();
        once = new ResiliencePipelineBuilder<HttpResponseMessage>().AddPipeline(breaker).AddTimeout(limits.OnceMax).Build();
        var attempts = new ResiliencePipelineBuilder<HttpResponseMessage>();
        if (limits.RepeatsMax > 0)
            attempts.AddRetry(Repetition(limits));
        repeated = attempts.AddPipeline(breaker).AddTimeout(limits.AttemptMax).Build();
    }

    /// <summary>Everything that one call of ours leads to.</summary>
    public ValueTask<T> Limit<T>(Func<CancellationToken, ValueTask<T>> call, CancellationToken cancel) => whole.ExecuteAsync(call, cancel);

    /// <summary>The attempts.</summary>
    /// <param name="send">Makes the request anew each time.</param>
    public ValueTask<HttpResponseMessage> Send(
        bool isRepeatable, Func<CancellationToken, ValueTask<HttpResponseMessage>> send, CancellationToken cancel) =>
        (isRepeatable ? repeated : once).ExecuteAsync(send, cancel);

    private static CircuitBreakerStrategyOptions<HttpResponseMessage> Breaker(VercelLimits limits) => new()
    {
        FailureRatio = limits.OutageRatio,
        MinimumThroughput = limits.OutageCallsMin,
        SamplingDuration = limits.SamplingTime,
        BreakDuration = limits.OutagePause,
        ShouldHandle = outcome => ValueTask.FromResult(IsOutage(outcome.Outcome)),
    };

    private static RetryStrategyOptions<HttpResponseMessage> Repetition(VercelLimits limits) => new()
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

    private static bool IsOutage(Outcome<HttpResponseMessage> outcome) =>
        outcome is { Exception: HttpRequestException or Polly.Timeout.TimeoutRejectedException }
        || outcome.Result is { StatusCode: >= HttpStatusCode.InternalServerError };

    private static bool MayPass(Outcome<HttpResponseMessage> outcome) =>
        IsOutage(outcome) || outcome.Result is { StatusCode: HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout };

    private static TimeSpan? AskedWait(Outcome<HttpResponseMessage> outcome) =>
        outcome.Result is { } response ? RetryAfterHeader.Of(response) : null;
}
