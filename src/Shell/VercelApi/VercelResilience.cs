using System.Net;
using Marketplace.Shell.Http;
using Polly;

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
        var calls = new CallResilience(limits, IsOutage);
        // One and the same for both: an outage is seen by all.
        var breaker = new ResiliencePipelineBuilder<HttpResponseMessage>().AddCircuitBreaker(calls.Breaker).Build();
        once = new ResiliencePipelineBuilder<HttpResponseMessage>().AddPipeline(breaker).AddTimeout(limits.OnceMax).Build();
        repeated = calls.Repeating(new ResiliencePipelineBuilder<HttpResponseMessage>())
            .AddPipeline(breaker)
            .AddTimeout(limits.AttemptMax)
            .Build();
    }

    /// <summary>Everything that one call of ours leads to.</summary>
    public ValueTask<T> Limit<T>(Func<CancellationToken, ValueTask<T>> call, CancellationToken cancel) => whole.ExecuteAsync(call, cancel);

    /// <summary>The attempts.</summary>
    /// <param name="send">Makes the request anew each time.</param>
    public ValueTask<HttpResponseMessage> Send(
        bool isRepeatable, Func<CancellationToken, ValueTask<HttpResponseMessage>> send, CancellationToken cancel) =>
        (isRepeatable ? repeated : once).ExecuteAsync(send, cancel);

    private static bool IsOutage(Outcome<HttpResponseMessage> outcome) =>
        outcome is { Exception: HttpRequestException or Polly.Timeout.TimeoutRejectedException }
        || outcome.Result is { StatusCode: >= HttpStatusCode.InternalServerError };
}
