using LanguageExt;
using Marketplace.Shell.Configuration;
using Marketplace.Shell.SignOn;
using Microsoft.Extensions.Logging.Abstractions;

namespace Marketplace.Integration.SignOn;

/// <summary>Nobody is sent anywhere but to us. Source: contract §E.8, <c>url</c>.</summary>
public sealed class TrustedUrlTests
{
    private static readonly TrustedUrls Trusted = Of("https://market.example.com", "https://app.example.com:8443", "http://127.0.0.1:3000");

    [Theory]
    [InlineData("https://market.example.com", "https://market.example.com")]
    [InlineData("https://market.example.com/", "https://market.example.com/")]
    [InlineData("https://market.example.com/dashboard/icfg_1?a=b#c", "https://market.example.com/dashboard/icfg_1?a=b#c")]
    [InlineData("https://market.example.com?a=b", "https://market.example.com?a=b")]
    [InlineData("https://market.example.com#a", "https://market.example.com#a")]
    [InlineData("https://market.example.com:443/a", "https://market.example.com/a")]
    [InlineData("HTTPS://Market.Example.COM/A", "https://market.example.com/A")]
    [InlineData("sso:https://market.example.com/a", "https://market.example.com/a")]
    [InlineData("https://app.example.com:8443/a", "https://app.example.com:8443/a")]
    [InlineData("http://127.0.0.1:3000/a?next=https://evil.example", "http://127.0.0.1:3000/a?next=https://evil.example")]
    [InlineData("https://market.example.com//evil.example", "https://market.example.com//evil.example")]
    public void What_is_on_one_of_our_origins_is_ours(string url, string leads) => Assert.Equal(leads, Trusted.Find(url));

    [Theory]
    [InlineData("")]
    [InlineData("/dashboard")]
    [InlineData("//market.example.com/a")]
    [InlineData("//evil.example")]
    [InlineData("/\\evil.example")]
    [InlineData("\\\\evil.example")]
    [InlineData("https://evil.example")]
    [InlineData("https://evil.example/https://market.example.com")]
    [InlineData("https://market.example.com.evil.example/")]
    [InlineData("https://market.example.comevil.example/")]
    [InlineData("https://market.example.com@evil.example/")]
    [InlineData("https://market.example.com:443@evil.example/")]
    [InlineData("https://user:pass@market.example.com/")]
    [InlineData("https://market.example.com\\@evil.example/")]
    [InlineData("https://market.example.com\\.evil.example")]
    [InlineData("https://market.example.com%2eevil.example/")]
    [InlineData("https://market.example.com%00.evil.example/")]
    [InlineData("https://market.example.com:8443/")]
    [InlineData("https://market.example.com:/")]
    [InlineData("https://market.example.com.:443/")]
    [InlineData("https://market.example.com./")]
    [InlineData("https://market。example.com/")]
    [InlineData("https://mаrket.example.com/")]
    [InlineData("https:market.example.com/")]
    [InlineData("https:/market.example.com/")]
    [InlineData("https:///market.example.com/")]
    [InlineData("https:\\\\market.example.com/")]
    [InlineData("http://market.example.com/")]
    [InlineData("https://app.example.com/")]
    [InlineData("http://127.0.0.1/")]
    [InlineData("http://localhost:3000/")]
    [InlineData("http://127.1:3000/")]
    [InlineData("javascript:alert(1)")]
    [InlineData("javascript://market.example.com/%0aalert(1)")]
    [InlineData("data:text/html,x")]
    [InlineData("sso:sso:https://market.example.com")]
    [InlineData("sso:javascript:alert(1)")]
    [InlineData("sso://market.example.com")]
    [InlineData(" https://market.example.com/")]
    [InlineData("https://market.example.com/ ")]
    [InlineData("https://market.example.com/a\tb")]
    [InlineData("ht\ntps://market.example.com/")]
    [InlineData("https://market.example.com/\r\nSet-Cookie: a=b")]
    [InlineData("https://market.example.com/\u0000")]
    [InlineData("https://market.example.com/\u007f")]
    [InlineData("https://market.example.com/\\evil.example")]
    [InlineData("https://market.example.com/é")]
    public void What_might_lead_elsewhere_is_not(string url) => Assert.Null(Trusted.Find(url));

    [Fact]
    public void Nothing_is_nothing() => Assert.Null(Trusted.Find(null));

    private static TrustedUrls Of(string ours, params string[] others)
    {
        var settings = new PublicSettings(new Uri(ours), others.Select(other => new Uri(other)).ToSeq().Strict());
        // It listens nowhere, and is not asked where.
        return new TrustedUrls(new PublicAddress(settings, server: null!, NullLogger<PublicAddress>.Instance), settings);
    }
}
