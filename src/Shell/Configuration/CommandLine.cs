using System.CommandLine;
using Marketplace.Shell.Credentials;
using Marketplace.Shell.Drift;
using Marketplace.Shell.Experiments;
using Marketplace.Shell.Invoices;
using Marketplace.Shell.Outbox;
using Marketplace.Shell.ProviderKeys;
using Marketplace.Shell.Resync;
using Marketplace.Shell.Statements;
using Marketplace.Shell.Webhooks;

namespace Marketplace.Shell.Configuration;

/// <summary>
/// The commands of the binary. Whatever is not ours on the command line is ASP.NET's: <c>--urls …</c>, and every
/// configuration key, as in <c>--Vercel:Slug acme</c>.
/// </summary>
internal sealed class CommandLine
{
    private readonly RootCommand root = new(
        """
        Marketplace: an integration server for sellers on the Vercel Marketplace.

        Without a command it serves, pending migrations applied first. Configuration comes from environment variables
        (Vercel__Slug=acme), from appsettings.json, or from the command line (--Vercel:Slug acme); addresses to listen on from
        --urls or ASPNETCORE_URLS. A start without configuration names every key that is missing.
        """)
    {
        TreatUnmatchedTokensAsErrors = false,
    };

    /// <param name="serve">Gets the role and what is left of the arguments.</param>
    public CommandLine(
        Func<Role, string[], Task<int>> serve,
        Func<string[], CancellationToken, Task<int>> migrate,
        Func<DriftRequest, string[], CancellationToken, Task<int>> drift,
        Func<StatementRequest, string[], CancellationToken, Task<int>> statement,
        Func<RedraftRequest, string[], CancellationToken, Task<int>> redraft,
        Func<OutboxRequest, string[], CancellationToken, Task<int>> outbox,
        Func<WebhookRequest, string[], CancellationToken, Task<int>> webhooks,
        Func<string, string[], CancellationToken, Task<int>> rotate,
        Func<ResyncOrder, string[], CancellationToken, Task<int>> resync,
        Func<FlagOrder, string[], CancellationToken, Task<int>> flags,
        KeyActions keys)
    {
        var role = new Option<string>("--role")
        {
            Description = "What this process does: answer requests (api), do what is due (worker), or both (all).",
            DefaultValueFactory = _ => "all",
            HelpName = "all|api|worker",
        };
        role.AcceptOnlyFromAmong("all", "api", "worker");
        root.Options.Add(role);
        root.SetAction(parsed => serve(Enum.Parse<Role>(parsed.GetValue(role)!, ignoreCase: true), Rest(parsed)));

        Add("migrate", "Applies pending migrations to the database and ends.", migrate);
        root.Subcommands.Add(DriftCommand.Command(drift, Rest));
        root.Subcommands.Add(StatementCommand.Command(statement, Rest));
        root.Subcommands.Add(InvoiceCommands.Command(redraft, Rest));
        root.Subcommands.Add(OutboxCommands.Command(outbox, Rest));
        root.Subcommands.Add(WebhookCommands.Command(webhooks, Rest));
        root.Subcommands.Add(CredentialCommands.Command(rotate, Rest));
        root.Subcommands.Add(ResyncCommand.Command(resync, Rest));
        root.Subcommands.Add(FlagCommands.Command(flags, Rest));
        root.Subcommands.Add(keys.Command(Rest));
    }

    public Task<int> Invoke(string[] args)
    {
        // A token that starts with @ is a value here, not the name of a file with arguments.
        var parsed = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null, EnablePosixBundling = false });
        return parsed.InvokeAsync(new InvocationConfiguration
        {
            EnableDefaultExceptionHandler = false,
            // The server's own host listens to SIGTERM and stops in peace.
            ProcessTerminationTimeout = null,
        });
    }

    private void Add(string name, string description, Func<string[], CancellationToken, Task<int>> action)
    {
        var command = CommandParts.Of(name, description);
        command.SetAction((parsed, cancel) => action(Rest(parsed), cancel));
        root.Subcommands.Add(command);
    }

    /// <summary>Pairs of a key and its value, or one token with both. Anything else is a slip of the keyboard.</summary>
    private static string[] Rest(ParseResult parsed)
    {
        var rest = parsed.UnmatchedTokens;
        for (var index = 0; index < rest.Count; index++)
        {
            if (rest[index].Contains('=', StringComparison.Ordinal))
            {
                continue;
            }

            if (!rest[index].StartsWith("--", StringComparison.Ordinal))
            {
                throw new StartRefusedException($"Marketplace cannot start: there is no command \"{rest[index]}\". See --help.");
            }

            if (++index == rest.Count)
            {
                throw new StartRefusedException($"Marketplace cannot start: {rest[index - 1]} has no value. See --help.");
            }
        }

        return [.. rest];
    }
}
