using Marketplace.Shell.Configuration;

namespace Marketplace.Shell.Doctor;

/// <summary>Whether Vercel's API answers. It is asked without a token, so that what it says of us proves nothing.</summary>
internal sealed class VercelApiExamination(ExaminedSettings examined, HttpClient http) : IExamination
{
    public string Subject => "vercel-api";

    public async Task<IReadOnlyList<Finding>> Look(CancellationToken cancel)
    {
        if (!examined.Has("Vercel:ApiBaseUrl"))
            return [new Finding.Skipped("Vercel__ApiBaseUrl is wrong: see configuration.")];
        var address = new Uri(examined.Settings.Vercel.ApiBaseUrl + "/");
        try
        {
            using var answer = await http.GetAsync(address, HttpCompletionOption.ResponseHeadersRead, cancel);
            return (int)answer.StatusCode >= 500
                ? [new Finding.Warning($"{address} answers {DoctorHttp.Words(answer.StatusCode)}.", "Look at Vercel's status page; what has to be told waits in the outbox.")]
                : [new Finding.Ok($"{address} answers{(address.Scheme == Uri.UriSchemeHttps ? ", by TLS" : "")}.")];
        }
        catch (HttpRequestException fault)
        {
            return [DoctorHttp.NoAnswer(address, "Vercel__ApiBaseUrl", fault)];
        }
    }
}
