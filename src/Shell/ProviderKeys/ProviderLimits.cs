using System.Diagnostics;
using System.Globalization;
using System.Threading.RateLimiting;
using Marketplace.Shell.Configuration;
using Marketplace.Shell.Http;

namespace Marketplace.Shell.ProviderKeys;

/// <summary>What a request is counted as. Each kind has a limit of its own, so that a busy gateway does not use up what people and books need.</summary>
public enum RequestKind
{
    Request,
    UsageReport,
    KeyVerification,
}

/// <summary>
/// How often each key may ask, at this server: a bucket that holds the requests of a minute, and fills evenly. It is about the network, so
/// that it is in real time. Source: the IETF's draft on the header fields RateLimit and RateLimit-Policy.
/// </summary>
internal sealed class ProviderLimits(ProviderApiSettings settings) : IDisposable
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly Policy requests = new("requests", settings.Requests);
    private readonly Policy usageReports = new("usage-reports", settings.UsageReports);
    private readonly Policy keyVerifications = new("key-verifications", settings.KeyVerifications);

    /// <summary>Counts a request, and says on its answer how many are left. A refusal when there are none.</summary>
    public ProblemResult? Count(HttpResponse response, ProviderCaller caller, RequestKind kind)
    {
        var policy = kind switch
        {
            RequestKind.Request => requests,
            RequestKind.UsageReport => usageReports,
            RequestKind.KeyVerification => keyVerifications,
            _ => throw new UnreachableException(kind.ToString()),
        };
        using var lease = policy.Limiter.AttemptAcquire(caller.KeyId);
        var left = policy.Limiter.GetStatistics(caller.KeyId)?.CurrentAvailablePermits ?? 0;
        var standing = string.Create(CultureInfo.InvariantCulture, $"\"{policy.Name}\";r={left};t={policy.SecondsToFill(left)}");
        // At the last moment, because what goes wrong later begins the answer anew.
        response.OnStarting(() =>
        {
            (response.Headers["RateLimit-Policy"], response.Headers["RateLimit"]) = (policy.Header, standing);
            return Task.CompletedTask;
        });
        if (lease.IsAcquired)
            return null;

        var wait = lease.TryGetMetadata(MetadataName.RetryAfter, out var after) ? Math.Max(1, (int)Math.Ceiling(after.TotalSeconds)) : 1;
        return ProviderProblems.TooMany(
            string.Create(CultureInfo.InvariantCulture, $"The key \"{caller.Name}\" may do this {policy.PerMinute} times a minute. Ask again in {wait} s."), wait);
    }

    public void Dispose()
    {
        requests.Limiter.Dispose();
        usageReports.Limiter.Dispose();
        keyVerifications.Limiter.Dispose();
    }

    private sealed record Policy(string Name, int PerMinute)
    {
        public string Header { get; } = string.Create(CultureInfo.InvariantCulture, $"\"{Name}\";q={PerMinute};w={(int)Window.TotalSeconds}");

        public PartitionedRateLimiter<string> Limiter { get; } = PartitionedRateLimiter.Create<string, string>(
            key => RateLimitPartition.GetTokenBucketLimiter(key, _ => new TokenBucketRateLimiterOptions
            {
                TokenLimit = PerMinute,
                TokensPerPeriod = 1,
                ReplenishmentPeriod = Window / PerMinute,
            }),
            StringComparer.Ordinal);

        /// <summary>Until everything is left again.</summary>
        public int SecondsToFill(long left) => (int)Math.Ceiling((PerMinute - left) * Window.TotalSeconds / PerMinute);
    }
}
