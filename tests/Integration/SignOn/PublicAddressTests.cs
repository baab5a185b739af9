using LanguageExt;
using Marketplace.Shell.Configuration;
using Marketplace.Shell.SignOn;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging.Abstractions;

namespace Marketplace.Integration.SignOn;

/// <summary>Where browsers reach the server: what is said, or else where it listens.</summary>
public sealed class PublicAddressTests
{
    [Theory]
    [InlineData("http://127.0.0.1:8080", "http://127.0.0.1:8080/")]
    [InlineData("https://localhost:5001", "https://localhost:5001/")]
    [InlineData("http://0.0.0.0:8080", "http://localhost:8080/")]
    [InlineData("http://[::]:8080", "http://localhost:8080/")]
    [InlineData("http://*:8080", "http://localhost:8080/")]
    [InlineData("http://+:80", "http://localhost/")]
    public void Where_nobody_says_it_it_is_where_the_server_listens(string listening, string origin) =>
        Assert.Equal(origin, Of(null, listening).Origin.AbsoluteUri);

    [Fact]
    public void What_is_said_counts_wherever_the_server_listens()
    {
        var address = Of(new Uri("https://market.example.com"), "http://0.0.0.0:8080");

        Assert.Equal(("https://market.example.com/", true), (address.Origin.AbsoluteUri, address.IsHttps));
    }

    private static PublicAddress Of(Uri? url, string listening) =>
        new(new PublicSettings(url, Seq<Uri>.Empty), new Listening(listening), NullLogger<PublicAddress>.Instance);

    private sealed class Listening : IServer
    {
        public Listening(string address)
        {
            var addresses = new ServerAddressesFeature();
            addresses.Addresses.Add(address);
            Features.Set<IServerAddressesFeature>(addresses);
        }

        public IFeatureCollection Features { get; } = new FeatureCollection();

        public Task StartAsync<TContext>(IHttpApplication<TContext> application, CancellationToken cancellationToken)
            where TContext : notnull => throw new NotSupportedException();

        public Task StopAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

        public void Dispose() { }
    }
}
