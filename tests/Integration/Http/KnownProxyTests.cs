using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Marketplace.Integration.Http;

/// <summary>What a proxy says of a caller is believed where the proxy is known, and only whom it speaks for.</summary>
public sealed class KnownProxyTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("", "203.0.113.7", "127.0.0.1")]
    [InlineData("10.0.0.7", "203.0.113.7", "127.0.0.1")]
    [InlineData("127.0.0.1", "203.0.113.7", "203.0.113.7")]
    // What a caller writes himself stands further left than what a known proxy has added.
    [InlineData("127.0.0.0/8, ::1", "198.51.100.1, 203.0.113.7", "203.0.113.7")]
    [InlineData("127.0.0.1,10.1.0.0/16", "198.51.100.1, 203.0.113.7, 10.1.2.3", "203.0.113.7")]
    public async Task A_caller_has_the_address_that_the_last_unknown_hop_has(string known, string forwarded, string seen)
    {
        await using var server = await TestServer.Start(
            new TestServerOptions
            {
                // The framework's own switch would believe everybody.
                Settings = new Dictionary<string, string>(StringComparer.Ordinal) { ["Proxies:Known"] = known, ["FORWARDEDHEADERS_ENABLED"] = "true" },
                Routes = app => app.MapGet("/seen", (HttpContext context) =>
                    $"{context.Connection.RemoteIpAddress?.MapToIPv4()} {context.Request.Scheme} {context.Request.Host.Host} {context.Request.PathBase}"),
            },
            Cancel);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/seen");
        request.Headers.Add("X-Forwarded-For", forwarded);
        request.Headers.Add("X-Forwarded-Proto", "https");
        request.Headers.Add("X-Forwarded-Host", "evil.example");
        request.Headers.Add("X-Forwarded-Prefix", "/evil");

        using var answer = await server.Http.SendAsync(request, Cancel);

        Assert.Equal($"{seen} http 127.0.0.1 ", await answer.Content.ReadAsStringAsync(Cancel));
    }
}
