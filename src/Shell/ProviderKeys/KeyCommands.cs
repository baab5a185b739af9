using System.CommandLine;
using System.Globalization;
using Marketplace.Shell.Configuration;
using Npgsql;

namespace Marketplace.Shell.ProviderKeys;

/// <summary>The keys of the Provider API from the command line: it needs our database and nothing else.</summary>
internal static class KeyCommands
{
    public static Command Command(CommandHost host) => new("keys", "Makes, lists and revokes the keys of the Provider API.")
    {
        CreateCommand(host),
        ListCommand(host),
        RevokeCommand(host),
    };

    /// <summary>Prints the key alone, so that a script can keep it; what a person should know goes beside it.</summary>
    private static async Task<int> Create(WebApplication app, string name, ProviderScopes scopes, DateTimeOffset? expiresAt, CancellationToken cancel)
    {
        var (id, key) = (NewId(), ProviderKey.New());
        if (!await ProviderKeyRows.Insert(Database(app), id, name, key, scopes, expiresAt, cancel))
            return await CommandParts.SayNothingDone("A key that ends then would be over already.");

        await Console.Error.WriteLineAsync(
            $"Key {id} \"{name}\" may {string.Join(", ", ScopeNames.Of(scopes))}{(expiresAt is { } end ? $" until {Day(end)}" : "")}. It is shown this once; only its hash is kept.");
        await Console.Out.WriteLineAsync(key.Text);
        return 0;
    }

    private static async Task<int> List(WebApplication app, bool asJson, CancellationToken cancel)
    {
        var keys = await ProviderKeyRows.List(Database(app), cancel);
        if (asJson)
            return await CommandParts.SayJson(new KeysWire([.. keys.Select(KeyWire.Of)]));

        foreach (var key in keys)
        {
            var used = key.LastUsedAt is { } last ? $"used {Day(last)}" : "never used";
            await Console.Out.WriteLineAsync(
                $"{key.Id}  {key.Prefix}…  {Day(key.CreatedAt)}  {used}  {StateOf(key)}  {ScopesOf(key)}  {key.Name}");
        }

        if (keys.Count == 0)
            await Console.Out.WriteLineAsync("There is none.");
        return 0;
    }

    private static async Task<int> Revoke(WebApplication app, string key, CancellationToken cancel)
    {
        var revoked = await ProviderKeyRows.Revoke(Database(app), key, cancel);
        await (revoked
            ? Console.Out.WriteLineAsync($"{key} is revoked; within seconds it opens nothing any more.")
            : Console.Error.WriteLineAsync($"There is no key {key}. See: keys list."));
        return revoked ? CommandParts.Done : CommandParts.NothingDone;
    }

    private static OperatorCommand CreateCommand(CommandHost host)
    {
        var name = new Option<string>("--name") { Description = "What the key is for, so that a person knows it again.", Required = true };
        var scope = new Option<string[]>("--scope")
        {
            Description = $"What it may do, once for each: {string.Join(", ", ScopeNames.All)}.",
            AllowMultipleArgumentsPerToken = false,
        };
        scope.AcceptOnlyFromAmong([.. ScopeNames.All]);
        var all = new Option<bool>("--all") { Description = "Every scope that there is now, in place of --scope." };
        var expires = new Option<string>("--expires") { Description = "The day with whose beginning (UTC) the key ends, like 2027-12-31; never when absent." };
        var command = CommandParts.Of(
            "create", "Makes a key and prints it; it is shown this once, and only its hash is kept.", name, scope, all, expires);
        command.Validators.Add(result =>
        {
            if (result.GetValue(all) == result.GetValue(scope) is { Length: > 0 })
                result.AddError("Say with --scope what the key may do, or --all.");
            if (result.GetValue(expires) is { } day && DayOf(day) is null)
                result.AddError("--expires is a day, like 2027-12-31.");
        });
        command.SetAction(host.OnDatabase((app, parsed, cancel) => Create(
            app, parsed.GetValue(name)!, parsed.GetValue(all) ? ScopeNames.Every : ScopeNames.Read(parsed.GetValue(scope)!), DayOf(parsed.GetValue(expires)), cancel)));
        return command
            .Examples("keys create --name \"Our backend\" --scope usage:write --scope billing:read", "keys create --name \"My laptop\" --all --expires 2027-12-31")
            .Ends("the key, alone on standard output", "it would be over already");
    }

    private static OperatorCommand ListCommand(CommandHost host)
    {
        var json = CommandParts.Json("As JSON.");
        var command = CommandParts.Of("list", "Lists the keys, revoked ones too, each by its first characters.", json);
        command.SetAction(host.OnDatabase((app, parsed, cancel) => List(app, parsed.GetValue(json), cancel)));
        return command.Examples("keys list", "keys list --json").Ends("the list, which may be empty");
    }

    private static OperatorCommand RevokeCommand(CommandHost host)
    {
        var key = new Argument<string>("key") { Description = "Its id (key_…) or its first characters (mpk_…), as the list shows them." };
        var command = CommandParts.Of("revoke", "Ends a key; within seconds it opens nothing any more.", key);
        command.SetAction(host.OnDatabase((app, parsed, cancel) => Revoke(app, parsed.GetValue(key)!, cancel)));
        return command.Examples("keys revoke mpk_a1B2c3").Ends("it is revoked", "there is no such key");
    }

    private static NpgsqlDataSource Database(WebApplication app) => app.Services.GetRequiredService<NpgsqlDataSource>();

    private static string ScopesOf(KeyOnRecord key) =>
        ScopeNames.Read(key.Scopes) == ScopeNames.Every ? "all" : string.Join(',', key.Scopes);

    private static string StateOf(KeyOnRecord key) =>
        key.RevokedAt is { } at ? $"revoked {Day(at)}"
        : key.ExpiresAt is { } end ? $"{(key.IsOver ? "ended" : "good until")} {Day(end)}"
        : "good";

    private static string NewId() => $"key_{Guid.CreateVersion7():N}";

    private static string Day(DateTimeOffset moment) => moment.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static DateTimeOffset? DayOf(string? text) =>
        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            ? new DateTimeOffset(day.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero)
            : null;

    private sealed record KeysWire(KeyWire[] Keys);

    /// <param name="RevokedAt">Absent while nobody has.</param>
    /// <param name="LastUsedAt">To the minute.</param>
    private sealed record KeyWire(
        string Id, string Prefix, string Name, string[] Scopes, DateTime CreatedAt, DateTime? RevokedAt, DateTime? ExpiresAt, DateTime? LastUsedAt)
    {
        public static KeyWire Of(KeyOnRecord key) =>
            new(key.Id, key.Prefix, key.Name, [.. key.Scopes], key.CreatedAt.UtcDateTime, key.RevokedAt?.UtcDateTime,
                key.ExpiresAt?.UtcDateTime, key.LastUsedAt?.UtcDateTime);
    }
}
