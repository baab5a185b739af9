using System.Net;

namespace Marketplace.Simulator.Demo;

/// <summary>A browser with its cookies, which tells where it was led.</summary>
internal sealed class Browser : IDisposable
{
    private const int RedirectsMax = 10;

    private readonly HttpClient http = new(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = new CookieContainer() });

    /// <summary>Opens an address, and follows where it leads to.</summary>
    /// <returns>Every address on the way, without the codes in their queries, and the page at the end of it.</returns>
    public async Task<(IReadOnlyList<string> Way, int Status, string Page)> Open(Uri address, CancellationToken cancel)
    {
        var way = new List<string>();
        for (var next = address; way.Count < RedirectsMax;)
        {
            way.Add(next.AbsolutePath);
            using var answer = await http.GetAsync(next, cancel);
            if (answer.Headers.Location is not { } location || (int)answer.StatusCode is < 300 or >= 400)
            {
                return (way, (int)answer.StatusCode, await answer.Content.ReadAsStringAsync(cancel));
            }

            next = new Uri(next, location);
        }

        throw new DemoFailureException("the browser arrives", $"a page after at most {RedirectsMax} redirects", string.Join(" > ", way));
    }

    public void Dispose() => http.Dispose();
}
