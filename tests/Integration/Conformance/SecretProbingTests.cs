using System.Collections.Immutable;
using Marketplace.Integration.Postgres;
using Marketplace.Simulator.Conformance;
using Marketplace.Simulator.IntegrationConsole;
using Marketplace.Simulator.Secrets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Marketplace.Integration.Conformance;

/// <summary>
/// Whether a secret opens what it belongs to, as the settings say how to see it. Whoever names a probe that cannot work is told so, without
/// the secrets that it was filled with.
/// </summary>
public sealed class SecretProbingTests
{
    private const string Value = "not an address, and nobody's business";

    private static readonly ImmutableList<Secret> Secrets = [new("KEY", Value)];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<string> Unusable => ["program", "address", "connection"];

    [Theory]
    [MemberData(nameof(Unusable))]
    public async Task A_probe_that_cannot_be_used_ends_the_run_with_a_sentence(string kind)
    {
        SecretProbe probe = kind switch
        {
            "program" => new SecretProbe.Command(["./nowhere/opens.sh"]),
            "address" => new SecretProbe.Http("{{KEY}}", "GET", ImmutableSortedDictionary<string, string>.Empty, Body: null, []),
            _ => new SecretProbe.Postgres("{{KEY}}"),
        };

        var told = await Assert.ThrowsAsync<InvalidDataException>(() => SecretProbing.Opens(probe, Secrets, TestContext.Current.CancellationToken));

        Assert.StartsWith("The secretProbe of the settings cannot be used: ", told.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Value, told.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("exit 0", true)]
    [InlineData("exit 1", false)]
    [InlineData("test \"$KEY\" = \"not an address, and nobody's business\"", true)]
    public async Task A_program_finds_the_secrets_in_its_environment_and_says_by_its_end_whether_they_are_good(string script, bool isGood) =>
        Assert.Equal(isGood, await SecretProbing.Opens(new SecretProbe.Command(["sh", "-c", script]), Secrets, TestContext.Current.CancellationToken));

    [Fact]
    public async Task A_request_tells_by_its_status_with_secrets_as_address_as_part_of_one_in_headers_and_in_the_body()
    {
        await using var door = await Door();
        var address = door.Urls.First();
        var probe = new SecretProbe.Http(
            "{{URL}}/door?key={{KEY}}", "POST",
            ImmutableSortedDictionary<string, string>.Empty.Add("Authorization", "Bearer {{KEY}}"), "{{KEY}}", []);

        Assert.True(await Opens(probe, ("URL", address), ("KEY", "a&b=c/d")));
        Assert.False(await Opens(probe, ("URL", address), ("KEY", "another")));
        Assert.True(await Opens(probe with { Opens = [401] }, ("URL", address), ("KEY", "another")));
        Assert.False(await Opens(probe with { Opens = [401] }, ("URL", address), ("KEY", "a&b=c/d")));
    }

    [Fact]
    public async Task Whoever_cannot_be_reached_lets_nobody_in()
    {
        Assert.False(await Opens(new SecretProbe.Http("http://127.0.0.1:9/", "GET", ImmutableSortedDictionary<string, string>.Empty, Body: null, [])));
        Assert.False(await Opens(new SecretProbe.Postgres("postgresql://somebody:{{KEY}}@127.0.0.1:9/nothing"), ("KEY", "guessed")));
    }

    [Fact]
    public async Task A_database_lets_in_whoever_has_its_password_by_address_and_by_connection_string()
    {
        await using var database = await TestDatabase.Create(Cancel);
        var login = new NpgsqlConnectionStringBuilder(database.ConnectionString);
        var url = $"postgresql://{Uri.EscapeDataString(login.Username!)}:{{{{WORD}}}}@{login.Host}:{login.Port}/{login.Database}";
        Assert.True(await Opens(new SecretProbe.Postgres(url), ("WORD", Uri.EscapeDataString(login.Password!))));
        Assert.True(await Opens(new SecretProbe.Postgres("{{ALL}}"), ("ALL", database.ConnectionString)));

        // Nobody gets into what is not there, with the best of passwords.
        var elsewhere = new NpgsqlConnectionStringBuilder(database.ConnectionString) { Database = "nowhere" };
        Assert.False(await Opens(new SecretProbe.Postgres("{{ALL}}"), ("ALL", elsewhere.ConnectionString)));
    }

    [Fact]
    public void A_secret_that_the_resource_does_not_have_is_named()
    {
        var secrets = Held(("KEY", "good"));
        Assert.Null(SecretProbing.Lacks(new SecretProbe.Postgres("Password={{KEY}}"), secrets));
        Assert.Equal("WORD", SecretProbing.Lacks(new SecretProbe.Postgres("Username={{KEY}};Password={{WORD}}"), secrets));
        Assert.Equal("WORD", SecretProbing.Lacks(
            new SecretProbe.Http("http://door/", "GET", ImmutableSortedDictionary<string, string>.Empty.Add("X-Word", "{{WORD}}"), Body: null, []), secrets));
    }

    private static Task<bool> Opens(SecretProbe probe, params (string Name, string Value)[] secrets) =>
        SecretProbing.Opens(probe, Held(secrets), Cancel);

    private static ImmutableList<Secret> Held(params (string Name, string Value)[] secrets) =>
        [.. secrets.Select(secret => new Secret(secret.Name, secret.Value))];

    /// <summary>Opens to whoever brings the one key three times.</summary>
    private static async Task<WebApplication> Door()
    {
        const string key = "a&b=c/d";
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var door = builder.Build();
        door.MapPost("/door", async (HttpRequest request) =>
        {
            using var reader = new StreamReader(request.Body);
            var isGood = request.Query["key"] == key && request.Headers.Authorization == $"Bearer {key}" && await reader.ReadToEndAsync(Cancel) == key;
            return TypedResults.StatusCode(isGood ? 204 : 401);
        });
        await door.StartAsync(Cancel);
        return door;
    }
}
