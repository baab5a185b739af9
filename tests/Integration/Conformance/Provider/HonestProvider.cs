using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Marketplace.Integration.Conformance.Provider;

/// <summary>
/// A provider that sells shelves, in memory, written from the contract alone: it shares nothing with our server and nothing with the simulator
/// but the addresses. It keeps the whole contract, unless it is told to break it in one place.
/// </summary>
internal sealed class HonestProvider : IAsyncDisposable
{
    private readonly WebApplication host;
    private readonly HttpClient http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });
    private readonly CancellationTokenSource stopping = new();
    private readonly FollowedTime? followed;
    private readonly Bookkeeper bookkeeper;
    private Task background = Task.CompletedTask;

    private HonestProvider(ProviderSettings settings)
    {
        followed = settings.FollowsClock ? new FollowedTime(settings.Vercel, http) : null;
        var clock = followed ?? TimeProvider.System;
        var books = new Books();
        var vercel = new VercelSide(settings, http);
        var tokens = new TokenCheck(settings, http, clock);
        var resources = new ResourceDesk(settings, books, () => BaseUrl);
        bookkeeper = new Bookkeeper(settings, books, vercel, clock);

        host = Build();
        var api = new PartnerApi(settings, tokens, new RepeatedCalls(settings), clock, host);
        new InstallationDesk(settings, books, bookkeeper).Open(api);
        resources.Open(api);
        new PurchaseDesk(settings, books, vercel).Open(api);
        new TransferDesk(settings, books).Open(api);
        var signOn = new SignOnDesk(settings, tokens, vercel, () => BaseUrl);
        signOn.Open(host);
        new WebhookDesk(settings, bookkeeper, signOn).Open(host);
        host.MapGet("/r/{resource}", (HttpContext call, string resource) =>
            Results.StatusCode(resources.Knock(resource, call.Request.Headers.Authorization.ToString().Replace("Bearer ", "", StringComparison.Ordinal), clock.GetUtcNow())));
        if (settings.Is(Oddity.HasPagesOfItsOwn))
        {
            host.MapGet("/v1", () => Results.Json(new { Shelves = "An API of shelves." }));
            host.MapGet("/v1/products", () => Results.Json(new[] { Shop.Product }));
        }

        host.MapFallback(async call => await (settings.Breaks(Breakage.FailsOnUnknownPaths)
            ? new Answer(StatusCodes.Status500InternalServerError, Body: null)
            : !settings.Is(Oddity.HasPagesOfItsOwn) ? Answer.Unknown("page")
            : new Answer(call.Request.Method is "GET" or "POST" ? StatusCodes.Status404NotFound : StatusCodes.Status501NotImplemented, Body: null)).Write(call.Response));
    }

    public Uri BaseUrl => new(host.Urls.First());

    public Uri WebhookUrl => new(BaseUrl, WebhookDesk.Path);

    public Uri RedirectLoginUrl => new(BaseUrl, SignOnDesk.Path);

    public static async Task<HonestProvider> Start(ProviderSettings settings, CancellationToken cancel)
    {
        var provider = new HonestProvider(settings);
        if (provider.followed is { } clock)
        {
            await clock.Begin(cancel);
        }

        await provider.host.StartAsync(cancel);
        provider.background = Task.WhenAll(
            provider.bookkeeper.KeepDoing(provider.stopping.Token),
            provider.followed?.KeepFollowing("honest", provider.bookkeeper.WorkOff, provider.stopping.Token) ?? Task.CompletedTask);
        return provider;
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await background.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await host.DisposeAsync();
        http.Dispose();
        stopping.Dispose();
    }

    private static WebApplication Build()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Logging.ClearProviders();
        return builder.Build();
    }
}
