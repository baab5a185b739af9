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

/// <summary>Who may call the Partner API. Source: contract §A.1.</summary>
public sealed class PartnerTokenTests(PartnerTokenTests.Fixture fixture) : IClassFixture<PartnerTokenTests.Fixture>
{
    private const string Installation = "icfg_mine";
    private const string Mutation = $"/probe/{Installation}/mutation";
    private const string Reading = $"/probe/{Installation}/reading";
    private const string Plans = "/probe/plans";

    private static readonly Person Admin = new("abc123", "def456", "user_1", PersonRole.Admin, "ada@example.test", "Ada");
    private static readonly Person Member = Admin with { Role = PersonRole.User };

    private TokenIssuer Tokens => fixture.Vercel.Tokens;

    private DateTimeOffset Now => fixture.Vercel.Clock.GetUtcNow();

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
    [InlineData("USER")]
    [InlineData("System")]
    [InlineData(null)]
    public async Task The_style_is_read_in_any_case_and_inferred_without_the_header(string? style)
    {
        if (style != "System")
        {
            await Passes(Reading, Tokens.ForUser(Admin, Installation), style);
        }

        if (style != "USER")
        {
            await Passes(Reading, Tokens.ForSystem("abc123", Installation), style);
        }
    }

    [Fact]
    public async Task A_null_subject_is_allowed_in_Vercels_own_token() =>
        await Passes(Reading, Tokens.ForSystem("abc123", Installation).With("sub", null), "system");

    [Fact]
    public async Task Unknown_claims_and_absent_optional_ones_do_not_matter() =>
        await Passes(
            Reading,
            Tokens.ForUser(Admin with { Email = null, Name = null }, Installation)
                .Without("type").Without("iat").Without("nbf").Without("jti").With("news", new JsonArray(1, 2)),
            "user");

    [Fact]
    public async Task A_token_without_account_and_installation_opens_the_plans_of_a_product_and_nothing_else()
    {
        await Passes(Plans, Tokens.BeforeInstallation(), "system");
        await Passes(Plans, Tokens.BeforeInstallation().Without("sub").Without("installation_id"), "system");
        await Passes(Plans, Tokens.ForSystem("abc123", Installation), "system");
        await IsRefused(Reading, Tokens.BeforeInstallation(), "system", TokenRefusal.NoAccount);
        await IsRefused(Plans, Tokens.ForUser(Admin, Installation), "user", TokenRefusal.StyleNotAccepted);
    }

    [Theory]
    [InlineData("account:abc123")]
    [InlineData("account:abc123:user:")]
    [InlineData("account::user:def456")]
    [InlineData("account:abc123:user:xyz")]
    [InlineData("account:abc123:user:def456\n")]
    [InlineData(" account:abc123:user:def456")]
    [InlineData("account:abc123:user:def456:more")]
    [InlineData("Account:abc123:user:def456")]
    [InlineData("")]
    [InlineData(null)]
    public async Task A_malformed_sub_of_a_person_is_refused(string? subject) =>
        await IsRefused(Reading, Tokens.ForUser(Admin, Installation).With("sub", subject), "user", TokenRefusal.WrongSubject);

    [Theory]
    [InlineData("account:abc123:user:def456")]
    [InlineData("account:")]
    [InlineData("account:abc12g")]
    [InlineData("team:abc123")]
    [InlineData("")]
    public async Task A_malformed_sub_of_Vercels_own_is_refused(string subject) =>
        await IsRefused(Reading, Tokens.ForSystem("abc123", Installation).With("sub", subject), "system", TokenRefusal.WrongSubject);

    [Theory]
    [InlineData("iss", TokenRefusal.WrongIssuer)]
    [InlineData("aud", TokenRefusal.WrongAudience)]
    [InlineData("exp", TokenRefusal.NoExpiry)]
    [InlineData("sub", TokenRefusal.WrongSubject)]
    [InlineData("account_id", TokenRefusal.NoAccount)]
    [InlineData("installation_id", TokenRefusal.NoInstallation)]
    [InlineData("user_id", TokenRefusal.NoUser)]
    [InlineData("user_role", TokenRefusal.StyleContradictsClaims)]
    internal async Task A_missing_claim_of_a_person_is_refused(string claim, TokenRefusal reason) =>
        await IsRefused(Reading, Tokens.ForUser(Admin, Installation).Without(claim), "user", reason);

    [Theory]
    [InlineData("iss", TokenRefusal.WrongIssuer)]
    [InlineData("aud", TokenRefusal.WrongAudience)]
    [InlineData("exp", TokenRefusal.NoExpiry)]
    [InlineData("sub", TokenRefusal.WrongSubject)]
    [InlineData("account_id", TokenRefusal.NoAccount)]
    [InlineData("installation_id", TokenRefusal.NoInstallation)]
    internal async Task A_missing_claim_of_Vercels_own_is_refused(string claim, TokenRefusal reason) =>
        await IsRefused(Reading, Tokens.ForSystem("abc123", Installation).Without(claim), "system", reason);

    [Theory]
    [InlineData("iss", "https://marketplace.vercel.com.example.test", TokenRefusal.WrongIssuer)]
    [InlineData("aud", "oac_other", TokenRefusal.WrongAudience)]
    [InlineData("installation_id", "icfg_other", TokenRefusal.OtherInstallation)]
    [InlineData("installation_id", "icfg_MINE", TokenRefusal.OtherInstallation)]
    [InlineData("installation_id", "", TokenRefusal.NoInstallation)]
    [InlineData("installation_id", null, TokenRefusal.NoInstallation)]
    [InlineData("account_id", null, TokenRefusal.NoAccount)]
    [InlineData("user_id", null, TokenRefusal.NoUser)]
    [InlineData("user_role", "OWNER", TokenRefusal.UnknownRole)]
    [InlineData("user_role", "admin", TokenRefusal.UnknownRole)]
    [InlineData("user_role", null, TokenRefusal.UnknownRole)]
    [InlineData("type", "refresh_token", TokenRefusal.WrongKindOfToken)]
    internal async Task A_wrong_claim_is_refused(string claim, string? value, TokenRefusal reason) =>
        await IsRefused(Reading, Tokens.ForUser(Admin, Installation).With(claim, value), "user", reason);

    [Fact]
    public async Task A_claim_of_the_wrong_type_is_refused()
    {
        await IsRefused(Reading, Tokens.ForUser(Admin, Installation).With("user_role", 1), "user", TokenRefusal.Malformed);
        await IsRefused(Reading, Tokens.ForUser(Admin, Installation).With("installation_id", new JsonArray(Installation)), "user", TokenRefusal.Malformed);
        await IsRefused(Reading, Tokens.ForUser(Admin, Installation).With("sub", new JsonObject()), "user", TokenRefusal.Malformed);
    }

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
    public async Task A_token_is_valid_five_seconds_longer_than_it_says_and_no_more()
    {
        await Passes(Reading, Tokens.ForUser(Admin, Installation).ExpiredAt(Now.AddSeconds(-4)), "user");
        await IsRefused(Reading, Tokens.ForUser(Admin, Installation).ExpiredAt(Now.AddSeconds(-7)), "user", TokenRefusal.Expired);
    }

    [Fact]
    public async Task A_token_is_valid_five_seconds_before_it_says_and_no_earlier()
    {
        await Passes(Reading, Tokens.ForUser(Admin, Installation).NotBefore(Now.AddSeconds(4)), "user");
        await IsRefused(Reading, Tokens.ForUser(Admin, Installation).NotBefore(Now.AddSeconds(7)), "user", TokenRefusal.NotYetValid);
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
    public async Task An_unsigned_token_is_refused() =>
        await IsRefused(
            Reading, Tokens.ForUser(Admin, Installation).SignedBy(new TokenSignature.None()), "user", TokenRefusal.WrongAlgorithm);

    [Fact]
    public async Task A_token_signed_with_the_public_key_as_a_shared_secret_is_refused()
    {
        var modulus = Tokens.CurrentKey.ToPublicJwk()["n"]!.GetValue<string>();

        await IsRefused(
            Reading,
            Tokens.ForUser(Admin, Installation).SignedBy(new TokenSignature.BySharedSecret(modulus, Tokens.CurrentKey.KeyId)),
            "user", TokenRefusal.WrongAlgorithm);
    }

    [Fact]
    public async Task A_key_that_the_issuer_does_not_publish_is_refused_under_every_name()
    {
        using var stranger = SigningKey.Generate();
        var draft = Tokens.ForUser(Admin, Installation);

        await IsRefused(Reading, draft.SignedBy(new TokenSignature.ByKey(stranger, stranger.KeyId)), "user", TokenRefusal.UnknownKey);
        await IsRefused(Reading, draft.SignedBy(new TokenSignature.ByKey(stranger, null)), "user", TokenRefusal.UnknownKey);
        await IsRefused(Reading, draft.SignedBy(new TokenSignature.ByKey(stranger, Tokens.CurrentKey.KeyId)), "user", TokenRefusal.WrongSignature);
    }

    [Fact]
    public async Task A_token_that_was_cut_changed_or_made_up_is_refused()
    {
        var parts = Tokens.Sign(Tokens.ForUser(Admin, Installation)).Split('.');
        var other = Tokens.Sign(Tokens.ForUser(Admin, "icfg_other")).Split('.');

        await IsRefused($"{parts[0]}.{parts[1]}", TokenRefusal.Malformed);
        await IsRefused($"{parts[0]}.{parts[1]}.", TokenRefusal.WrongSignature);
        await IsRefused($"{parts[0]}.{parts[1]}.{parts[2][..^8]}", TokenRefusal.WrongSignature);
        await IsRefused($"{parts[0]}.{other[1]}.{parts[2]}", TokenRefusal.WrongSignature);
        await IsRefused($"{parts[0]}.{parts[1][..^5]}.{parts[2]}", TokenRefusal.Malformed);
        await IsRefused($"{parts[0]}.{parts[1]}.{parts[2]}.{parts[2]}.{parts[2]}", TokenRefusal.Malformed);
        await IsRefused($"!.{parts[1]}.{parts[2]}", TokenRefusal.Malformed);
        await IsRefused("..", TokenRefusal.Malformed);
        await IsRefused("nonsense", TokenRefusal.Malformed);
    }

    [Fact]
    public async Task An_oversized_token_is_refused_before_anything_is_computed() =>
        await IsRefused(
            Tokens.Sign(Tokens.ForUser(Admin, Installation).With("padding", new string('x', 13_000))), TokenRefusal.TooLong);

    [Fact]
    public async Task A_request_without_a_bearer_token_is_refused()
    {
        await IsRefused("", TokenRefusal.NoToken);
        using var basic = new HttpRequestMessage(HttpMethod.Get, Reading) { Headers = { Authorization = new("Basic", "YTpi") } };
        using var answer = await fixture.Server.Http.SendAsync(basic, Cancel);
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
    }

    [Theory]
    [InlineData("system", TokenRefusal.StyleContradictsClaims)]
    [InlineData("robot", TokenRefusal.UnknownStyle)]
    internal async Task A_style_that_disagrees_with_a_persons_claims_is_refused(string style, TokenRefusal reason) =>
        await IsRefused(Reading, Tokens.ForUser(Admin, Installation), style, reason);

    [Fact]
    public async Task A_style_that_disagrees_with_Vercels_own_claims_is_refused() =>
        await IsRefused(Reading, Tokens.ForSystem("abc123", Installation), "user", TokenRefusal.StyleContradictsClaims);

    [Fact]
    public async Task A_role_that_only_reads_may_change_nothing()
    {
        var answer = await Send(HttpMethod.Post, Mutation, Tokens.ForUser(Member, Installation), "user");

        var body = await Refusal(answer, TokenRefusal.NotAdmin);
        Assert.NotNull(body["error"]!["user"]!["message"]);
    }

    [Fact]
    public async Task An_endpoint_refuses_a_style_that_the_contract_does_not_give_it()
    {
        await IsRefused($"/probe/{Installation}/user-only", Tokens.ForSystem("abc123", Installation), "system", TokenRefusal.StyleNotAccepted);
        await IsRefused($"/probe/{Installation}/system-only", Tokens.ForUser(Admin, Installation), "user", TokenRefusal.StyleNotAccepted);
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

    private async Task IsRefused(string path, TokenDraft draft, string? style, TokenRefusal reason)
    {
        using var answer = await Send(HttpMethod.Get, path, draft, style);
        await Refusal(answer, reason);
    }

    private async Task IsRefused(string token, TokenRefusal reason)
    {
        using var answer = await Send(fixture.Server, HttpMethod.Get, Reading, token, "user");
        await Refusal(answer, reason);
    }

    /// <summary>403, with the body that the contract documents.</summary>
    private static async Task<JsonNode> Refusal(HttpResponseMessage answer, TokenRefusal reason)
    {
        var text = await answer.Content.ReadAsStringAsync(Cancel);
        Assert.True(answer.StatusCode == HttpStatusCode.Forbidden, $"{answer.StatusCode}: {text}");
        Assert.Equal("application/json", answer.Content.Headers.ContentType!.MediaType);
        var body = JsonNode.Parse(text)!;
        Assert.Equal("forbidden", body["error"]!["code"]!.GetValue<string>());
        Assert.Equal(reason.Sentence(), body["error"]!["message"]!.GetValue<string>());
        return body;
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

    /// <summary>A server with one route of each kind, each of which says who called.</summary>
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
                    app.MapGet("/probe/{installationId}/user-only", PartnerEndpoint.Reading(Accepts.User, Tell));
                    app.MapGet("/probe/{installationId}/system-only", PartnerEndpoint.Reading(Accepts.System, Tell));
                    app.MapGet("/probe/plans", PartnerEndpoint.BeforeInstallation(() => Results.Text("plans")));
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
