using System.Net;
using Marketplace.Shell.ProviderKeys;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Marketplace.Integration.ProviderKeys;

/// <summary>Who may call the Provider API, and what is told to those who may not.</summary>
[Collection(SharedAcme.Name)]
public sealed class ProviderKeyTests(Acme acme)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_key_says_what_it_may_do()
    {
        var key = await acme.NewProviderKey("billing:read", "usage:write");

        var said = (await Ask(key)).Is(HttpStatusCode.OK);

        Assert.Equal("Backend", said["name"]!.GetValue<string>());
        Assert.Equal(["usage:write", "billing:read"], said["scopes"]!.AsArray().Select(scope => scope!.GetValue<string>()));
    }

    [Fact]
    public async Task Nobody_gets_in_without_a_key_or_with_one_that_is_not_known()
    {
        (await Ask(null)).IsProblem(HttpStatusCode.Unauthorized, "unauthorized");
        (await Ask(ProviderKey.New().Text)).IsProblem(HttpStatusCode.Unauthorized, "unauthorized");
        (await Ask("mpk_short")).IsProblem(HttpStatusCode.Unauthorized, "unauthorized");
        (await Ask(acme.Vercel.Tokens.Sign(acme.System("icfg_any")))).IsProblem(HttpStatusCode.Unauthorized, "unauthorized");
    }

    [Fact]
    public async Task A_key_without_the_scope_is_told_which_one_it_lacks()
    {
        var key = await acme.NewProviderKey("billing:read");

        var problem = (await acme.Provide(HttpMethod.Post, "/usage/events", key, "{}")).IsProblem(HttpStatusCode.Forbidden, "insufficient-scope");

        Assert.Contains("usage:write", problem["detail"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_opens_no_route_of_Vercels()
    {
        var installation = await acme.Install();
        using var request = new HttpRequestMessage(HttpMethod.Get, Paths.Installation(installation));
        request.Headers.Authorization = new("Bearer", await acme.NewProviderKey("billing:read"));
        (await acme.Send(request)).IsForbidden();
    }

    [Fact]
    public async Task A_key_that_was_used_and_is_revoked_opens_nothing_any_more_within_seconds()
    {
        var key = await acme.NewProviderKey("usage:write");
        (await Ask(key)).Is(HttpStatusCode.OK);

        Assert.True(await ProviderKeyRows.Revoke(Database, new ProviderKey(key).Prefix, Cancel));

        await RealTime.Until(async () => (await Ask(key)).Status == HttpStatusCode.Unauthorized, "the key is refused");
    }

    [Fact]
    public async Task A_key_that_is_known_costs_no_look_into_the_store()
    {
        await using var server = await Acme.Open(new AcmeOptions { HasCuttableLine = true });
        var key = await server.NewProviderKey("usage:write");
        (await server.Provide(HttpMethod.Get, "/key", key)).Is(HttpStatusCode.OK);
        var before = server.Line.RoundTrips;

        for (var asked = 0; asked < 20; asked++)
            await server.Provide(HttpMethod.Get, "/key", key);

        // A new look is due every two seconds, and there is little more that this takes.
        Assert.InRange(server.Line.RoundTrips - before, 0, 2);
    }

    [Fact]
    public async Task No_key_is_in_the_store_or_in_a_log()
    {
        var key = await acme.NewProviderKey("usage:write");
        await Ask(key);
        await acme.Provide(HttpMethod.Get, "/nowhere", key);
        await acme.Provide(HttpMethod.Post, "/usage/events", key, "{");

        Assert.Equal(0L, await acme.Ask<long>("select count(*) from provider_key k where k::text like '%' || $1 || '%'", key));
        Assert.DoesNotContain(acme.Server.Log.Lines, line => line.Contains(key, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_path_that_is_not_there_is_a_problem_too()
    {
        var key = await acme.NewProviderKey("usage:write");
        (await acme.Provide(HttpMethod.Get, "/nowhere", key)).IsProblem(HttpStatusCode.NotFound, "not-found");
        (await acme.Provide(HttpMethod.Delete, "/key", key)).IsProblem(HttpStatusCode.MethodNotAllowed, "method-not-allowed");
    }

    private Task<Answer> Ask(string? key) => acme.Provide(HttpMethod.Get, "/key", key);

    private NpgsqlDataSource Database => acme.Server.Services.GetRequiredService<NpgsqlDataSource>();
}
