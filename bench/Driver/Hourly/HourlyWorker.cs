using System.Security.Cryptography;
using Marketplace.Driver.Servers;
using Marketplace.Shell.DataProtection;
using Marketplace.Shell.Persistence;
using Microsoft.Extensions.DependencyInjection;

namespace Marketplace.Driver.Hourly;

/// <summary>The worker as it is shipped, on a database of its own, with Vercel's side here.</summary>
internal sealed class HourlyWorker : IAsyncDisposable
{
    private readonly IReadOnlyList<string> words;
    private readonly Dictionary<string, string> settings;
    private readonly string catalogue;
    private ServerProcess? process;

    private HourlyWorker(IReadOnlyList<string> words, FreshDatabase database, VercelBilling vercel)
    {
        (this.words, Database, Vercel) = (words, database, vercel);
        catalogue = Path.Combine(Path.GetTempPath(), $"{database.Name}.json");
        settings = new(StringComparer.Ordinal)
        {
            ["ConnectionStrings__Marketplace"] = database.ConnectionString,
            ["Vercel__ApiBaseUrl"] = vercel.BaseUrl,
            ["Vercel__Issuer"] = vercel.BaseUrl,
            ["Vercel__IntegrationId"] = VercelSide.IntegrationId,
            ["Vercel__ClientSecret"] = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32)),
            ["Vercel__Slug"] = "benchmark",
            ["Clock__Url"] = $"{vercel.BaseUrl}/clock",
            ["Catalog__Path"] = catalogue,
            ["DataProtection__Key"] = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)),
            ["ASPNETCORE_ENVIRONMENT"] = "Development",
            ["ASPNETCORE_URLS"] = "http://127.0.0.1:0",
            ["urls"] = "http://127.0.0.1:0",
            ["Logging__LogLevel__Default"] = "Warning",
            ["Logging__LogLevel__Microsoft.Hosting.Lifetime"] = "Information",
            [SocketCompletions.Variable] = "0",
        };
    }

    public FreshDatabase Database { get; }

    public VercelBilling Vercel { get; }

    public Memory Memory => new(ProcessStatistics.Resident(process!.Id), ProcessStatistics.ResidentPeak(process.Id));

    public TimeSpan? ProcessorTime => ProcessStatistics.ProcessorTime(process!.Id);

    public IEnumerable<string> LastLines => process?.LastLines ?? [];

    /// <summary>Seeded, and not started.</summary>
    /// <param name="words">The command that starts the server.</param>
    /// <param name="postgres">The connection string of a role with CREATEDB.</param>
    public static async Task<HourlyWorker> Prepare(
        IReadOnlyList<string> words, string postgres, HourlyEstate estate, CancellationToken cancel)
    {
        var worker = new HourlyWorker(
            words, await FreshDatabase.Create(postgres, "hourly", cancel), await VercelBilling.Start(cancel));
        try
        {
            await File.WriteAllTextAsync(worker.catalogue, estate.Catalogue, cancel);
            await worker.Seed(estate, cancel);
            return worker;
        }
        catch
        {
            await worker.DisposeAsync();
            throw;
        }
    }

    public async Task Start(CancellationToken cancel)
    {
        Launch();
        await process!.Listening(cancel);
    }

    /// <summary>Without waiting until it listens, for it may be killed before.</summary>
    public void Launch() => process = ServerProcess.Start([.. words, "--role", "worker"], settings);

    /// <summary>SIGKILL, in the middle of whatever it does.</summary>
    public void Kill() => process!.Kill();

    /// <summary>When the process is gone.</summary>
    public async Task Ended(CancellationToken cancel)
    {
        await process!.Ended(cancel);
        await process.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (process is not null)
            await process.DisposeAsync();
        await Vercel.DisposeAsync();
        await Database.DisposeAsync();
        File.Delete(catalogue);
    }

    /// <summary>The schema and the key ring are the server's own, so that the worker can read the tokens.</summary>
    private async Task Seed(HourlyEstate estate, CancellationToken cancel)
    {
        var arguments = settings.Select(setting => $"--{setting.Key.Replace("__", ":", StringComparison.Ordinal)}={setting.Value}");
        await using var server = Shell.Program.Build(Shell.Role.None, [.. arguments, "--environment=Development"]);
        await server.Services.GetRequiredService<Migrations>().Apply(cancel);
        await server.Services.GetRequiredService<KeyRing>().Open(cancel);
        var box = server.Services.GetRequiredService<SecretBox>();
        await estate.Seed(Database, installation => box.Protect("token_of_the_benchmark", "installation", installation), cancel);
    }
}
