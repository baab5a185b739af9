using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Marketplace.Jobs.Outbox;
using Marketplace.Jobs.ProviderEvents;
using Marketplace.Shell.Configuration;
using Marketplace.Shell.Http;

namespace Marketplace.Shell.ProviderEvents;

/// <summary>The provider's backend by HTTP: a POST that is signed as a Standard Webhook, and never follows where an answer points.</summary>
internal sealed class ProviderBackend(EventSettings settings, IHttpClientFactory clients) : IProviderBackend
{
    /// <summary>The name of the client whose connections all events share.</summary>
    public const string Client = "provider-events";

    /// <summary>Of an answer that is no success, what a person needs to understand it.</summary>
    private const int AnswerBytesMax = 8 * 1024;

    /// <summary>Whoever asks for longer is asked again then.</summary>
    private static readonly TimeSpan RetryAfterMax = TimeSpan.FromHours(24);

    public bool IsListening => settings.Backend is not null;

    public TimeSpan AnswerMax => TimeSpan.FromSeconds(15);

    public async Task<BackendAnswer> Send(KeptEvent sent, CancellationToken cancel)
    {
        var backend = settings.Backend ?? throw new InvalidOperationException("Nobody listens, and so nothing is sent.");
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(AnswerMax);
        try
        {
            using var request = Request(backend, sent);
            using var response = await clients.CreateClient(Client).SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
            return response.IsSuccessStatusCode ? new BackendAnswer.Accepted() : await Refused(response, limit.Token);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return NoAnswer(string.Create(CultureInfo.InvariantCulture, $"no answer within {AnswerMax.TotalSeconds} seconds"));
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException)
        {
            return NoAnswer(fault is HttpRequestException { HttpRequestError: var error } ? $"no answer: {error}" : "the answer broke off");
        }
    }

    /// <summary>Signed anew at each attempt, by real time: the backend compares it with its own clock.</summary>
    private static HttpRequestMessage Request(EventBackend backend, KeptEvent sent)
    {
        var id = ProviderEventId.Of(sent.Sequence);
        var body = ProviderEventBody.Of(id, sent.Type, sent.OccurredAt, sent.Installation, sent.Data).ToBytes();
        var request = new HttpRequestMessage(HttpMethod.Post, backend.Url)
        {
            Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } },
        };
        backend.Secrets.Sign(id, TimeProvider.System.GetUtcNow(), body).WriteTo(request.Headers);
        return request;
    }

    private static async Task<BackendAnswer> Refused(HttpResponseMessage response, CancellationToken cancel)
    {
        var status = (int)response.StatusCode;
        var setback = Setback.Of(string.Create(CultureInfo.InvariantCulture, $"answered {status}"), status, await Body(response, cancel));
        return response.StatusCode == HttpStatusCode.Gone
            ? new BackendAnswer.Gone(setback)
            : new BackendAnswer.Failed(setback, RetryAfterHeader.Of(response, RetryAfterMax));
    }

    /// <summary>Its beginning, whatever bytes it has.</summary>
    private static async Task<string> Body(HttpResponseMessage response, CancellationToken cancel)
    {
        await using var stream = await response.Content.ReadAsStreamAsync(cancel);
        var bytes = new byte[AnswerBytesMax];
        var read = await stream.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancel);
        return Encoding.UTF8.GetString(bytes, 0, read);
    }

    private static BackendAnswer.Failed NoAnswer(string reason) => new(Setback.Of(reason), RetryAfter: null);
}
