using Marketplace.Shell.Authentication;
using Marketplace.Shell.Configuration;

namespace Marketplace.Shell.Doctor;

/// <summary>Vercel's clock against ours, by the date that its API answers with: tokens begin and end by Vercel's.</summary>
internal sealed class VercelClockExamination(ExaminedSettings examined, HttpClient http, TimeProvider clock) : IExamination
{
    /// <summary>The header has whole seconds, and was written somewhere between the question and the answer.</summary>
    private static readonly TimeSpan Grain = TimeSpan.FromSeconds(1);

    public string Subject => "clock";

    public async Task<IReadOnlyList<Finding>> Look(CancellationToken cancel)
    {
        if (!examined.Has("Vercel:ApiBaseUrl"))
            return [new Finding.Skipped("Vercel__ApiBaseUrl is wrong: see configuration.")];
        var asked = clock.GetUtcNow();
        try
        {
            using var answer = await http.GetAsync(new Uri(examined.Settings.Vercel.ApiBaseUrl + "/"), HttpCompletionOption.ResponseHeadersRead, cancel);
            return [answer.Headers.Date is { } theirs ? Of(theirs, asked, clock.GetUtcNow()) : new Finding.Skipped("Vercel's API answers without a date.")];
        }
        catch (HttpRequestException)
        {
            return [new Finding.Skipped("Vercel's API does not answer: see vercel-api.")];
        }
    }

    private static Finding Of(DateTimeOffset theirs, DateTimeOffset asked, DateTimeOffset answered)
    {
        var skew = theirs > answered ? theirs - answered
            : theirs + Grain < asked ? theirs + Grain - asked
            : TimeSpan.Zero;
        const string Mend = "Have this machine follow time servers (NTP).";
        if (skew.Duration() > TokenVerifier.Tolerance)
        {
            return new Finding.Failed(
                $"Vercel's clock is {Skew.Words(skew)} ours: {(skew > TimeSpan.Zero ? "its tokens seem not to be valid yet" : "its tokens seem to have expired")}, and its calls are refused.",
                Mend);
        }

        return skew.Duration() > Grain
            ? new Finding.Warning($"Vercel's clock is {Skew.Words(skew)} ours; from {TokenVerifier.Tolerance.TotalSeconds:0} s on its tokens are refused.", Mend)
            : new Finding.Ok("Vercel's clock and ours agree to the second.");
    }
}
