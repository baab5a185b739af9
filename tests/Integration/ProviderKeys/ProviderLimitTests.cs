using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;

namespace Marketplace.Integration.ProviderKeys;

/// <summary>How often a key may ask, and how it is told. Source: the IETF's draft on RateLimit.</summary>
public sealed class ProviderLimitTests
{
    private const int PerMinute = 30;

    [Fact]
    public async Task Every_answer_says_what_is_left_until_nothing_is_and_then_when_to_come_again()
    {
        await using var acme = await Open();
        var (key, other) = (await acme.NewProviderKey("usage:write"), await acme.NewProviderKey("usage:write"));

        var first = await acme.Provide(HttpMethod.Get, "/key", key);
        Assert.Equal($"\"requests\";q={PerMinute};w=60", first.Headers["ratelimit-policy"]);
        Assert.Equal((PerMinute - 1, 2), Left(first));

        // A few more come while they are asked for.
        var (last, asked) = (first, 1);
        while (last.Status == HttpStatusCode.OK && asked++ < 2 * PerMinute)
            last = await acme.Provide(HttpMethod.Get, "/key", key);

        Assert.InRange(asked, PerMinute + 1, PerMinute + 10);
        last.IsProblem(HttpStatusCode.TooManyRequests, "too-many-requests");
        Assert.InRange(Left(last), (0, 58), (0, 60));
        Assert.InRange(last.RetryAfter!.Value, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2));

        (await acme.Provide(HttpMethod.Get, "/key", other)).Is(HttpStatusCode.OK);
        var malformed = await acme.Provide(HttpMethod.Post, "/usage/events", key, "{");
        malformed.IsProblem(HttpStatusCode.BadRequest, "invalid-request");
        Assert.Equal("\"usage-reports\";q=60000;w=60", malformed.Headers["ratelimit-policy"]);
        var verified = await acme.Provide(HttpMethod.Post, "/keys/verify", await acme.NewProviderKey("keys:verify"), """{"key": "none"}""");
        Assert.Equal("\"key-verifications\";q=600000;w=60", verified.Headers["ratelimit-policy"]);
        (await acme.Provide(HttpMethod.Get, "/key", "mpk_unknown")).IsProblem(HttpStatusCode.Unauthorized, "unauthorized");

        await RealTime.Until(async () => (await acme.Provide(HttpMethod.Get, "/key", key)).Status == HttpStatusCode.OK, "one more may come");
    }

    [Fact]
    public async Task What_a_key_may_not_do_is_counted_too()
    {
        await using var acme = await Open();
        var key = await acme.NewProviderKey("usage:write");

        var refused = await acme.Provide(HttpMethod.Get, "/outbox", key);

        refused.IsProblem(HttpStatusCode.Forbidden, "insufficient-scope");
        Assert.Equal(PerMinute - 1, Left(refused).Requests);
    }

    private static Task<Acme> Open() => Acme.Open(new AcmeOptions
    {
        Settings = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["ProviderApi:RequestsPerMinute"] = PerMinute.ToString(CultureInfo.InvariantCulture),
        },
    });

    private static (int Requests, int Seconds) Left(Answer answer)
    {
        var said = Regex.Match(
            answer.Headers["ratelimit"], "^\"requests\";r=(?<left>[0-9]+);t=(?<seconds>[0-9]+)$", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1));
        Assert.True(said.Success, answer.Headers["ratelimit"]);
        return (int.Parse(said.Groups["left"].Value, CultureInfo.InvariantCulture), int.Parse(said.Groups["seconds"].Value, CultureInfo.InvariantCulture));
    }
}
