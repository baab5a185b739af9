using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Marketplace.Core.Installations;
using Marketplace.Shell.Audit;
using Marketplace.Shell.Http;
using Marketplace.Shell.Idempotency;
using Marketplace.Shell.Persistence;
using Marketplace.Shell.ProviderKeys;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Marketplace.Integration.Idempotency;

/// <summary><c>Idempotency-Key</c> on the writes of the Provider API, shown by endpoints that answer as they are asked to.</summary>
public sealed class ProviderCallTests : IAsyncLifetime
{
    private readonly string installation = Acme.NewInstallationId();
    private TestServer server = null!;
    private string key = null!;
    private int decided;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        server = await TestServer.Start(
            new TestServerOptions
            {
                Routes = app => app.MapPost(
                    "/provider/v1/probe/{installationId}/{status}", ProviderEndpoint.Needing(ProviderScopes.ResourcesWrite, Give)),
            },
            Cancel);
        key = await NewKey();
    }

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Fact]
    public async Task A_repetition_is_answered_as_the_first_time_byte_for_byte_and_done_once()
    {
        var first = await Call("k-1");
        var again = await Call("k-1");

        Assert.Equal((HttpStatusCode.OK, "application/json"), (first.Status, first.MediaType));
        Assert.Equal((first.Status, first.MediaType, first.Text), (again.Status, again.MediaType, again.Text));
        Assert.Equal((1, 1L), (decided, await Events()));
    }

    [Fact]
    public async Task A_refusal_is_repeated_too_as_a_problem_and_what_went_wrong_is_tried_again()
    {
        var first = await Call("k-1", status: 409);
        var again = await Call("k-1", status: 409);
        first.IsProblem(HttpStatusCode.Conflict, "conflict");
        Assert.Equal((first.MediaType, first.Text), (again.MediaType, again.Text));
        Assert.Equal(1, decided);

        var failed = await Call("k-2", status: 503);
        Assert.NotEqual(failed.Text, (await Call("k-2", status: 503)).Text);
        Assert.Equal(3, decided);
    }

    [Fact]
    public async Task A_key_stands_for_one_request()
    {
        await Call("k-1", body: """{"a": 1}""");

        (await Call("k-1", body: """{"a": 2}""")).IsProblem(HttpStatusCode.UnprocessableEntity, "idempotency-key-reused");
        (await Call("k-1", status: 202, body: """{"a": 1}""")).IsProblem(HttpStatusCode.UnprocessableEntity, "idempotency-key-reused");
        Assert.Equal((1, 1L), (decided, await Events()));
    }

    [Fact]
    public async Task Each_API_key_and_each_installation_has_keys_of_its_own()
    {
        var answers = new[]
        {
            await Call("k-1"), await Call("k-1", apiKey: await NewKey()), await Call("k-1", at: Acme.NewInstallationId()), await Call(null), await Call(null),
        };

        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer.Status));
        Assert.Equal((5, 5), (decided, answers.DistinctBy(answer => answer.Text).Count()));
    }

    [Fact]
    public async Task Quotes_around_a_key_are_not_part_of_it()
    {
        var bare = await Call("8e03978e-40d5");

        Assert.Equal(bare.Text, (await Call("\"8e03978e-40d5\"")).Text);
    }

    [Fact]
    public async Task A_repetition_that_comes_meanwhile_is_told_so_and_gets_the_answer_afterwards()
    {
        await using var connection = await Database.OpenConnectionAsync(Cancel);
        await Lock(connection, "pg_advisory_lock");
        var first = Call("k-1");
        await RealTime.Until(async () => await Waiting() > 0, "the first call is being answered");

        var meanwhile = await Call("k-1");
        meanwhile.IsProblem(HttpStatusCode.Conflict, "request-under-way");
        Assert.NotNull(meanwhile.RetryAfter);

        await Lock(connection, "pg_advisory_unlock");
        Assert.Equal((await first).Text, (await Call("k-1")).Text);
        Assert.Equal(1L, await Events());
    }

    [Fact]
    public async Task What_is_not_committed_keeps_no_key()
    {
        (await Call("k-1", status: 999)).IsProblem(HttpStatusCode.InternalServerError, "internal-error");

        Assert.Equal((0L, 0L), (await Events(), await Count("idempotency_record")));
        Assert.Equal(HttpStatusCode.OK, (await Call("k-1")).Status);
    }

    [Fact]
    public async Task A_key_that_is_too_long_is_refused()
    {
        (await Call(new string('k', 256))).IsProblem(HttpStatusCode.BadRequest, "validation-error");
        Assert.Equal(0, decided);
    }

    private Task<IResult> Give(
        string installationId, int status, ProviderCaller caller, HttpRequest request, RawBody body, ProviderDecisions decisions, CancellationToken cancel)
    {
        var id = new InstallationId(installationId);
        return decisions.Decide(id, ProviderCall.Of(caller, request, body), Look, cancel);

        Func<Writes, PartnerAnswer> Look(Loads loads)
        {
            loads.One("", "select pg_advisory_xact_lock(hashtextextended($1, 0))", _ => "", id.Value);
            return writes =>
            {
                var number = Interlocked.Increment(ref decided);
                EventRows.Append(writes, id, null, DateTimeOffset.UnixEpoch, "probe", Actor.Of(caller, "probe"), new { });
                return status switch
                {
                    999 => throw new InvalidOperationException("It went wrong."),
                    503 => PartnerAnswer.Json(503, new { number }),
                    409 => PartnerAnswer.Of(ProviderProblems.Conflict($"{number} {Guid.NewGuid()}")),
                    _ => PartnerAnswer.Json(status, new { number, random = Guid.NewGuid() }),
                };
            };
        }
    }

    private async Task<Answer> Call(string? idempotencyKey, int status = 200, string body = "{}", string? apiKey = null, string? at = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/provider/v1/probe/{at ?? installation}/{status}");
        request.Headers.Authorization = new("Bearer", apiKey ?? key);
        if (idempotencyKey is not null)
            Assert.True(request.Headers.TryAddWithoutValidation("Idempotency-Key", idempotencyKey));
        request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await server.Http.SendAsync(request, Cancel);
        return await Answer.Of(response, Cancel);
    }

    private async Task<string> NewKey()
    {
        var made = ProviderKey.New();
        await ProviderKeyRows.Insert(Database, $"key_{Guid.NewGuid():N}", "Backend", made, ProviderScopes.ResourcesWrite, Cancel);
        return made.Text;
    }

    private NpgsqlDataSource Database => server.Services.GetRequiredService<NpgsqlDataSource>();

    private Task<long> Events() => Count("domain_event");

    private async Task<long> Count(string table)
    {
        await using var command = Database.CreateCommand($"select count(*) from {table} where installation_id = $1");
        command.Parameters.AddWithValue(installation);
        return (long)(await command.ExecuteScalarAsync(Cancel))!;
    }

    private async Task<long> Waiting()
    {
        await using var command = Database.CreateCommand("select count(*) from pg_locks l join pg_database d on d.oid = l.database where d.datname = current_database() and not l.granted");
        return (long)(await command.ExecuteScalarAsync(Cancel))!;
    }

    private async Task Lock(NpgsqlConnection connection, string function)
    {
        await using var command = new NpgsqlCommand($"select {function}(hashtextextended($1, 0))", connection);
        command.Parameters.AddWithValue(installation);
        await command.ExecuteNonQueryAsync(Cancel);
    }
}
