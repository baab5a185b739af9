using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Marketplace.Shell.Configuration;

namespace Marketplace.Shell.Doctor;

/// <summary>
/// The client secret, as far as it can be proven. A signed body that says nothing must come through to the server and be taken for
/// signed: then what stands between leaves bodies as they are, and the server has the same secret. That it is Vercel's own, only a webhook of
/// Vercel's shows.
/// </summary>
internal sealed class WebhookExamination(ExaminedSettings examined, HttpClient http, DoctorDatabase database) : IExamination
{
    /// <summary>No webhook, so that nothing is stored; with what a proxy that meddles would spell otherwise.</summary>
    private const string Body = "{ \"doctor\":  \"is it you? \\u00fc ü\" }";

    public string Subject => "webhooks";

    public async Task<IReadOnlyList<Finding>> Look(CancellationToken cancel)
    {
        if (!examined.Has("Vercel:ClientSecret"))
            return [new Finding.Skipped("Vercel__ClientSecret is missing: see configuration.")];
        return examined.Settings.Public.Url is { } url
            ? [await Send(new Uri(url, "/webhooks/vercel"), cancel), .. await Received(cancel)]
            : [new Finding.Skipped("PublicUrl is missing or wrong, so that none can be sent there."), .. await Received(cancel)];
    }

    private async Task<Finding> Send(Uri address, CancellationToken cancel)
    {
        var body = Encoding.UTF8.GetBytes(Body);
        using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new("application/json");
        request.Headers.Add(
            "x-vercel-signature", Convert.ToHexStringLower(HMACSHA1.HashData(Encoding.UTF8.GetBytes(examined.Settings.Vercel.ClientSecret), body)));
        try
        {
            using var answer = await http.SendAsync(request, cancel);
            return answer.StatusCode switch
            {
                HttpStatusCode.BadRequest => new Finding.Ok($"What is signed with Vercel__ClientSecret is taken at {address}."),
                HttpStatusCode.Forbidden => new Finding.Failed(
                    $"What is signed with Vercel__ClientSecret is refused at {address}.",
                    "The server there has another client secret, or something in front of it changes bodies."),
                var other => new Finding.Failed(
                    $"{address} answers {DoctorHttp.Words(other)}.", "Whatever stands in front of the server must pass the path on, with its body and its headers."),
            };
        }
        catch (HttpRequestException)
        {
            return new Finding.Skipped($"Nothing answers at {address}: see public-url.");
        }
    }

    /// <summary>One that had an effect was signed with the secret of that time.</summary>
    private Task<IReadOnlyList<Finding>> Received(CancellationToken cancel) =>
        database.Look(
            async connection => await DoctorRows.LastWebhook(connection, cancel) is { } last
                ? [new Finding.Ok(string.Create(CultureInfo.InvariantCulture, $"Vercel's last webhook came at {last.UtcDateTime:yyyy-MM-dd HH:mm:ss}Z."))]
                : [new Finding.Skipped("Vercel has sent no webhook yet: the first one will show whether the client secret is Vercel's.")],
            cancel);
}
