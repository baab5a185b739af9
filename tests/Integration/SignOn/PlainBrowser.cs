using System.Net;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;

namespace Marketplace.Integration.SignOn;

/// <summary>A browser as far as sign-on needs one: it keeps cookies, each for its path, and goes where it is sent, one step at a time.</summary>
internal sealed class PlainBrowser : IDisposable
{
    private readonly Acme? acme;
    private readonly HttpClient http;

    public PlainBrowser(Acme acme)
        : this(acme.Server) => this.acme = acme;

    /// <summary>Before a server that has no customers.</summary>
    public PlainBrowser(TestServer server) =>
        http = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false, CookieContainer = Cookies }) { BaseAddress = server.Http.BaseAddress };

    public CookieContainer Cookies { get; } = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async Task<PlainPage> Open(string address) => await Send(new HttpRequestMessage(HttpMethod.Get, address));

    public Task<PlainPage> Open(Uri address) => Open(address.AbsoluteUri);

    /// <summary>As Vercel's dashboard opens the provider's pages; back comes where it leads to.</summary>
    public Task<PlainPage> ComeFromVercel(string installation, string? who = null, params (string Name, string Value)[] destination) =>
        Open(acme!.Vercel.Dashboard.SignOn(installation, who, destination));

    /// <summary>The same, and on to the page.</summary>
    public async Task<PlainPage> SignOn(string installation, string? who = null, params (string Name, string Value)[] destination)
    {
        var sent = await ComeFromVercel(installation, who, destination);
        Assert.True(sent.Status == HttpStatusCode.Found, sent.ToString());
        return await Open(sent.Location!);
    }

    /// <summary>Follows every redirect.</summary>
    public async Task<PlainPage> Follow(string address)
    {
        var page = await Open(address);
        for (var steps = 0; page.Location is { } next && steps < 10; steps++)
            page = await Open(next);
        return page;
    }

    /// <summary>Sends the form of that action on a page, with its hidden fields and what is filled in.</summary>
    public Task<PlainPage> Submit(PlainPage page, string action, params (string Name, string Value)[] filled)
    {
        var form = page.Form(action) ?? throw new InvalidOperationException($"There is no form for {action} on the page.");
        var fields = form.Fields.Where(field => filled.All(own => own.Name != field.Name)).Concat(filled);
        return Post(form.Action, [.. fields]);
    }

    public Task<PlainPage> Post(string address, (string Name, string Value)[] fields, Action<HttpRequestHeaders>? adjust = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, address)
        {
            Content = new FormUrlEncodedContent(fields.Select(field => KeyValuePair.Create(field.Name, field.Value))),
        };
        adjust?.Invoke(request.Headers);
        return Send(request);
    }

    public void Dispose() => http.Dispose();

    private async Task<PlainPage> Send(HttpRequestMessage request)
    {
        using (request)
        {
            using var response = await http.SendAsync(request, Cancel);
            return new PlainPage(
                response.StatusCode, request.RequestUri!, response.Headers.Location?.OriginalString, await response.Content.ReadAsStringAsync(Cancel),
                response.Headers.Concat(response.Content.Headers).ToDictionary(
                    header => header.Key, header => string.Join('\n', header.Value), StringComparer.OrdinalIgnoreCase));
        }
    }
}

/// <summary>What a browser got.</summary>
internal sealed partial record PlainPage(
    HttpStatusCode Status, Uri Address, string? Location, string Html, IReadOnlyDictionary<string, string> Headers)
{
    /// <summary>What a person reads as the page's name.</summary>
    public string Title => WebUtility.HtmlDecode(Heading().Match(Html).Groups["text"].Value).Trim();

    /// <summary>All that is to be read, without markup.</summary>
    public string Text => WebUtility.HtmlDecode(Spaces().Replace(Markup().Replace(Html, " "), " "));

    public IEnumerable<PlainForm> Forms => FormTag().Matches(Html).Select(form => new PlainForm(
        WebUtility.HtmlDecode(form.Groups["action"].Value).Split('#')[0],
        [.. Field().Matches(form.Groups["body"].Value).Select(input => (WebUtility.HtmlDecode(input.Groups["name"].Value), WebUtility.HtmlDecode(input.Groups["value"].Value)))]));

    public PlainForm? Form(string action) => Forms.FirstOrDefault(form => form.Action.EndsWith(action, StringComparison.Ordinal));

    public string? Link(string text) => Anchor().Matches(Html)
        .Where(link => WebUtility.HtmlDecode(link.Groups["text"].Value).Trim() == text)
        .Select(link => WebUtility.HtmlDecode(link.Groups["href"].Value))
        .FirstOrDefault();

    public PlainPage Is(HttpStatusCode status)
    {
        Assert.True(Status == status, ToString());
        return this;
    }

    public override string ToString() => $"{(int)Status} {Title} {Location} at {Address.AbsolutePath}";

    [GeneratedRegex("<h1[^>]*>(?<text>.*?)</h1>", RegexOptions.Singleline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Heading();

    [GeneratedRegex("<head>.*?</head>|<[^>]*>", RegexOptions.Singleline, 1000)]
    private static partial Regex Markup();

    [GeneratedRegex(@"\s+", RegexOptions.None, 1000)]
    private static partial Regex Spaces();

    [GeneratedRegex("<form method=\"post\" action=\"(?<action>[^\"]*)\"[^>]*>(?<body>.*?)</form>", RegexOptions.Singleline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex FormTag();

    [GeneratedRegex("<input type=\"hidden\" name=\"(?<name>[^\"]*)\" value=\"(?<value>[^\"]*)\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Field();

    [GeneratedRegex("<a [^>]*href=\"(?<href>[^\"]*)\"[^>]*>(?<text>.*?)</a>", RegexOptions.Singleline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Anchor();
}

internal sealed record PlainForm(string Action, IReadOnlyList<(string Name, string Value)> Fields);
