using System.Diagnostics;

namespace Marketplace.Integration.Containers;

/// <summary>The script that makes the files of secrets/.</summary>
public sealed class NewSecretsTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("new-secrets-").FullName;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task A_client_secret_by_chance_is_said_to_be_one_and_Vercels_own_is_taken_silently()
    {
        var (code, _, errors) = await Run(clientSecret: null);
        Assert.Equal(0, code);
        Assert.Contains("The client secret is by chance: for a rehearsal only", errors, StringComparison.Ordinal);
        Assert.Contains($"rm '{folder}/vercel-client-secret'", errors, StringComparison.Ordinal);

        File.Delete(Path.Combine(folder, "vercel-client-secret"));
        Assert.Equal((0, $"Made {folder}/vercel-client-secret\n", ""), await Run("vercels-own"));
        Assert.Equal("vercels-own\n", await Read("vercel-client-secret"));
    }

    [Fact]
    public async Task What_is_there_is_kept_and_another_client_secret_than_that_is_refused()
    {
        await Run("the-first");
        var key = await Read("data-protection-key");

        Assert.Equal((0, "", ""), await Run("the-first"));
        Assert.Equal((0, "", ""), await Run(clientSecret: null));
        var (code, output, errors) = await Run("the-second");

        Assert.Equal((1, ""), (code, output));
        Assert.Contains($"{folder}/vercel-client-secret is there already, and is another one than VERCEL_CLIENT_SECRET: nothing was changed.", errors, StringComparison.Ordinal);
        Assert.DoesNotContain("the-", errors, StringComparison.Ordinal);
        Assert.Equal(("the-first\n", key), (await Read("vercel-client-secret"), await Read("data-protection-key")));
    }

    private Task<string> Read(string name) => File.ReadAllTextAsync(Path.Combine(folder, name), Cancel);

    private async Task<(int Code, string Output, string Errors)> Run(string? clientSecret)
    {
        var start = new ProcessStartInfo(Repository.File("scripts/new-secrets"), [folder])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false,
        };
        start.Environment["VERCEL_CLIENT_SECRET"] = clientSecret ?? "";
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var said = await Task.WhenAll(process.StandardOutput.ReadToEndAsync(Cancel), process.StandardError.ReadToEndAsync(Cancel));
        await process.WaitForExitAsync(Cancel);
        return (process.ExitCode, said[0], said[1]);
    }
}
