using System.Diagnostics;
using System.Text.RegularExpressions;
using Marketplace.Shell.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Marketplace.Integration.Restore;

/// <summary>A backup that nobody has restored is a hope: the script that does it, on what a running server has written.</summary>
[Collection(SharedAcme.Name)]
public sealed class RehearsalTests(Acme acme)
{
    private const string Key = "dGhpcyBpcyB0aGUga2V5IG9mIHRoZSB0ZXN0cyEgISE=";

    private string Marketplace => acme.Server.Services.GetRequiredService<DatabaseSettings>().Marketplace;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>The connection string in other words, and what is secret by file, as servers may have it.</summary>
    [Fact]
    public async Task A_backup_is_taken_while_others_write_restored_compared_and_opened_with_the_key_that_is_kept_apart()
    {
        await acme.Install();
        var sealedSoFar = await acme.Ask<long>("select count(*) from installation where access_token is not null");
        var has = new NpgsqlConnectionStringBuilder(Marketplace);
        using var secrets = new Folder();
        await secrets.Write("ConnectionStrings__MarketplacePassword", has.Password!);
        await secrets.Write("DataProtection__Key", Key);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var writing = Write(over.Token);

        var (code, says) = await Rehearse([], new(StringComparer.Ordinal)
        {
            ["ConnectionStrings__Marketplace"] = $"Server={has.Host};Port={has.Port};User Id={has.Username};Database={has.Database};SSL Mode=Disable",
            ["Secrets__Directory"] = secrets.Path,
        });
        await over.CancelAsync();

        Assert.True(await writing > 10, "Nobody wrote meanwhile.");
        Assert.True(code == 0, says);
        Assert.Matches(@"Compared:  \d{2,} tables agree, row by row; \d+ sequences are where they were or beyond", says);
        Assert.True(int.Parse(Regex.Match(says, @"(?<all>\d+) (token or secret opens|tokens and secrets open) with", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1)).Groups["all"].Value) >= sealedSoFar, says);
        Assert.Contains("The rehearsal went well", says, StringComparison.Ordinal);
        Assert.Empty(Directory.Exists(Repository.File(".data/rehearsal")) ? Directory.EnumerateFileSystemEntries(Repository.File(".data/rehearsal")) : []);
    }

    [Fact]
    public async Task A_database_that_cannot_be_reached_ends_the_rehearsal_with_what_PostgreSQL_says()
    {
        var (code, says) = await Rehearse([], new(StringComparer.Ordinal) { ["ConnectionStrings__Marketplace"] = "Host=127.0.0.1;Port=9;Database=none", ["DataProtection__Key"] = Key });

        Assert.Equal(1, code);
        Assert.Contains("The database cannot be read; what PostgreSQL said is above.", says, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_the_key_that_it_was_sealed_with_nothing_opens_and_that_is_said()
    {
        await acme.Install();
        var settings = Settings(Convert.ToBase64String(new byte[32]));
        await using var command = ServerProcess.Start(["key-ring", "verify"], settings);

        Assert.Equal(2, await command.Ended(Cancel));
        Assert.Matches(@"^(?<all>\d+) of \k<all> (token or secret|tokens and secrets) cannot be opened: installation icfg_", command.Errors);
        settings["DataProtection__Key"] = Key;
        await using var right = ServerProcess.Start(["key-ring", "verify"], settings);
        Assert.True(await right.Ended(Cancel) == 0, right.Errors);
    }

    private Dictionary<string, string> Settings(string key) => new(StringComparer.Ordinal)
    {
        ["ConnectionStrings__Marketplace"] = Marketplace, ["DataProtection__Key"] = key,
    };

    /// <summary>What servers do: rows, and the numbers of their sequences, which no transaction holds still.</summary>
    private async Task<int> Write(CancellationToken over)
    {
        var written = 0;
        while (!over.IsCancellationRequested)
        {
            await acme.Install();
            written++;
        }

        return written;
    }

    private static async Task<(int Code, string Says)> Rehearse(string[] words, Dictionary<string, string> settings)
    {
        var start = new ProcessStartInfo(Repository.File("scripts/rehearse-restore"), words) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        start.Environment.Remove("ConnectionStrings__Marketplace");
        foreach (var (name, value) in settings)
            start.Environment[name] = value;
        start.Environment["MARKETPLACE_SERVER"] = Path.Combine(AppContext.BaseDirectory, "Marketplace.Shell.dll");
        using var process = Process.Start(start)!;
        var says = await Task.WhenAll(process.StandardOutput.ReadToEndAsync(Cancel), process.StandardError.ReadToEndAsync(Cancel));
        await process.WaitForExitAsync(Cancel);
        return (process.ExitCode, string.Concat(says));
    }

    /// <summary>Secrets by file.</summary>
    private sealed class Folder : IDisposable
    {
        public string Path { get; } = Directory.CreateTempSubdirectory("secrets-").FullName;

        public Task Write(string name, string value) => File.WriteAllTextAsync(System.IO.Path.Combine(Path, name), $"{value}\n", Cancel);

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }
}
