using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Marketplace.Core.Installations;
using Marketplace.Jobs.Telemetry;
using Marketplace.Jobs.Vercel;
using Polly.CircuitBreaker;
using Polly.Timeout;

namespace Marketplace.Shell.VercelApi;

/// <summary>What all calls of Vercel's API have in common: the token, the sending, the reading of answers, and failures. Source: contract §A.2.</summary>
internal sealed class VercelCalls(Func<HttpClient> clients, InstallationTokens tokens, VercelResilience resilience)
{
    /// <summary>With the installation's own token.</summary>
    public Task<VercelAnswer<T>> Send<T>(InstallationId installation, VercelCall<T> call, CancellationToken cancel) =>
        InTime(async limit => await SendByCurrentToken(installation, call, limit), cancel);

    /// <summary>With a token that the caller chooses.</summary>
    public Task<VercelAnswer<T>> Send<T>(InstallationId installation, AccessToken token, VercelCall<T> call, CancellationToken cancel) =>
        InTime(async limit => await SendBy(installation, token, call, limit), cancel);

    /// <summary>Without a token: the body proves who calls.</summary>
    public Task<VercelAnswer<T>> SendOpen<T>(VercelCall<T> call, CancellationToken cancel) =>
        InTime(async limit => await Attempt(token: null, call, limit), cancel);

    private async Task<VercelAnswer<T>> InTime<T>(Func<CancellationToken, ValueTask<VercelAnswer<T>>> send, CancellationToken cancel)
    {
        VercelAnswer<T> answer;
        try
        {
            answer = await resilience.Limit(send, cancel);
        }
        catch (TimeoutRejectedException)
        {
            answer = new VercelAnswer<T>.Unknown("no answer in time", null);
        }

        Measures.VercelAnswered(NameOf(answer));
        return answer;
    }

    private static string NameOf<T>(VercelAnswer<T> answer) =>
        answer switch
        {
            VercelAnswer<T>.Accepted => "accepted",
            VercelAnswer<T>.Refused => "refused",
            VercelAnswer<T>.NotFound => "not_found",
            VercelAnswer<T>.TokenRefused => "token_refused",
            VercelAnswer<T>.Gone => "gone",
            VercelAnswer<T>.Unknown => "unknown",
            _ => throw new UnreachableException(answer.GetType().Name),
        };

    private async Task<VercelAnswer<T>> SendByCurrentToken<T>(InstallationId installation, VercelCall<T> call, CancellationToken cancel)
    {
        VercelAnswer<T>? refused = null;
        string? tried = null;
        while (await tokens.Current(installation, cancel) is { } token)
        {
            // A token that is refused may have been replaced at this very moment: then the new one is tried.
            if (token.Value == tried)
                return refused!;

            var answer = await SendBy(installation, token, call, cancel);
            if (answer is not VercelAnswer<T>.TokenRefused)
                return answer;
            (refused, tried) = (answer, token.Value);
        }

        return new VercelAnswer<T>.Gone("the installation is over, and its token with it");
    }

    /// <summary>Where Vercel says that the installation is over, nothing is ever sent with its token again.</summary>
    private async ValueTask<VercelAnswer<T>> SendBy<T>(
        InstallationId installation, AccessToken token, VercelCall<T> call, CancellationToken cancel)
    {
        var answer = await Attempt(token, call, cancel);
        if (answer is VercelAnswer<T>.Gone gone && VercelRoute.IsOf(installation, call.Route))
            await tokens.Retire(installation, token, gone.Reason, cancel);
        return answer;
    }

    /// <summary>With what was asked, where somebody may have to see why it was no success.</summary>
    private async Task<VercelAnswer<T>> Attempt<T>(AccessToken? token, VercelCall<T> call, CancellationToken cancel)
    {
        var answer = await Ask(token, call, cancel);
        return answer is VercelAnswer<T>.Accepted ? answer : answer with { Request = await call.ToRequest() };
    }

    private async Task<VercelAnswer<T>> Ask<T>(AccessToken? token, VercelCall<T> call, CancellationToken cancel)
    {
        try
        {
            using var response = await resilience.Send(call.IsRepeatable, attempt => SendOnce(token, call, attempt), cancel);
            return response.IsSuccessStatusCode || (call.Known is not null && response.StatusCode == HttpStatusCode.NotModified)
                ? new VercelAnswer<T>.Accepted(await call.Read(response, cancel))
                : await VercelFailure.Of<T>(response, token, cancel);
        }
        catch (HttpRequestException fault)
        {
            return new VercelAnswer<T>.Unknown($"no answer: {fault.HttpRequestError}", null);
        }
        catch (TimeoutRejectedException)
        {
            return new VercelAnswer<T>.Unknown("no answer in time", null);
        }
        catch (BrokenCircuitException outage)
        {
            return new VercelAnswer<T>.Unknown("not sent: Vercel answers nobody at the moment", outage.RetryAfter);
        }
        catch (JsonException)
        {
            return new VercelAnswer<T>.Unknown("the answer is not the JSON that the contract describes", null);
        }
    }

    private async ValueTask<HttpResponseMessage> SendOnce<T>(AccessToken? token, VercelCall<T> call, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(call.Method, call.Route);
        if (token is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token.Value);
        if (call.Known is { } known)
            request.Headers.TryAddWithoutValidation("If-None-Match", known.Mark);
        request.Content = call.Body?.Invoke();

        // From the factory each time, so that a change of addresses is noticed; the connections below are shared.
        using var http = clients();
        return await http.SendAsync(request, cancel);
    }
}
