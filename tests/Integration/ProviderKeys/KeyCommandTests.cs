using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Marketplace.Shell.ProviderKeys;

namespace Marketplace.Integration.ProviderKeys;

/// <summary>Keys as an operator makes and revokes them.</summary>
public sealed class KeyCommandTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_key_is_shown_once_when_it_is_made_and_ends_when_it_is_revoked()
    {
        await using var server = await TestServer.Start(new TestServerOptions(), Cancel);

        var made = await Run(server, "keys", "create", "--name", "Our backend", "--scope", "usage:write", "--scope", "billing:read");
        var key = made.Output.Trim();
        Assert.Matches("^mpk_[A-Za-z0-9_-]{43}$", key);
        Assert.Equal(HttpStatusCode.OK, await Ask(server, key));

        var listed = await Run(server, "keys", "list");
        Assert.Contains("Our backend", listed.Output, StringComparison.Ordinal);
        Assert.Contains("usage:write,billing:read", listed.Output, StringComparison.Ordinal);
        Assert.Contains(key[..10], listed.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(key, listed.Output, StringComparison.Ordinal);

        Assert.Equal(0, (await Run(server, "keys", "revoke", key[..10])).Code);
        Assert.Contains("revoked", (await Run(server, "keys", "list")).Output, StringComparison.Ordinal);
        await RealTime.Until(async () => await Ask(server, key) == HttpStatusCode.Unauthorized, "the key is refused");
    }

    [Fact]
    public async Task A_key_with_every_scope_needs_no_list_of_them()
    {
        await using var server = await TestServer.Start(new TestServerOptions(), Cancel);

        var key = (await Run(server, "keys", "create", "--name", "Everything", "--all")).Output.Trim();

        using var request = new HttpRequestMessage(HttpMethod.Get, "/provider/v1/key") { Headers = { Authorization = new("Bearer", key) } };
        using var answer = await server.Http.SendAsync(request, Cancel);
        var scopes = JsonNode.Parse(await answer.Content.ReadAsStringAsync(Cancel))!["scopes"]!.AsArray().Select(scope => (string)scope!);
        Assert.Equal(ScopeNames.All, scopes);
        Assert.Contains("  all  Everything", (await Run(server, "keys", "list")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_may_end_by_itself_and_the_list_says_when_each_was_used_last()
    {
        await using var server = await TestServer.Start(new TestServerOptions(), Cancel);

        var key = (await Run(server, "keys", "create", "--name", "For a while", "--all", "--expires", "2999-12-31")).Output.Trim();
        Assert.Contains("never used  good until 2999-12-31  all  For a while", (await Run(server, "keys", "list")).Output, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, await Ask(server, key));
        Assert.Matches("  used 20[0-9-]{8}  good until 2999-12-31  ", (await Run(server, "keys", "list")).Output);

        await using (var ends = server.Database.DataSource.CreateCommand("update provider_key set expires_at = clock_timestamp()"))
            await ends.ExecuteNonQueryAsync(Cancel);
        await RealTime.Until(async () => await Ask(server, key) == HttpStatusCode.Unauthorized, "the key is refused");
        Assert.Contains("  ended 20", (await Run(server, "keys", "list")).Output, StringComparison.Ordinal);

        var over = await Run(server, "keys", "create", "--name", "Too late", "--all", "--expires", "2001-01-01");
        Assert.Equal((2, ""), (over.Code, over.Output.Trim()));
        Assert.NotEqual(0, (await Run(server, "keys", "create", "--name", "x", "--all", "--expires", "tomorrow")).Code);
    }

    [Fact]
    public async Task What_is_not_a_scope_or_not_a_key_is_said()
    {
        await using var server = await TestServer.Start(new TestServerOptions(), Cancel);

        var wrong = await Run(server, "keys", "create", "--name", "x", "--scope", "everything");
        Assert.NotEqual(0, wrong.Code);
        Assert.Contains("usage:write", wrong.Output + wrong.Errors, StringComparison.Ordinal);

        var nothing = await Run(server, "keys", "create", "--name", "x");
        Assert.NotEqual(0, nothing.Code);
        Assert.Contains("--all", nothing.Errors, StringComparison.Ordinal);

        var missing = await Run(server, "keys", "revoke", "key_of_nobody");
        Assert.Equal(2, missing.Code);
        Assert.Contains("key_of_nobody", missing.Errors, StringComparison.Ordinal);
    }

    private static async Task<(int Code, string Output, string Errors)> Run(TestServer server, params string[] words)
    {
        await using var process = ServerProcess.Start(
            words, new Dictionary<string, string>(StringComparer.Ordinal) { ["ConnectionStrings__Marketplace"] = server.Database.ConnectionString });
        var code = await process.Ended(Cancel);
        return (code, process.Output, process.Errors);
    }

    private static async Task<HttpStatusCode> Ask(TestServer server, string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/provider/v1/key");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        using var answer = await server.Http.SendAsync(request, Cancel);
        return answer.StatusCode;
    }
}
