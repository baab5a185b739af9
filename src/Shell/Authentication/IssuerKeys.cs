using System.Threading.RateLimiting;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace Marketplace.Shell.Authentication;

/// <summary>
/// The keys with which the issuer signs, found through its discovery document. Known keys are answered from memory, also
/// while the issuer is being asked or is down; an unknown one makes us ask again, but a flood of them only a few times.
/// </summary>
/// <remarks>
/// IdentityModel's ConfigurationManager was the first choice. It makes every caller wait while one asks, so that made-up
/// key ids and a slow issuer together would hold up valid calls.
/// </remarks>
internal sealed partial class IssuerKeys : IDisposable
{
    /// <summary>A key that the issuer withdrew is forgotten after this long.</summary>
    private static readonly TimeSpan AgeMax = TimeSpan.FromMinutes(15);

    private readonly string metadataAddress;
    private readonly HttpDocumentRetriever documents;
    private readonly ILogger log;
    private readonly TokenBucketRateLimiter asking;
    private readonly Lock gate = new();
    private volatile KeySet current = KeySet.None;
    private Task? refresh;

    /// <param name="metadata">The discovery document.</param>
    /// <param name="waitBetweenAsks">How long one ask has to wait once the first few are used up.</param>
    public IssuerKeys(Uri metadata, HttpClient http, ILogger<IssuerKeys> log, TimeSpan waitBetweenAsks)
    {
        metadataAddress = metadata.AbsoluteUri;
        documents = new HttpDocumentRetriever(http) { RequireHttps = metadata.Scheme == Uri.UriSchemeHttps };
        this.log = log;
        asking = new TokenBucketRateLimiter(new TokenBucketRateLimiterOptions
        {
            TokenLimit = 3,
            TokensPerPeriod = 1,
            ReplenishmentPeriod = waitBetweenAsks,
            QueueLimit = 0,
        });
    }

    /// <summary>Whether the issuer has answered at least once.</summary>
    public bool AnyKnown => current != KeySet.None;

    /// <summary>What the issuer last said of itself; null before it has answered.</summary>
    public OpenIdConnectConfiguration? Document { get; private set; }

    /// <summary>The key of that id among those last seen; none is asked for.</summary>
    public SecurityKey? Known(string keyId) => current.Keys.GetValueOrDefault(keyId);

    /// <summary>The key of that id, from the issuer if need be. Null when the issuer does not have it, or may not be asked so soon.</summary>
    public async ValueTask<SecurityKey?> Find(string keyId)
    {
        if (Known(keyId) is { } known)
        {
            if (current.Age > AgeMax)
            {
                _ = Refresh();
            }

            return known;
        }

        await Refresh();
        return Known(keyId);
    }

    /// <summary>Asks the issuer, or joins whoever is asking. Keeps the last good keys when it does not answer.</summary>
    public Task Refresh()
    {
        lock (gate)
        {
            if (refresh is { IsCompleted: false })
            {
                return refresh;
            }

            if (MayAsk())
            {
                refresh = Ask();
            }

            return refresh ?? Task.CompletedTask;
        }
    }

    public void Dispose() => asking.Dispose();

    private bool MayAsk()
    {
        using var permit = asking.AttemptAcquire();
        return permit.IsAcquired;
    }

    private async Task Ask()
    {
        try
        {
            // Nobody's cancellation but the HTTP client's own time limit: others wait for the same answer.
            var answer = await OpenIdConnectConfigurationRetriever.GetAsync(metadataAddress, documents, CancellationToken.None);
            var next = KeySet.Of(answer.JsonWebKeySet?.Keys ?? [], current);
            if (next.Keys.Count == 0)
            {
                LogNoKeys(metadataAddress);
                return;
            }

            (current, Document) = (next, answer);
            LogKeys(next.Keys.Count, metadataAddress);
        }
        catch (Exception fault) when (fault is not OutOfMemoryException)
        {
            // Whatever the issuer's side sends or fails to send, the keys we have stay good.
            LogNoAnswer(metadataAddress, (fault.InnerException ?? fault).Message);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Count} signing keys of the token issuer at {Address}")]
    private partial void LogKeys(int count, string address);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The token issuer at {Address} publishes no signing key")]
    private partial void LogNoKeys(string address);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The token issuer at {Address} does not answer with its keys: {Reason}")]
    private partial void LogNoAnswer(string address, string reason);
}
