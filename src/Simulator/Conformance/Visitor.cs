using System.Collections.Immutable;
using System.Net;
using Marketplace.Simulator.Dashboard;

namespace Marketplace.Simulator.Conformance;

/// <summary>A browser with its cookies, which follows where it is led and remembers the way.</summary>
internal sealed class Visitor(Trial trial) : IDisposable
{
    /// <summary>As many as browsers follow.</summary>
    private const int RedirectsMax = 20;

    /// <summary>Longer than anybody looks at an empty page.</summary>
    private static readonly TimeSpan PageTimeout = TimeSpan.FromSeconds(45);

    private readonly HttpClient http = new(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = new CookieContainer() })
    {
        Timeout = PageTimeout,
        DefaultRequestHeaders = { { "Accept", "text/html,application/xhtml+xml,*/*;q=0.8" } },
    };

    /// <summary>Opens an address. One that is nobody's, or that is no address of the web, ends the way.</summary>
    /// <param name="until">Where the way is left, unvisited.</param>
    public async Task<Visit> Open(Uri address, Func<Uri, bool>? until = null)
    {
        var way = ImmutableList<Uri>.Empty;
        for (var next = address; way.Count <= RedirectsMax; next = way[^1])
        {
            using var answer = await Get(next);
            var status = (int)answer.StatusCode;
            if (status is < 300 or >= 400 || answer.Headers.Location is not { } location)
            {
                return new(address, way, status, (await AnswerText.Read(answer, trial.Cancel)).Text);
            }

            way = way.Add(Uri.TryCreate(next, location, out var leads) ? leads : location);
            if (IsForeign(way[^1]) || until?.Invoke(way[^1]) == true)
            {
                return new(address, way, status, Page: "");
            }
        }

        throw trial.Breach("the browser arrives somewhere", $"it is led on and on, at last to {way[^1].AbsolutePath}");
    }

    public void Dispose() => http.Dispose();

    private async Task<HttpResponseMessage> Get(Uri address)
    {
        try
        {
            return await http.GetAsync(address, trial.Cancel);
        }
        catch (HttpRequestException broken)
        {
            throw trial.Breach($"an answer to GET {address.AbsolutePath}", $"{broken.HttpRequestError}");
        }
        catch (OperationCanceledException) when (!trial.Cancel.IsCancellationRequested)
        {
            throw trial.Breach($"an answer to GET {address.AbsolutePath} within {PageTimeout.TotalSeconds:0} s", "none");
        }
    }

    /// <summary>The names that end with <c>.example</c> belong to nobody, and stand for an enemy's.</summary>
    public static bool IsForeign(Uri address) =>
        !address.IsAbsoluteUri || address.Scheme is not ("http" or "https") || address.IdnHost.EndsWith(".example", StringComparison.OrdinalIgnoreCase);
}

/// <summary>Where a browser was led.</summary>
/// <param name="Way">Every address that it was told to go to.</param>
internal sealed record Visit(Uri Begun, ImmutableList<Uri> Way, int Status, string Page)
{
    public Uri End => Way.IsEmpty ? Begun : Way[^1];

    public bool IsPage => Status is >= 200 and < 300;

    public bool Shows(string text) => IsPage && Page.Contains(text, StringComparison.Ordinal);

    /// <summary>Without queries, which hold codes.</summary>
    public override string ToString() => $"{Status} at {string.Join(" > ", Way.Prepend(Begun).Select(address => address.AbsolutePath))}";
}
