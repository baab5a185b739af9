using System.Diagnostics;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using Marketplace.Simulator.Api;
using Marketplace.Simulator.Dashboard;

namespace Marketplace.Simulator.Webhooks;

/// <summary>Sends webhooks, signed. Source: contract §F.</summary>
internal sealed class WebhookDelivery(HttpClient http, string clientSecret, CallLog log, TimeProvider clock)
{
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(30);

    /// <summary>Where webhooks go; while it is not set, they wait.</summary>
    public Uri? Target { get; set; }

    /// <summary>HMAC-SHA1 of the raw body with the client secret, in lower-case hexadecimal.</summary>
    public static string Sign(string body, string clientSecret)
    {
#pragma warning disable CA5350 // The contract fixes SHA-1 for webhooks (§F).
        return Convert.ToHexStringLower(HMACSHA1.HashData(Encoding.UTF8.GetBytes(clientSecret), Encoding.UTF8.GetBytes(body)));
#pragma warning restore CA5350
    }

    internal string ClientSecret => clientSecret;

    public string Sign(string body) => Sign(body, clientSecret);

    public async Task<DeliveryAttempt> Attempt(Webhook webhook, Uri target, CancellationToken cancel)
    {
        var attempt = await Send(webhook.Body, Sign(webhook.Body), target, cancel);
        log.Add(webhook, attempt);
        return attempt;
    }

    /// <param name="signature">Also one that is wrong, or none.</param>
    public async Task<DeliveryAttempt> Send(string body, string? signature, Uri target, CancellationToken cancel)
    {
        var at = clock.GetUtcNow();
        var started = Stopwatch.GetTimestamp();
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        timeout.CancelAfter(AnswerTimeout);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, target);
            request.Content = new StringContent(body, Encoding.UTF8, new MediaTypeHeaderValue("application/json"));
            if (signature is not null)
            {
                request.Headers.TryAddWithoutValidation("x-vercel-signature", signature);
            }

            using var response = await http.SendAsync(request, timeout.Token);
            var (answer, _) = await AnswerText.Read(response, timeout.Token);
            return new(at, (int)response.StatusCode, Failure: null, answer, Stopwatch.GetElapsedTime(started));
        }
        catch (HttpRequestException broken)
        {
            return new(at, Status: null, broken.HttpRequestError.ToString(), Answer: null, Stopwatch.GetElapsedTime(started));
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return new(at, Status: null, "no answer within 30 s", Answer: null, Stopwatch.GetElapsedTime(started));
        }
        catch (Exception unreadable) when (unreadable is not OperationCanceledException)
        {
            // Whatever is wrong with it: an attempt that is not counted is made again at once, for ever, and holds up all others.
            return new(at, Status: null, unreadable.GetType().Name, Answer: null, Stopwatch.GetElapsedTime(started));
        }
    }
}
