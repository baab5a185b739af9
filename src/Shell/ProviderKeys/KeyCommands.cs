using System.Globalization;
using Marketplace.Shell.Configuration;
using Marketplace.Shell.Persistence;
using Npgsql;

namespace Marketplace.Shell.ProviderKeys;

/// <summary>The keys of the Provider API from the command line: it needs our database and nothing else.</summary>
internal static class KeyCommands
{
    private const int NotFound = 2;

    /// <summary>Prints the key alone, so that a script can keep it; what a person should know goes beside it.</summary>
    public static async Task<int> Create(string name, ProviderScopes scopes, string[] args, CancellationToken cancel)
    {
        await using var app = await Open(args, cancel);
        var (id, key) = (NewId(), ProviderKey.New());
        await ProviderKeyRows.Insert(Database(app), id, name, key, scopes, cancel);
        await Console.Error.WriteLineAsync(
            $"Key {id} \"{name}\" may {string.Join(", ", ScopeNames.Of(scopes))}. It is shown this once; only its hash is kept.");
        await Console.Out.WriteLineAsync(key.Text);
        return 0;
    }

    public static async Task<int> List(string[] args, CancellationToken cancel)
    {
        await using var app = await Open(args, cancel);
        foreach (var key in await ProviderKeyRows.List(Database(app), cancel))
        {
            var state = key.RevokedAt is { } at ? $"revoked {Day(at)}" : "good";
            await Console.Out.WriteLineAsync(
                $"{key.Id}  {key.Prefix}…  {Day(key.CreatedAt)}  {state}  {ScopesOf(key)}  {key.Name}");
        }

        return 0;
    }

    public static async Task<int> Revoke(string key, string[] args, CancellationToken cancel)
    {
        await using var app = await Open(args, cancel);
        var revoked = await ProviderKeyRows.Revoke(Database(app), key, cancel);
        await (revoked
            ? Console.Out.WriteLineAsync($"{key} is revoked; within seconds it opens nothing any more.")
            : Console.Error.WriteLineAsync($"There is no key {key}. See: keys list."));
        return revoked ? 0 : NotFound;
    }

    /// <summary>With nothing but the database, at this binary's schema.</summary>
    private static async Task<WebApplication> Open(string[] args, CancellationToken cancel)
    {
        var builder = ServerHost.CreateBuilder(args);
        builder.Services.AddPersistence(SettingsSource.ReadDatabase(builder.Configuration), Role.None);
        var app = builder.Build();
        await app.Services.GetRequiredService<Migrations>().Require(cancel);
        return app;
    }

    private static NpgsqlDataSource Database(WebApplication app) => app.Services.GetRequiredService<NpgsqlDataSource>();

    private static string ScopesOf(KeyOnRecord key) =>
        ScopeNames.Read(key.Scopes) == ScopeNames.Every ? "all" : string.Join(',', key.Scopes);

    private static string NewId() => $"key_{Guid.CreateVersion7():N}";

    private static string Day(DateTimeOffset moment) => moment.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
