using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Marketplace.Integration.Conformance.Provider;

/// <summary>Calls Vercel's API. Source: contract §A.2, §D.</summary>
internal sealed class VercelSide(ProviderSettings settings, HttpClient http)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>For an installation, below its path. There is no status when the answer was lost.</summary>
    public Task<(int? Status, JsonNode? Body)> Call(HttpMethod method, Installation installation, string path, JsonNode? body = null) =>
        Send(method, $"/v1/installations/{installation.Id}{path}", installation.Token, body);

    public Task<(int? Status, JsonNode? Body)> ExchangeCode(string code, string state, Uri redirect) => Send(
        HttpMethod.Post, "/v1/integrations/sso/token", token: null,
        new JsonObject
        {
            ["grant_type"] = "authorization_code",
            ["code"] = code,
            ["state"] = state,
            ["client_id"] = settings.IntegrationId,
            ["client_secret"] = settings.ClientSecret,
            ["redirect_uri"] = redirect.ToString(),
        });

    private async Task<(int? Status, JsonNode? Body)> Send(HttpMethod method, string path, string? token, JsonNode? body)
    {
        using var request = new HttpRequestMessage(method, new Uri(settings.Vercel, path));
        request.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        request.Content = body is null ? null : JsonContent.Create(body);
        using var timeout = new CancellationTokenSource(Patience);
        try
        {
            using var response = await http.SendAsync(request, timeout.Token);
            var text = await response.Content.ReadAsStringAsync(timeout.Token);
            return ((int)response.StatusCode, text.Length == 0 ? null : JsonNode.Parse(text));
        }
        catch (Exception lost) when (lost is HttpRequestException or OperationCanceledException or JsonException)
        {
            return (null, null);
        }
    }
}
