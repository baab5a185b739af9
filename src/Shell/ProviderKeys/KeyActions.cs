using Marketplace.Shell.Configuration;
using System.CommandLine;

namespace Marketplace.Shell.ProviderKeys;

/// <summary>What a person at the machine can do with the keys of the Provider API; each gets what is left of the arguments.</summary>
internal sealed record KeyActions(
    Func<string, ProviderScopes, string[], CancellationToken, Task<int>> Create,
    Func<string[], CancellationToken, Task<int>> List,
    Func<string, string[], CancellationToken, Task<int>> Revoke)
{
    /// <param name="rest">ASP.NET's part of what was parsed.</param>
    public Command Command(Func<ParseResult, string[]> rest) => new("keys", "Makes, lists and revokes the keys of the Provider API.")
    {
        CreateCommand(rest),
        ListCommand(rest),
        RevokeCommand(rest),
    };

    private Command CreateCommand(Func<ParseResult, string[]> rest)
    {
        var name = new Option<string>("--name") { Description = "What the key is for, so that a person knows it again.", Required = true };
        var scope = new Option<string[]>("--scope")
        {
            Description = $"What it may do, once for each: {string.Join(", ", ScopeNames.All)}.",
            AllowMultipleArgumentsPerToken = false,
        };
        scope.AcceptOnlyFromAmong([.. ScopeNames.All]);
        var all = new Option<bool>("--all") { Description = "Every scope that there is now, in place of --scope." };
        var command = CommandParts.Of("create", "Makes a key and prints it; it is shown this once, and only its hash is kept.", name, scope, all);
        command.Validators.Add(result =>
        {
            if (result.GetValue(all) == result.GetValue(scope) is { Length: > 0 })
                result.AddError("Say with --scope what the key may do, or --all.");
        });
        command.SetAction((parsed, cancel) => Create(
            parsed.GetValue(name)!, parsed.GetValue(all) ? ScopeNames.Every : ScopeNames.Read(parsed.GetValue(scope)!), rest(parsed), cancel));
        return command;
    }

    private Command ListCommand(Func<ParseResult, string[]> rest)
    {
        var command = CommandParts.Of("list", "Lists the keys, revoked ones too, each by its first characters.");
        command.SetAction((parsed, cancel) => List(rest(parsed), cancel));
        return command;
    }

    private Command RevokeCommand(Func<ParseResult, string[]> rest)
    {
        var key = new Argument<string>("key") { Description = "Its id (key_…) or its first characters (mpk_…), as the list shows them." };
        var command = CommandParts.Of("revoke", "Ends a key; within seconds it opens nothing any more.", key);
        command.SetAction((parsed, cancel) => Revoke(parsed.GetValue(key)!, rest(parsed), cancel));
        return command;
    }
}
