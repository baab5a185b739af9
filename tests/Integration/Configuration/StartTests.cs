using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Marketplace.Integration.Postgres;
using Npgsql;

namespace Marketplace.Integration.Configuration;

/// <summary>How the real process starts and stops, and what it says when it cannot.</summary>
public sealed class StartTests : IAsyncLifetime
{
    private TestDatabase _database = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _database = await TestDatabase.Create(Cancel);

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task Without_any_configuration_every_missing_key_is_named_at_once()
    {
        await using var server = ServerProcess.Start([], new Dictionary<string, string>(StringComparer.Ordinal));

        Assert.Equal(1, await server.Ended(Cancel));
        foreach (var key in new[]
        {
            "ConnectionStrings__Marketplace is missing", "Vercel__IntegrationId is missing", "Vercel__ClientSecret is missing",
            "Vercel__Slug is missing", "DataProtection__Key is missing",
        })
        {
            Assert.Contains(key, server.Errors, StringComparison.Ordinal);
        }

        Assert.DoesNotContain("   at ", server.Errors, StringComparison.Ordinal);
        Assert.Empty(server.Output.Trim());
    }

    [Fact]
    public async Task Run_from_its_sources_it_finds_the_catalogue_at_the_root()
    {
        await using var server = ServerProcess.Run(["drift"], Settings());

        Assert.Equal(1, await server.Ended(Cancel));
        Assert.DoesNotContain("Catalog__Path", server.Errors, StringComparison.Ordinal);
        Assert.Contains("Migration 001_data_protection is pending", server.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_value_is_named_by_the_process_and_no_secret_is_shown()
    {
        var settings = Settings();
        settings["DataProtection__Key"] = "hush-hush";

        await using var server = ServerProcess.Start([], settings);

        Assert.Equal(1, await server.Ended(Cancel));
        Assert.Contains("DataProtection__Key is not the base64 of 32 bytes. It wants ", server.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("hush-hush", server.Errors + server.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", server.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("serve")]
    [InlineData("--role", "everything")]
    [InlineData("--Vercel:Slug")]
    public async Task A_slip_on_the_command_line_is_said_and_nothing_starts(params string[] arguments)
    {
        await using var server = ServerProcess.Start(arguments, Settings());

        Assert.Equal(1, await server.Ended(Cancel));
        Assert.Contains(arguments[^1], server.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", server.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Help_names_the_roles_and_the_commands()
    {
        await using var server = ServerProcess.Start(["--help"], new Dictionary<string, string>(StringComparer.Ordinal));

        Assert.Equal(0, await server.Ended(Cancel));
        foreach (var word in new[] { "--role", "all|api|worker", "migrate", "drift", "--urls" })
        {
            Assert.Contains(word, server.Output, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_database_that_is_down_at_the_start_is_named_without_its_password()
    {
        var settings = Settings();
        var port = FreePort();
        settings["ConnectionStrings__Marketplace"] = $"Host=127.0.0.1;Port={port};Database=gone;Username=u;Password=hush-hush";

        await using var server = ServerProcess.Start(["--role", "api"], settings);

        Assert.Equal(1, await server.Ended(Cancel));
        Assert.Contains($"127.0.0.1:{port}", server.Errors, StringComparison.Ordinal);
        Assert.Contains("ConnectionStrings__Marketplace", server.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("hush-hush", server.Errors + server.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", server.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_that_does_not_exist_is_said_at_once()
    {
        var settings = Settings();
        settings["ConnectionStrings__Marketplace"] =
            new NpgsqlConnectionStringBuilder(_database.ConnectionString) { Database = "no_such_database" }.ConnectionString;
        var started = Stopwatch.StartNew();

        await using var server = ServerProcess.Start(["migrate"], settings);

        Assert.Equal(1, await server.Ended(Cancel));
        Assert.Contains("no_such_database", server.Errors, StringComparison.Ordinal);
        Assert.InRange(started.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(7));
    }

    [Fact]
    public async Task An_address_that_is_taken_is_said_without_a_stack_trace()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;

        await using var server = ServerProcess.Start(["--role", "api", "--urls", $"http://127.0.0.1:{port}"], Settings());

        Assert.Equal(1, await server.Ended(Cancel));
        Assert.Contains("--urls", server.Errors, StringComparison.Ordinal);
        Assert.Contains($"{port}", server.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", server.Errors + server.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Migrate_needs_only_the_database_and_says_what_it_did()
    {
        var onlyDatabase = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["ConnectionStrings__Marketplace"] = _database.ConnectionString,
        };

        await using var first = ServerProcess.Start(["migrate"], onlyDatabase);
        Assert.Equal(0, await first.Ended(Cancel));
        Assert.Contains("migrations applied", first.Output, StringComparison.Ordinal);

        await using var second = ServerProcess.Start(["migrate"], onlyDatabase);
        Assert.Equal(0, await second.Ended(Cancel));
        Assert.Contains("The database is up to date.", second.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_drift_report_changes_nothing_and_says_what_it_lacks()
    {
        await using var server = ServerProcess.Start(["drift"], Settings());

        Assert.Equal(1, await server.Ended(Cancel));
        Assert.Contains("Migration 001_data_protection is pending", server.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("api")]
    [InlineData("worker")]
    [InlineData("all")]
    public async Task Every_role_answers_for_its_health_logs_in_JSON_and_stops_in_peace_when_told_to(string role)
    {
        await using var server = ServerProcess.Start(["--role", role, "--urls", "http://127.0.0.1:0"], Settings());
        using var http = new HttpClient { BaseAddress = await server.Listening(Cancel) };
        Assert.Equal(
            role == "api"
                ? """{"status":"degraded","database":"reachable","migrations":"applied","jobs":"nowhere","workers":0}"""
                : """{"status":"ready","database":"reachable","migrations":"applied","jobs":"running","workers":1}""",
            await http.GetStringAsync("/health/ready", Cancel));
        var told = Stopwatch.StartNew();

        server.Terminate();

        Assert.Equal(0, await server.Ended(Cancel));
        Assert.InRange(told.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(30));
        Assert.All(
            server.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries),
            line => Assert.StartsWith("{\"Timestamp\"", line, StringComparison.Ordinal));
        Assert.DoesNotContain("client-secret", server.Output, StringComparison.Ordinal);
        Assert.Empty(server.Errors.Trim());
    }

    [Fact]
    public async Task In_development_a_key_file_is_made_beside_the_data_and_found_again()
    {
        var folder = Directory.CreateTempSubdirectory("marketplace-start-");
        try
        {
            var settings = Settings();
            settings.Remove("DataProtection__Key");
            settings["DOTNET_ENVIRONMENT"] = "Development";
            settings["Catalog__Path"] = Repository.File("catalog.json");
            string[] arguments = ["--role", "api", "--urls", "http://127.0.0.1:0", "--contentRoot", folder.FullName];
            for (var start = 0; start < 2; start++)
            {
                await using var server = ServerProcess.Start(arguments, settings);
                await server.Listening(Cancel);
            }

            var key = new FileInfo(Path.Combine(folder.FullName, ".data", "data-protection.key"));
            Assert.True(key.Exists);
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, key.UnixFileMode);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>A whole configuration, as a production environment would hold it.</summary>
    private Dictionary<string, string> Settings() => new(StringComparer.Ordinal)
    {
        ["ConnectionStrings__Marketplace"] = _database.ConnectionString,
        ["Vercel__ApiBaseUrl"] = "http://127.0.0.1:9",
        ["Vercel__Issuer"] = "http://127.0.0.1:9",
        ["Vercel__IntegrationId"] = "oac_start",
        ["Vercel__ClientSecret"] = "client-secret-of-the-start",
        ["Vercel__Slug"] = "start",
        ["DataProtection__Key"] = "dGhpcyBpcyB0aGUga2V5IG9mIHRoZSB0ZXN0cyEgISE=",
    };

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
