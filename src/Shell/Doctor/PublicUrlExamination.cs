using System.Net;
using System.Text.Json;
using Marketplace.Shell.Configuration;

namespace Marketplace.Shell.Doctor;

/// <summary>
/// Whether this server is behind its public address, and all that Vercel and browsers call there with it: the Partner API, and the page
/// to which a sign-on leads.
/// </summary>
internal sealed class PublicUrlExamination(ExaminedSettings examined, HttpClient http) : IExamination
{
    private const string Passing = "Whatever stands in front of the server must pass every path on: docs/going-live.md has them all.";

    public string Subject => "public-url";

    public async Task<IReadOnlyList<Finding>> Look(CancellationToken cancel)
    {
        if (examined.Settings.Public.Url is not { } url)
            return [new Finding.Skipped(examined.Has("PublicUrl") ? "PublicUrl is missing." : "PublicUrl is wrong: see configuration.")];
        try
        {
            var (status, text) = await Get(new Uri(url, "/health/live"), cancel);
            if (status != HttpStatusCode.OK || !text.Contains("\"live\"", StringComparison.Ordinal))
                return [new Finding.Failed($"{url} is answered by somebody else: /health/live says {DoctorHttp.Words(status)}.", "Correct PublicUrl, or let what stands in front lead here.")];

            (status, text) = await Get(new Uri(url, "/v1/products/doctor/plans"), cancel);
            if (!IsPartnerRefusal(status, text))
                return [new Finding.Failed($"The Partner API is not at {url}: a call without a token is answered with {DoctorHttp.Words(status)}.", Passing)];
            (status, _) = await Get(new Uri(url, "/sso/callback"), cancel);
            return status == HttpStatusCode.NotFound
                ? [new Finding.Failed($"The Redirect Login URL {new Uri(url, "/sso/callback")} is not found.", Passing)]
                : [new Finding.Ok($"{url} leads to a server of ours, the Partner API and the page of sign-ons with it.")];
        }
        catch (HttpRequestException fault)
        {
            // Before the first start this is as it should be.
            var nobody = DoctorHttp.NoAnswer(url, "PublicUrl", fault);
            return [new Finding.Warning(nobody.Says, $"Start the server; if it runs: {nobody.Mend}")];
        }
    }

    private static bool IsPartnerRefusal(HttpStatusCode status, string text)
    {
        if (status is not (HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden))
            return false;
        try
        {
            using var json = JsonDocument.Parse(text);
            return json.RootElement.TryGetProperty("error", out var error) && error.TryGetProperty("code", out _);
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    private async Task<(HttpStatusCode Status, string Text)> Get(Uri address, CancellationToken cancel)
    {
        using var answer = await http.GetAsync(address, cancel);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(cancel));
    }
}
