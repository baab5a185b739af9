using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Marketplace.Jobs.Provisioning;
using Marketplace.Shell.Configuration;
using Marketplace.Shell.Http;
using Polly.CircuitBreaker;
using Polly.Timeout;

namespace Marketplace.Shell.Provisioning.Http;

/// <summary>The provider's own control plane over HTTP: signed questions, and what it says to them.</summary>
internal sealed class ControlPlane(Func<HttpClient> clients, ControlPlaneSettings settings, ControlPlaneResilience resilience)
{
    /// <param name="id">Of the message: the same for every repetition.</param>
    /// <exception cref="ProvisionerFaultException">No answer, or one that is none.</exception>
    public async Task<ControlPlaneReply> Ask(string id, ControlPlaneMessage message, CancellationToken cancel)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(message, WireJson.Options);
        try
        {
            using var response = await resilience.Send(attempt => SendOnce(id, body, attempt), cancel);
            return new ControlPlaneReply(
                (int)response.StatusCode, await response.Content.ReadAsByteArrayAsync(cancel), RetryAfterHeader.Of(response));
        }
        catch (HttpRequestException fault) when (fault.HttpRequestError == HttpRequestError.ConfigurationLimitExceeded)
        {
            throw new ProvisionerFaultException("The control plane's answer is larger than a megabyte.", fault: fault);
        }
        catch (HttpRequestException fault)
        {
            throw new ProvisionerFaultException($"The control plane gave no answer: {fault.HttpRequestError}.", fault: fault);
        }
        catch (TimeoutRejectedException fault)
        {
            throw new ProvisionerFaultException("The control plane gave no answer in time.", fault: fault);
        }
        catch (BrokenCircuitException outage)
        {
            throw new ProvisionerFaultException("The control plane was not asked: it answers nobody at the moment.", outage.RetryAfter, outage);
        }
    }

    private async ValueTask<HttpResponseMessage> SendOnce(string id, byte[] body, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, settings.Url) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        // The network's time, which the receiver compares with its own clock; each attempt has its own.
        settings.Secrets.Sign(id, TimeProvider.System.GetUtcNow(), body).WriteTo(request.Headers);

        // From the factory each time, so that a change of addresses is noticed; the connections below are shared.
        using var http = clients();
        return await http.SendAsync(request, cancel);
    }
}

/// <summary>What came back, whatever it says.</summary>
internal sealed record ControlPlaneReply(int Status, byte[] Body, TimeSpan? RetryAfter)
{
    /// <summary>It has no such thing: <c>measure</c> and <c>list</c> may be left out.</summary>
    public bool IsNotImplemented => Status == (int)HttpStatusCode.NotImplemented;

    /// <summary>What is wrong with a status that is no answer. Nothing of the body is repeated: it may hold a secret.</summary>
    public ProvisionerFaultException Unexpected => new(
        Status switch
        {
            (int)HttpStatusCode.Unauthorized or (int)HttpStatusCode.Forbidden =>
                $"The control plane answered {Status}: it has to know one of the secrets in HttpProvisioner__Secrets.",
            >= 300 and < 400 =>
                $"The control plane answered {Status}, and redirects are not followed: HttpProvisioner__Url has to name where it is itself.",
            _ => $"The control plane answered {Status}.",
        },
        RetryAfter);

    /// <exception cref="ProvisionerFaultException">It is none, or of another status than 200.</exception>
    public T Parsed<T>()
        where T : class =>
        Status == (int)HttpStatusCode.OK ? Parse<T>() : throw Unexpected;

    /// <exception cref="ProvisionerFaultException">It is none.</exception>
    public T Parse<T>()
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize<T>(Body, ControlPlaneAnswer.Options) ?? throw new JsonException();
        }
        catch (JsonException fault)
        {
            // Without the fault itself, whose text may quote what it stumbled over.
            throw new ProvisionerFaultException($"The control plane's answer ({Status}) is not one: {MalformedJson.Describe(fault)}");
        }
    }

    public override string ToString() => $"{Status}, {Body.Length} bytes";
}
