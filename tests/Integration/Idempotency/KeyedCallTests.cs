using System.Net;
using System.Net.Sockets;
using System.Text;
using Marketplace.Simulator.Tokens;

namespace Marketplace.Integration.Idempotency;

/// <summary>What a key stands for, and which answers are kept for it, at endpoints that count how often they decide. Source: contract §B.0.</summary>
public sealed class KeyedCallTests(CountingServer server) : IClassFixture<CountingServer>
{
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
        Assert.Equal(1, server.Decided(installation));
        Assert.Equal(1, await Kept());
    }

    [Fact]
    public async Task An_answer_without_a_body_is_repeated_without_one()
    {
        var key = Acme.NewKey();

        (await Call(key, "answer/204")).IsEmpty();
        (await Call(key, "answer/204")).IsEmpty();

        Assert.Equal(1, server.Decided(installation));
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
        Assert.Equal(0, await server.Events(installation));

        Assert.Equal(HttpStatusCode.OK, (await Call(key, "answer/200")).Status);
        Assert.Equal(2, server.Decided(installation));
        Assert.Equal(1, await server.Events(installation));
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
        Assert.Equal(1, server.Decided(installation));
    }

    [Fact]
    public async Task A_key_stands_for_its_method()
    {
        var key = Acme.NewKey();
        await Call(key, "answer/200");

        (await Call(key, "answer/200", method: HttpMethod.Delete)).IsRefusal(HttpStatusCode.Conflict, "idempotency_key_reused");

        Assert.Equal(1, server.Decided(installation));
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
        var byAnother = await Call(key, "answer/200", token: server.Tokens.ForUser(CountingServer.Admin with { UserId = "user_2", GlobalUserId = "fff" }, installation));
        var byVercel = await Call(key, "answer/200", token: server.Tokens.ForSystem("abc123", installation));

        Assert.All([withAnotherToken, byAnother, byVercel], answer => Assert.Equal(first.Text, answer.Text));
        Assert.Equal(1, server.Decided(installation));
    }

    [Fact]
    public async Task Who_may_not_make_the_call_is_not_told_the_answer()
    {
        var key = Acme.NewKey();
        await Call(key, "answer/200");

        (await Call(key, "answer/200", token: server.Tokens.ForUser(CountingServer.Admin with { Role = PersonRole.User }, installation))).IsForbidden();
        (await Call(key, "answer/200", token: server.Tokens.ForSystem("abc123", Acme.NewInstallationId()))).IsForbidden();
        (await Call(key, "answer/200", token: server.Tokens.ForSystem("abc123", installation).ExpiredAt(DateTimeOffset.UnixEpoch.AddDays(1)))).IsForbidden();
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("   ")]
    public async Task Without_a_key_each_call_is_decided_anew_and_nothing_is_kept(string? key)
    {
        await Call(key, "answer/200");
        await Call(key, "answer/200");

        Assert.Equal(2, server.Decided(installation));
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
        Assert.Equal([key, key + "."], await server.Keys(installation));
    }

    [Fact]
    public async Task Capital_and_small_letters_make_two_keys()
    {
        await Call("KEY", "answer/200");
        await Call("key", "answer/200");

        Assert.Equal(2, server.Decided(installation));
    }

    [Fact]
    public async Task A_key_in_the_letters_of_any_language_is_one()
    {
        Assert.StartsWith("HTTP/1.1 200", await Raw("Idempotency-Key: ключ-🔑"), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 200", await Raw("Idempotency-Key: ключ-🔑"), StringComparison.Ordinal);

        Assert.Equal(1, server.Decided(installation));
        Assert.Equal(["ключ-🔑"], await server.Keys(installation));
    }

    [Fact]
    public async Task A_header_that_is_there_twice_is_one_key_or_a_riddle()
    {
        Assert.StartsWith("HTTP/1.1 200", await Raw("Idempotency-Key: one", "idempotency-key: one"), StringComparison.Ordinal);
        Assert.Equal(["one"], await server.Keys(installation));

        var riddle = await Raw("Idempotency-Key: one", "Idempotency-Key: other");

        Assert.StartsWith("HTTP/1.1 400", riddle, StringComparison.Ordinal);
        Assert.Contains("validation_error", riddle, StringComparison.Ordinal);
        Assert.Equal(1, server.Decided(installation));
    }

    [Fact]
    public async Task Duplicates_at_the_same_moment_all_get_the_answer_of_the_first_that_was_committed()
    {
        var key = Acme.NewKey();

        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => Call(key, "answer/200")));

        Assert.Equal(answers[0].Text, Assert.Single(answers.Select(answer => answer.Text).Distinct()));
        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer.Status));
        Assert.Equal(1, await server.Events(installation));
    }

    [Fact]
    public async Task A_duplicate_waits_for_the_first_and_does_the_work_when_that_one_fails()
    {
        var key = Acme.NewKey();
        using var impatient = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var underWay = server.HoldNext(installation);
        var first = Call(key, "slow", cancel: impatient.Token);
        await underWay.Entered.Task.WaitAsync(TimeSpan.FromSeconds(20), Cancel);
        var second = Call(key, "slow");
        await Task.Delay(200, Cancel);
        Assert.False(second.IsCompleted);

        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);

        (await second).Is(HttpStatusCode.OK);
        Assert.Equal(1, await server.Events(installation));
        Assert.Equal(1, await Kept());
    }

    [Fact]
    public async Task A_duplicate_that_comes_in_the_middle_of_the_first_waits_and_gets_its_answer()
    {
        var key = Acme.NewKey();
        var underWay = server.HoldNext(installation);
        var first = Call(key, "slow");
        await underWay.Entered.Task.WaitAsync(TimeSpan.FromSeconds(20), Cancel);
        var second = Call(key, "slow");
        await Task.Delay(200, Cancel);
        Assert.False(second.IsCompleted);

        underWay.Go.SetResult();

        Assert.Equal((await first).Text, (await second).Text);
        Assert.Equal(1, await server.Events(installation));
    }

    [Fact]
    public async Task Another_server_on_the_same_database_repeats_the_answer()
    {
        var key = Acme.NewKey();
        var first = await Call(key, "answer/200");
        await using var another = await server.Serve();

        var second = await Call(key, "answer/200", by: another);

        Assert.Equal(first.Text, second.Text);
        Assert.Equal(1, server.Decided(installation));
    }

    private Task<long> Kept() => server.Count("idempotency_record", installation);

    private Task<Answer> Call(
        string? key, string path, string body = "body", HttpMethod? method = null, TokenDraft? token = null,
        TestServer? by = null, CancellationToken? cancel = null) =>
        server.Call(installation, key, path, body, method, token, by, cancel);

    /// <summary>Header lines as they are, which a well-behaved client would tidy up.</summary>
    private async Task<string> Raw(params string[] headers)
    {
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", server.Server.Http.BaseAddress!.Port, Cancel);
        var stream = client.GetStream();
        string[] lines =
        [
            $"POST /probe/{installation}/answer/200 HTTP/1.1", "Host: localhost", "Connection: close", "Content-Length: 0",
            $"Authorization: Bearer {server.Tokens.Sign(server.Tokens.ForUser(CountingServer.Admin, installation))}", .. headers, "", "",
        ];
        await stream.WriteAsync(Encoding.UTF8.GetBytes(string.Join("\r\n", lines)), Cancel);
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync(Cancel);
    }
}
