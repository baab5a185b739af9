using System.Diagnostics;
using System.Text.RegularExpressions;
using Marketplace.Shell.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Marketplace.Integration.Restore;

/// <summary>A backup that nobody has restored is a hope: the script that does it, on what a running server has written.</summary>
[Collection(SharedAcme.Name)]
public sealed class RehearsalTests(Acme acme)
{
    private const string Key = "dGhpcyBpcyB0aGUga2V5IG9mIHRoZSB0ZXN0cyEgISE=";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_backup_is_restored_compared_and_opened_with_the_key_that_is_kept_apart()
    {
        await acme.Install();
        var sealedSoFar = await acme.Ask<long>("select count(*) from installation where access_token is not null");

        var (code, says) = await Rehearse(Key);

        Assert.True(code == 0, says);
        Assert.Matches(@"Compared:  \d{2,} tables agree, row by row", says);
        Assert.True(int.Parse(Regex.Match(says, @"(?<all>\d+) (token or secret opens|tokens and secrets open) with", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1)).Groups["all"].Value) >= sealedSoFar, says);
        Assert.Contains("The rehearsal went well", says, StringComparison.Ordinal);
        Assert.Empty(Directory.Exists(Repository.File(".data/rehearsal")) ? Directory.EnumerateFileSystemEntries(Repository.File(".data/rehearsal")) : []);
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
        ["ConnectionStrings__Marketplace"] = acme.Server.Services.GetRequiredService<DatabaseSettings>().Marketplace, ["DataProtection__Key"] = key,
    };

    private async Task<(int Code, string Says)> Rehearse(string key)
    {
        var start = new ProcessStartInfo(Repository.File("scripts/rehearse-restore")) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (var (name, value) in Settings(key))
            start.Environment[name] = value;
        start.Environment["MARKETPLACE_SERVER"] = Path.Combine(AppContext.BaseDirectory, "Marketplace.Shell.dll");
        using var process = Process.Start(start)!;
        var says = await Task.WhenAll(process.StandardOutput.ReadToEndAsync(Cancel), process.StandardError.ReadToEndAsync(Cancel));
        await process.WaitForExitAsync(Cancel);
        return (process.ExitCode, string.Concat(says));
    }
}
