using Marketplace.Integration.Postgres;
using Npgsql;

namespace Marketplace.Integration.Configuration;

/// <summary>Settings that are files, as Docker and Kubernetes mount secrets.</summary>
public sealed class SecretFileTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("secrets-").FullName;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task A_file_is_the_setting_of_its_name_and_wins_over_a_variable_but_not_over_the_command_line()
    {
        await using var database = await TestDatabase.Create(Cancel);
        var known = new NpgsqlConnectionStringBuilder(database.ConnectionString);
        // As editors leave it, with the end of a line.
        await Write("ConnectionStrings__MarketplacePassword", $"{known.Password}\n");
        var settings = Settings($"Host={known.Host};Port={known.Port};Database={known.Database};Username={known.Username}");

        Assert.Equal((0, ""), await Run(settings, "migrate"));
        settings["ConnectionStrings__MarketplacePassword"] = "hush-hush";
        Assert.Equal((0, ""), await Run(settings, "migrate"));

        var (code, errors) = await Run(settings, "migrate", "--ConnectionStrings:MarketplacePassword", "hush-hush");
        Assert.Equal(1, code);
        Assert.Contains("SQLSTATE 28P01", errors, StringComparison.Ordinal);
        Assert.DoesNotContain("hush-hush", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_password_in_the_connection_string_is_the_one_that_is_meant()
    {
        await using var database = await TestDatabase.Create(Cancel);
        await Write("ConnectionStrings__MarketplacePassword", "hush-hush");

        Assert.Equal((0, ""), await Run(Settings(database.ConnectionString), "migrate"));
    }

    [Fact]
    public async Task A_folder_that_is_not_there_holds_nothing_and_a_file_that_may_not_be_read_is_named()
    {
        var settings = Settings("Host=127.0.0.1;Port=9;Database=none");
        settings["Secrets__Directory"] = Path.Combine(folder, "none");
        Assert.Contains("cannot be used", (await Run(settings, "migrate")).Errors, StringComparison.Ordinal);

        // A link that leads nowhere cannot be read by anybody, not even by root.
        File.CreateSymbolicLink(Path.Combine(folder, "Vercel__ClientSecret"), Path.Combine(folder, "gone"));
        settings["Secrets__Directory"] = folder;
        var (code, errors) = await Run(settings, "migrate");
        Assert.Equal(1, code);
        Assert.Contains($"{folder}/Vercel__ClientSecret, in the folder that Secrets__Directory names, cannot be read", errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", errors, StringComparison.Ordinal);
    }

    private Dictionary<string, string> Settings(string connectionString) => new(StringComparer.Ordinal)
    {
        ["ConnectionStrings__Marketplace"] = connectionString, ["Secrets__Directory"] = folder,
    };

    private Task Write(string key, string text) => File.WriteAllTextAsync(Path.Combine(folder, key), text, Cancel);

    private static async Task<(int Code, string Errors)> Run(Dictionary<string, string> settings, params string[] words)
    {
        await using var command = ServerProcess.Start(words, settings);
        return (await command.Ended(Cancel), command.Errors.Trim());
    }
}
