using System.Collections.Concurrent;
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

/// <summary>A server with endpoints that answer as they are asked to, and write down each time that they do.</summary>
public sealed class CountingServer : IAsyncLifetime
{
    public static readonly Person Admin = new("abc123", "def456", "user_1", PersonRole.Admin, null, null);

    private readonly ConcurrentDictionary<string, int> decided = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, UnderWay> held = new(StringComparer.Ordinal);
    private TestDatabase database = null!;
    private SimulatorServer vercel = null!;

    public TestServer Server { get; private set; } = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

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

/// <summary>A decision that has begun and waits to be let go.</summary>
internal sealed record UnderWay
{
    public TaskCompletionSource Entered { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TaskCompletionSource Go { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}
