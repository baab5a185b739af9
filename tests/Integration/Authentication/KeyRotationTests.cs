using System.Net;
using System.Net.Http.Headers;
using Marketplace.Shell.Authentication;
using Marketplace.Simulator;
using Marketplace.Simulator.Tokens;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Marketplace.Integration.Authentication;

/// <summary>How the issuer's keys come and go. Source: contract §A.1.</summary>
public sealed class KeyRotationTests : IAsyncLifetime
{
    private const string Path = "/probe/icfg_mine";

    private readonly IssuerLine _line = new();
    private SimulatorServer _vercel = null!;
    private TestServer _server = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _vercel = await SimulatorServer.Start(new SimulatorOptions { IntegrationId = TestServerOptions.IntegrationId }, Cancel);
        _server = await Serve();
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        await _vercel.DisposeAsync();
    }

    [Fact]
    public async Task A_new_key_is_picked_up_without_a_restart_and_the_old_one_stays_good_while_it_is_published()
    {
        var old = Token();
        Assert.Equal(HttpStatusCode.OK, await Status(old));

        _vercel.Tokens.RotateKey();

        Assert.Equal(HttpStatusCode.OK, await Status(Token()));
        Assert.Equal(HttpStatusCode.OK, await Status(old));
    }

    [Fact]
    public async Task A_token_that_was_accepted_does_not_outlive_its_key()
    {
        var old = Token();
        Assert.Equal(HttpStatusCode.OK, await Status(old));

        _vercel.Tokens.RotateKey(keepOldPublished: false);

        Assert.Equal(HttpStatusCode.OK, await Status(Token()));
        Assert.Equal(HttpStatusCode.Forbidden, await Status(old));
    }

    [Fact]
    public async Task Another_key_under_the_same_name_replaces_the_first()
    {
        var old = Token();
        Assert.Equal(HttpStatusCode.OK, await Status(old));
        using var fresh = SigningKey.Generate();

        _vercel.Tokens.Restore([SigningKey.FromPkcs8(_vercel.Tokens.CurrentKey.KeyId, fresh.ToPkcs8())]);

        Assert.Equal(HttpStatusCode.OK, await Status(Token()));
        Assert.Equal(HttpStatusCode.Forbidden, await Status(old));
    }

    [Fact]
    public async Task A_flood_of_unknown_keys_makes_no_flood_of_fetches_and_holds_up_nobody()
    {
        using var stranger = SigningKey.Generate();
        Assert.Equal(HttpStatusCode.OK, await Status(Token()));
        _line.Hold();

        var flood = Enumerable.Range(0, 200)
            .Select(number => Status(Token(new TokenSignature.ByKey(stranger, $"made-up-{number}")))).ToList();
        var valid = await Status(Token());
        _line.Release();

        Assert.Equal(HttpStatusCode.OK, valid);
        Assert.All(await Task.WhenAll(flood), status => Assert.Equal(HttpStatusCode.Forbidden, status));
        for (var number = 0; number < 20; number++)
        {
            Assert.Equal(HttpStatusCode.Forbidden, await Status(Token(new TokenSignature.ByKey(stranger, $"also-made-up-{number}"))));
        }

        Assert.InRange(_line.Fetches, 1, 4);
    }

    [Fact]
    public async Task Neither_does_a_flood_of_forged_signatures_under_a_known_key()
    {
        using var stranger = SigningKey.Generate();
        Assert.Equal(HttpStatusCode.OK, await Status(Token()));

        var flood = await Task.WhenAll(Enumerable.Range(0, 200)
            .Select(_ => Status(Token(new TokenSignature.ByKey(stranger, _vercel.Tokens.CurrentKey.KeyId)))));

        Assert.All(flood, status => Assert.Equal(HttpStatusCode.Forbidden, status));
        Assert.Equal(HttpStatusCode.OK, await Status(Token()));
        Assert.InRange(_line.Fetches, 1, 4);
    }

    [Fact]
    public async Task The_last_good_keys_are_kept_while_the_issuer_is_down()
    {
        using var stranger = SigningKey.Generate();
        Assert.Equal(HttpStatusCode.OK, await Status(Token()));

        _line.IsDown = true;

        Assert.Equal(HttpStatusCode.OK, await Status(Token()));
        Assert.Equal(HttpStatusCode.Forbidden, await Status(Token(new TokenSignature.ByKey(stranger, "unknown"))));
        Assert.Equal(HttpStatusCode.OK, await Status(Token()));
    }

    [Fact]
    public async Task Without_any_key_nothing_can_be_said_of_a_token_until_the_issuer_answers()
    {
        _line.IsDown = true;
        await using var server = await Serve();

        using (var answer = await Send(server, Token()))
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
            Assert.NotNull(answer.Headers.RetryAfter);
        }

        _line.IsDown = false;
        using var later = await Send(server, Token());
        Assert.Equal(HttpStatusCode.OK, later.StatusCode);
    }

    private Task<TestServer> Serve() => TestServer.Start(
        new TestServerOptions
        {
            Vercel = _vercel,
            Adjust = builder =>
            {
                builder.Services.AddSingleton<TimeProvider>(_vercel.Clock);
                builder.Services.AddHttpClient(AuthenticationRegistration.IssuerClient).AddHttpMessageHandler(() => _line.Handler());
            },
            Routes = app => app.MapGet("/probe/{installationId}", PartnerEndpoint.Reading(Accepts.Either, (Caller caller) => caller.ToString())),
        },
        Cancel);

    private string Token(TokenSignature? signature = null)
    {
        var draft = _vercel.Tokens.ForSystem("abc123", "icfg_mine");
        return _vercel.Tokens.Sign(signature is null ? draft : draft.SignedBy(signature));
    }

    private async Task<HttpStatusCode> Status(string token)
    {
        using var answer = await Send(_server, token);
        return answer.StatusCode;
    }

    private static async Task<HttpResponseMessage> Send(TestServer server, string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Path) { Headers = { Authorization = new AuthenticationHeaderValue("Bearer", token) } };
        return await server.Http.SendAsync(request, Cancel);
    }

    /// <summary>The network between the server and the issuer.</summary>
    private sealed class IssuerLine
    {
        private volatile TaskCompletionSource? _held;
        private int _fetches;

        public bool IsDown { get; set; }

        /// <summary>Of discovery documents.</summary>
        public int Fetches => _fetches;

        public void Hold() => _held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Release() => _held?.TrySetResult();

        public DelegatingHandler Handler() => new Wire(this);

        private sealed class Wire(IssuerLine line) : DelegatingHandler
        {
            protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
            {
                if (request.RequestUri!.AbsolutePath.EndsWith("openid-configuration", StringComparison.Ordinal))
                {
                    Interlocked.Increment(ref line._fetches);
                }

                if (line._held is { } held)
                {
                    await held.Task.WaitAsync(cancellationToken);
                }

                return line.IsDown ? throw new HttpRequestException("the issuer is down") : await base.SendAsync(request, cancellationToken);
            }
        }
    }
}
