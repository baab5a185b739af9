using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Marketplace.Integration.Postgres;
using Marketplace.Shell.Authentication;
using Marketplace.Simulator;
using Marketplace.Simulator.Tokens;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Marketplace.Integration.Authentication;

/// <summary>
/// What becomes of tokens beside being let in or refused, which <see cref="AuthorizationMatrixTests"/> shows for every endpoint.
/// Source: contract §A.1.
/// </summary>
public sealed class PartnerTokenTests(PartnerTokenTests.Fixture fixture) : IClassFixture<PartnerTokenTests.Fixture>
{
    private const string Installation = "icfg_mine";
    private const string Mutation = $"/probe/{Installation}/mutation";
    private const string Reading = $"/probe/{Installation}/reading";

    private static readonly Person Admin = new("abc123", "def456", "user_1", PersonRole.Admin, "ada@example.test", "Ada");
    private static readonly Person Member = Admin with { Role = PersonRole.User };

    private TokenIssuer Tokens => fixture.Vercel.Tokens;

    [Fact]
    public async Task An_administrators_token_opens_a_mutation_and_tells_who_calls()
    {
        var answer = await Send(HttpMethod.Post, Mutation, Tokens.ForUser(Admin, Installation), "user");

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("user user_1 Admin abc123 icfg_mine", await answer.Content.ReadAsStringAsync(Cancel));
    }

    [Fact]
    public async Task Vercels_own_token_opens_an_endpoint_that_takes_it_and_has_no_role_to_check()
    {
        var answer = await Send(HttpMethod.Post, Mutation, Tokens.ForSystem("abc123", Installation), "system");

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("system abc123 icfg_mine", await answer.Content.ReadAsStringAsync(Cancel));
    }

    [Fact]
    public async Task A_role_that_only_reads_may_read() =>
        await Passes(Reading, Tokens.ForUser(Member, Installation), "user");

    [Theory]
    [InlineData("soon")]
    [InlineData("1e400")]
    public async Task An_expiry_that_is_no_time_is_refused(string expiry)
    {
        var answer = await Send(HttpMethod.Get, Reading, Tokens.ForUser(Admin, Installation).With("exp", expiry), "user");

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
    }

    [Theory]
    [InlineData(long.MaxValue)]
    [InlineData(long.MinValue)]
    [InlineData(0)]
    public async Task An_expiry_beyond_all_calendars_is_refused_too(long expiry)
    {
        var answer = await Send(HttpMethod.Get, Reading, Tokens.ForUser(Admin, Installation).With("exp", expiry), "user");

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
    }

    [Fact]
    public async Task A_token_that_was_accepted_is_refused_when_its_time_is_over()
    {
        await using var vercel = await SimulatorServer.Start(new SimulatorOptions { IntegrationId = TestServerOptions.IntegrationId }, Cancel);
        await using var server = await Fixture.Serve(vercel, Cancel);
        var token = vercel.Tokens.Sign(vercel.Tokens.ForUser(Admin, Installation));
        Assert.Equal(HttpStatusCode.OK, await Status(server, token));

        vercel.Clock.MoveTo(vercel.Clock.GetUtcNow() + TokenIssuer.Lifetime + TimeSpan.FromSeconds(6));

        Assert.Equal(HttpStatusCode.Forbidden, await Status(server, token));
        Assert.Contains(server.Log.Lines, line => line.Contains(nameof(TokenRefusal.Expired), StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_token_whose_parts_belong_to_several_or_to_none_is_refused()
    {
        var parts = Tokens.Sign(Tokens.ForUser(Admin, Installation)).Split('.');
        var other = Tokens.Sign(Tokens.ForUser(Admin, "icfg_other")).Split('.');

        await IsRefused($"{parts[0]}.{other[1]}.{parts[2]}", TokenRefusal.WrongSignature);
        await IsRefused($"!.{parts[1]}.{parts[2]}", TokenRefusal.Malformed);
        await IsRefused($"{parts[0]}.!.{parts[2]}", TokenRefusal.Malformed);
        await IsRefused($"{parts[1]}.{parts[1]}.{parts[2]}", TokenRefusal.WrongAlgorithm);
    }

    [Fact]
    public async Task No_token_is_ever_logged()
    {
        var accepted = Tokens.Sign(Tokens.ForUser(Admin, Installation));
        var refused = Tokens.Sign(Tokens.ForUser(Admin, "icfg_other"));
        await Status(fixture.Server, accepted);
        await Status(fixture.Server, refused);
        await Status(fixture.Server, refused + "x");

        Assert.Contains(fixture.Server.Log.Lines, line => line.Contains(nameof(TokenRefusal.OtherInstallation), StringComparison.Ordinal));
        foreach (var part in accepted.Split('.').Concat(refused.Split('.')).Skip(1))
        {
            Assert.DoesNotContain(fixture.Server.Log.Lines, line => line.Contains(part, StringComparison.Ordinal));
        }

        Assert.DoesNotContain(fixture.Server.Log.Lines, line => line.Contains("ada@example.test", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_refusal_needs_no_database()
    {
        await using var vercel = await SimulatorServer.Start(new SimulatorOptions { IntegrationId = TestServerOptions.IntegrationId }, Cancel);
        await using var database = await TestDatabase.Create(Cancel);
        await using var line = new CuttableLine(database.ConnectionString);
        await using var server = await Fixture.Serve(vercel, Cancel, line.ConnectionString);
        line.Cut();
        using var ready = await server.Http.GetAsync("/health/ready", Cancel);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);

        Assert.Equal(HttpStatusCode.Forbidden, await Status(server, "nonsense"));
        Assert.Equal(HttpStatusCode.OK, await Status(server, vercel.Tokens.Sign(vercel.Tokens.ForUser(Admin, Installation))));
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private async Task Passes(string path, TokenDraft draft, string? style)
    {
        using var answer = await Send(HttpMethod.Get, path, draft, style);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Cancel));
    }

    private async Task IsRefused(string token, TokenRefusal reason)
    {
        using var answer = await Send(fixture.Server, HttpMethod.Get, Reading, token, "user");
        var text = await answer.Content.ReadAsStringAsync(Cancel);
        Assert.True(answer.StatusCode == HttpStatusCode.Forbidden, $"{answer.StatusCode}: {text}");
        Assert.Equal(reason.Sentence(), JsonNode.Parse(text)!["error"]!["message"]!.GetValue<string>());
    }

    private Task<HttpResponseMessage> Send(HttpMethod method, string path, TokenDraft draft, string? style) =>
        Send(fixture.Server, method, path, Tokens.Sign(draft), style);

    private static async Task<HttpStatusCode> Status(TestServer server, string token)
    {
        using var answer = await Send(server, HttpMethod.Get, Reading, token, style: null);
        return answer.StatusCode;
    }

    private static async Task<HttpResponseMessage> Send(TestServer server, HttpMethod method, string path, string token, string? style)
    {
        using var request = new HttpRequestMessage(method, path);
        if (token.Length > 0)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        if (style is not null)
        {
            request.Headers.Add("X-Vercel-Auth", style);
        }

        return await server.Http.SendAsync(request, Cancel);
    }

    /// <summary>A server with routes that say who called.</summary>
    public sealed class Fixture : IAsyncLifetime
    {
        private static readonly Func<Caller, string> Tell = caller => caller switch
        {
            Caller.User user => $"user {user.UserId} {user.Role} {user.Account} {user.Installation}",
            Caller.System system => $"system {system.Account} {system.Installation}",
            _ => "nobody",
        };

        public SimulatorServer Vercel { get; private set; } = null!;

        public TestServer Server { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            Vercel = await SimulatorServer.Start(new SimulatorOptions { IntegrationId = TestServerOptions.IntegrationId }, Cancel);
            Server = await Serve(Vercel, Cancel);
        }

        public static Task<TestServer> Serve(
            SimulatorServer vercel, CancellationToken cancel, string? connectionString = null) => TestServer.Start(
            new TestServerOptions
            {
                Vercel = vercel,
                ConnectionString = connectionString,
                Adjust = builder => builder.Services.AddSingleton<TimeProvider>(vercel.Clock),
                Routes = app =>
                {
                    app.MapPost("/probe/{installationId}/mutation", PartnerEndpoint.Mutation(Accepts.Either, Tell));
                    app.MapGet("/probe/{installationId}/reading", PartnerEndpoint.Reading(Accepts.Either, Tell));
                },
            },
            cancel);

        public async ValueTask DisposeAsync()
        {
            await Server.DisposeAsync();
            await Vercel.DisposeAsync();
        }
    }
}
