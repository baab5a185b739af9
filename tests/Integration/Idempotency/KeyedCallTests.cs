using System.Net;
using System.Net.Sockets;
using System.Text;
using Marketplace.Core.Installations;
using Marketplace.Integration.Postgres;
using Marketplace.Shell.Audit;
using Marketplace.Shell.Authentication;
using Marketplace.Shell.Http;
using Marketplace.Shell.Idempotency;
using Marketplace.Simulator;
using Marketplace.Simulator.Tokens;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Marketplace.Integration.Idempotency;

/// <summary>What a key stands for, and which answers are kept for it, at endpoints that count how often they decide. Source: contract §B.0.</summary>
public sealed class KeyedCallTests(KeyedCallTests.Fixture fixture) : IClassFixture<KeyedCallTests.Fixture>
{
    private static readonly Person Admin = new("abc123", "def456", "user_1", PersonRole.Admin, null, null);

    private readonly string installation = Acme.NewInstallationId();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(200)]
    [InlineData(202)]
    [InlineData(400)]
    [InlineData(404)]
    [InlineData(409)]
    [InlineData(422)]
    public async Task An_answer_is_decided_once_and_repeated_byte_for_byte_with_its_status_and_its_media_type(int status)
    {
        var key = Acme.NewKey();

        var first = await Call(key, $"answer/{status}");
        var second = await Call(key, $"answer/{status}");

        Assert.Equal(status, (int)first.Status);
        Assert.Equal((first.Status, first.MediaType, first.Text), (second.Status, second.MediaType, second.Text));
        Assert.Equal(1, fixture.Decided(installation));
        Assert.Equal(1, await Kept());
    }

    [Fact]
    public async Task An_answer_without_a_body_is_repeated_without_one()
    {
        var key = Acme.NewKey();

        (await Call(key, "answer/204")).IsEmpty();
        (await Call(key, "answer/204")).IsEmpty();

        Assert.Equal(1, fixture.Decided(installation));
    }

    [Theory]
    [InlineData(403)]
    [InlineData(500)]
    [InlineData(502)]
    [InlineData(503)]
    public async Task What_was_forbidden_or_went_wrong_is_not_kept_and_leaves_nothing_behind(int status)
    {
        var key = Acme.NewKey();

        Assert.Equal(status, (int)(await Call(key, $"answer/{status}")).Status);
        Assert.Equal(0, await Kept());
        Assert.Equal(0, await fixture.Events(installation));

        Assert.Equal(HttpStatusCode.OK, (await Call(key, "answer/200")).Status);
        Assert.Equal(2, fixture.Decided(installation));
        Assert.Equal(1, await fixture.Events(installation));
    }

    [Theory]
    [InlineData("answer/200", "other body")]
    [InlineData("answer/200", "body ")]
    [InlineData("answer/200", "")]
    [InlineData("answer/202", "body")]
    [InlineData("answer/200?once=more", "body")]
    [InlineData("answer%2F200", "body")]
    public async Task A_key_stands_for_its_path_its_query_and_its_body_to_the_byte(string path, string body)
    {
        var key = Acme.NewKey();
        await Call(key, "answer/200");

        var other = await Call(key, path, body);

        if (path == "answer%2F200")
            other.IsUnknown();
        else
            other.IsRefusal(HttpStatusCode.Conflict, "idempotency_key_reused");
        Assert.Equal(1, fixture.Decided(installation));
    }

    [Fact]
    public async Task A_key_stands_for_its_method()
    {
        var key = Acme.NewKey();
        await Call(key, "answer/200");

        (await Call(key, "answer/200", method: HttpMethod.Delete)).IsRefusal(HttpStatusCode.Conflict, "idempotency_key_reused");

        Assert.Equal(1, fixture.Decided(installation));
    }

    [Fact]
    public async Task A_refused_reuse_does_not_take_the_key_from_the_first_request()
    {
        var key = Acme.NewKey();
        var first = await Call(key, "answer/200");
        await Call(key, "answer/200", "other body");

        Assert.Equal(first.Text, (await Call(key, "answer/200")).Text);
    }

    [Fact]
    public async Task A_repetition_may_come_with_another_token_and_from_anybody_who_may_make_the_call()
    {
        var key = Acme.NewKey();

        var first = await Call(key, "answer/200");
        var withAnotherToken = await Call(key, "answer/200");
        var byAnother = await Call(key, "answer/200", token: fixture.Tokens.ForUser(Admin with { UserId = "user_2", GlobalUserId = "fff" }, installation));
        var byVercel = await Call(key, "answer/200", token: fixture.Tokens.ForSystem("abc123", installation));

        Assert.All([withAnotherToken, byAnother, byVercel], answer => Assert.Equal(first.Text, answer.Text));
        Assert.Equal(1, fixture.Decided(installation));
    }

    [Fact]
    public async Task Who_may_not_make_the_call_is_not_told_the_answer()
    {
        var key = Acme.NewKey();
        await Call(key, "answer/200");

        (await Call(key, "answer/200", token: fixture.Tokens.ForUser(Admin with { Role = PersonRole.User }, installation))).IsForbidden();
        (await Call(key, "answer/200", token: fixture.Tokens.ForSystem("abc123", Acme.NewInstallationId()))).IsForbidden();
        (await Call(key, "answer/200", token: fixture.Tokens.ForSystem("abc123", installation).ExpiredAt(DateTimeOffset.UnixEpoch.AddDays(1)))).IsForbidden();
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("   ")]
    public async Task Without_a_key_each_call_is_decided_anew_and_nothing_is_kept(string? key)
    {
        await Call(key, "answer/200");
        await Call(key, "answer/200");

        Assert.Equal(2, fixture.Decided(installation));
        Assert.Equal(0, await Kept());
    }

    [Theory]
    [InlineData("a key with spaces")]
    [InlineData("\"quoted\"")]
    [InlineData("a,b")]
    [InlineData("../../..")]
    [InlineData("%00%0d%0a")]
    [InlineData("' or 1=1 --")]
    [InlineData("{\"key\":\\\"}")]
    public async Task A_key_may_have_any_characters_and_differs_from_every_other(string key)
    {
        var first = await Call(key, "answer/200");

        Assert.Equal(first.Text, (await Call(key, "answer/200")).Text);
        Assert.NotEqual(first.Text, (await Call(key + ".", "answer/200")).Text);
        Assert.Equal([key, key + "."], await fixture.Keys(installation));
    }

    [Fact]
    public async Task Capital_and_small_letters_make_two_keys()
    {
        await Call("KEY", "answer/200");
        await Call("key", "answer/200");

        Assert.Equal(2, fixture.Decided(installation));
    }

    [Fact]
    public async Task A_key_in_the_letters_of_any_language_is_one()
    {
        Assert.StartsWith("HTTP/1.1 200", await Raw("Idempotency-Key: ключ-🔑"), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 200", await Raw("Idempotency-Key: ключ-🔑"), StringComparison.Ordinal);

        Assert.Equal(1, fixture.Decided(installation));
        Assert.Equal(["ключ-🔑"], await fixture.Keys(installation));
    }

    [Fact]
    public async Task A_key_of_255_characters_is_the_longest()
    {
        (await Call(new string('k', 255), "answer/200")).Is(HttpStatusCode.OK);

        (await Call(new string('k', 256), "answer/200")).IsInvalid();
        Assert.Equal(1, fixture.Decided(installation));
    }

    [Fact]
    public async Task A_header_that_is_there_twice_is_one_key_or_a_riddle()
    {
        Assert.StartsWith("HTTP/1.1 200", await Raw("Idempotency-Key: one", "idempotency-key: one"), StringComparison.Ordinal);
        Assert.Equal(["one"], await fixture.Keys(installation));

        var riddle = await Raw("Idempotency-Key: one", "Idempotency-Key: other");

        Assert.StartsWith("HTTP/1.1 400", riddle, StringComparison.Ordinal);
        Assert.Contains("validation_error", riddle, StringComparison.Ordinal);
        Assert.Equal(1, fixture.Decided(installation));
    }

    [Fact]
    public async Task The_same_key_of_another_installation_is_another_key()
    {
        var (key, other) = (Acme.NewKey(), Acme.NewInstallationId());

        var mine = await Call(key, "answer/200");
        var theirs = await Call(key, "answer/200", at: other);

        Assert.NotEqual(mine.Text, theirs.Text);
        Assert.Equal((1, 1), (fixture.Decided(installation), fixture.Decided(other)));
    }

    [Fact]
    public async Task Duplicates_at_the_same_moment_all_get_the_answer_of_the_first_that_was_committed()
    {
        var key = Acme.NewKey();

        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => Call(key, "answer/200")));

        Assert.Equal(answers[0].Text, Assert.Single(answers.Select(answer => answer.Text).Distinct()));
        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer.Status));
        Assert.Equal(1, await fixture.Events(installation));
    }

    [Fact]
    public async Task A_duplicate_waits_for_the_first_and_does_the_work_when_that_one_fails()
    {
        var key = Acme.NewKey();
        using var impatient = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var underWay = fixture.HoldNext(installation);
        var first = Call(key, "slow", cancel: impatient.Token);
        await underWay.Entered.Task.WaitAsync(TimeSpan.FromSeconds(20), Cancel);
        var second = Call(key, "slow");
        await Task.Delay(200, Cancel);
        Assert.False(second.IsCompleted);

        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);

        (await second).Is(HttpStatusCode.OK);
        Assert.Equal(1, await fixture.Events(installation));
        Assert.Equal(1, await Kept());
    }

    [Fact]
    public async Task A_duplicate_that_comes_in_the_middle_of_the_first_waits_and_gets_its_answer()
    {
        var key = Acme.NewKey();
        var underWay = fixture.HoldNext(installation);
        var first = Call(key, "slow");
        await underWay.Entered.Task.WaitAsync(TimeSpan.FromSeconds(20), Cancel);
        var second = Call(key, "slow");
        await Task.Delay(200, Cancel);
        Assert.False(second.IsCompleted);

        underWay.Go.SetResult();

        Assert.Equal((await first).Text, (await second).Text);
        Assert.Equal(1, await fixture.Events(installation));
    }

    [Fact]
    public async Task Another_server_on_the_same_database_repeats_the_answer()
    {
        var key = Acme.NewKey();
        var first = await Call(key, "answer/200");
        await using var another = await fixture.Serve();

        var second = await Call(key, "answer/200", server: another);

        Assert.Equal(first.Text, second.Text);
        Assert.Equal(1, fixture.Decided(installation));
    }

    private Task<long> Kept() => fixture.Count("idempotency_record", installation);

    private Task<Answer> Call(
        string? key, string path, string body = "body", HttpMethod? method = null, TokenDraft? token = null, string? at = null,
        TestServer? server = null, CancellationToken? cancel = null) =>
        fixture.Call(at ?? installation, key, path, body, method, token, server, cancel);

    /// <summary>Header lines as they are, which a well-behaved client would tidy up.</summary>
    private async Task<string> Raw(params string[] headers)
    {
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", fixture.Server.Http.BaseAddress!.Port, Cancel);
        var stream = client.GetStream();
        string[] lines =
        [
            $"POST /probe/{installation}/answer/200 HTTP/1.1", "Host: localhost", "Connection: close", "Content-Length: 0",
            $"Authorization: Bearer {fixture.Tokens.Sign(fixture.Tokens.ForUser(Admin, installation))}", .. headers, "", "",
        ];
        await stream.WriteAsync(Encoding.UTF8.GetBytes(string.Join("\r\n", lines)), Cancel);
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync(Cancel);
    }

    /// <summary>A server with endpoints that answer as they are asked to, and write down each time that they do.</summary>
    public sealed class Fixture : IAsyncLifetime
    {
        private readonly System.Collections.Concurrent.ConcurrentDictionary<string, int> decided = new(StringComparer.Ordinal);
        private readonly System.Collections.Concurrent.ConcurrentDictionary<string, UnderWay> held = new(StringComparer.Ordinal);
        private TestDatabase database = null!;
        private SimulatorServer vercel = null!;

        public TestServer Server { get; private set; } = null!;

        public TokenIssuer Tokens => vercel.Tokens;

        public async ValueTask InitializeAsync()
        {
            database = await TestDatabase.Create(Cancel);
            vercel = await SimulatorServer.Start(new SimulatorOptions { IntegrationId = TestServerOptions.IntegrationId }, Cancel);
            Server = await Serve();
        }

        public async ValueTask DisposeAsync()
        {
            await Server.DisposeAsync();
            await vercel.DisposeAsync();
            await database.DisposeAsync();
        }

        public Task<TestServer> Serve() => TestServer.Start(
            new TestServerOptions
            {
                Vercel = vercel,
                ConnectionString = database.ConnectionString,
                Adjust = builder => builder.Services.AddSingleton<TimeProvider>(vercel.Clock),
                Routes = app =>
                {
                    app.MapMethods("/probe/{installationId}/answer/{status}", ["POST", "DELETE"], PartnerEndpoint.Mutation(Accepts.Either, Give));
                    app.MapPost("/probe/{installationId}/slow", PartnerEndpoint.Mutation(Accepts.Either, Slow));
                },
            },
            Cancel);

        internal async Task<Answer> Call(
            string installation, string? key, string path, string body, HttpMethod? method = null, TokenDraft? token = null,
            TestServer? server = null, CancellationToken? cancel = null)
        {
            using var request = new HttpRequestMessage(method ?? HttpMethod.Post, $"/probe/{installation}/{path}");
            request.Headers.Authorization = new("Bearer", Tokens.Sign(token ?? Tokens.ForUser(Admin, installation)));
            if (key is not null)
                Assert.True(request.Headers.TryAddWithoutValidation("Idempotency-Key", key));
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
            using var answer = await (server ?? Server).Http.SendAsync(request, cancel ?? Cancel);
            return new Answer(answer.StatusCode, answer.Content.Headers.ContentType?.MediaType, await answer.Content.ReadAsByteArrayAsync(Cancel), null);
        }

        public int Decided(string installation) => decided.GetValueOrDefault(installation);

        public Task<long> Events(string installation) => Count("domain_event", installation);

        public async Task<long> Count(string table, string installation)
        {
            await using var command = database.DataSource.CreateCommand($"select count(*) from {table} where installation_id = $1");
            command.Parameters.AddWithValue(installation);
            return (long)(await command.ExecuteScalarAsync(Cancel))!;
        }

        public async Task<IReadOnlyList<string>> Keys(string installation)
        {
            await using var command = database.DataSource.CreateCommand(
                "select idempotency_key from idempotency_record where installation_id = $1 order by length(idempotency_key)");
            command.Parameters.AddWithValue(installation);
            await using var reader = await command.ExecuteReaderAsync(Cancel);
            var keys = new List<string>();
            while (await reader.ReadAsync(Cancel))
                keys.Add(reader.GetString(0));
            return keys;
        }

        /// <summary>The next decision of the installation at the slow endpoint has written everything, and stays there.</summary>
        internal UnderWay HoldNext(string installation) => held[installation] = new UnderWay();

        private Task<IResult> Give(Caller caller, int status, HttpRequest request, RawBody body, Decisions decisions, CancellationToken cancel) =>
            decisions.Decide(
                caller.Installation, KeyedCall.Of(request, body),
                _ => writes =>
                {
                    EventRows.Append(writes, caller.Installation, null, DateTimeOffset.UnixEpoch, "probe", Actor.Of(caller, "probe"), new { });
                    return Answer(caller.Installation, status);
                },
                cancel);

        /// <summary>As long as it is held, it holds its key too: what a long transaction does to its duplicates.</summary>
        private Task<IResult> Slow(Caller caller, HttpRequest request, RawBody body, Decisions decisions, CancellationToken cancel) =>
            decisions.Decide(
                caller.Installation, KeyedCall.Of(request, body),
                async (transaction, writes) =>
                {
                    await using var locked = new Npgsql.NpgsqlCommand(
                        "select pg_advisory_xact_lock(hashtextextended($1, 0))", transaction.Connection, transaction);
                    locked.Parameters.AddWithValue(caller.Installation.Value);
                    await locked.ExecuteNonQueryAsync(cancel);
                    if (held.TryRemove(caller.Installation.Value, out var underWay))
                    {
                        underWay.Entered.SetResult();
                        await underWay.Go.Task.WaitAsync(cancel);
                    }

                    EventRows.Append(writes, caller.Installation, null, DateTimeOffset.UnixEpoch, "probe", Actor.Of(caller, "probe"), new { });
                    return Answer(caller.Installation, StatusCodes.Status200OK);
                },
                cancel);

        private PartnerAnswer Answer(InstallationId installation, int status)
        {
            var number = decided.AddOrUpdate(installation.Value, 1, (_, before) => before + 1);
            return status == StatusCodes.Status204NoContent
                ? PartnerAnswer.NoContent
                : status < 400
                    ? PartnerAnswer.Json(status, new { number, random = Guid.NewGuid() })
                    : PartnerAnswer.Of(new PartnerErrorResult(status, new PartnerError("probe", $"{number} {Guid.NewGuid()}")));
        }
    }

    internal sealed record UnderWay
    {
        public TaskCompletionSource Entered { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Go { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
