using System.Net;
using Marketplace.Shell.Configuration;
using Marketplace.Shell.Http;
using Polly;
using Polly.CircuitBreaker;
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
        var calls = new CallResilience(limits, IsOutage);
        attempts = calls.Repeating(new ResiliencePipelineBuilder<HttpResponseMessage>().AddTimeout(limits.AnswerMax))
            .AddCircuitBreaker(calls.Breaker)
            .AddTimeout(settings.AnswerMax)
            .Build();
    }

    /// <param name="send">Makes the request anew each time.</param>
    public ValueTask<HttpResponseMessage> Send(
        Func<CancellationToken, ValueTask<HttpResponseMessage>> send, CancellationToken cancel) => attempts.ExecuteAsync(send, cancel);

    /// <summary>An answer that is too large is the control plane's mistake, and not its absence; and 501 is how it says that it has no such thing.</summary>
    private static bool IsOutage(Outcome<HttpResponseMessage> outcome) =>
        outcome is { Exception: HttpRequestException { HttpRequestError: not HttpRequestError.ConfigurationLimitExceeded } or TimeoutRejectedException }
        || outcome.Result is { StatusCode: >= HttpStatusCode.InternalServerError and not HttpStatusCode.NotImplemented };
}
