using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;

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
        --urls or ASPNETCORE_URLS. The command doctor says what is wrong with it, and with what it leads to.
        """)
    {
        TreatUnmatchedTokensAsErrors = false,
    };

    /// <param name="serve">Gets the role and what is left of the arguments.</param>
    /// <param name="commands">Each family with what it runs on.</param>
    public CommandLine(Func<Role, string[], Task<int>> serve, IEnumerable<Command> commands)
    {
        var role = new Option<string>("--role")
        {
            Description = "What this process does: answer requests (api), do what is due (worker), or both (all).",
            DefaultValueFactory = _ => "all",
            HelpName = "all|api|worker",
        };
        role.AcceptOnlyFromAmong("all", "api", "worker");
        root.Options.Add(role);
        root.SetAction(parsed => serve(Enum.Parse<Role>(parsed.GetValue(role)!, ignoreCase: true), ConfigurationWords.Of(parsed)));
        foreach (var command in commands)
            root.Subcommands.Add(command);
        foreach (var help in root.Options.OfType<HelpOption>())
            help.Action = new CommandHelp();
    }

    /// <summary>Every command, for whoever compares them with what is written of them.</summary>
    public RootCommand Root => root;

    public ParseResult Parse(IReadOnlyList<string> words) =>
        // A token that starts with @ is a value here, not the name of a file with arguments.
        root.Parse(words, new ParserConfiguration { ResponseFileTokenReplacer = null, EnablePosixBundling = false });

    public async Task<int> Invoke(string[] args)
    {
        var parsed = Parse(args);
        if (parsed.Action is ParseErrorAction)
            return await SayErrors(parsed);
        return await parsed.InvokeAsync(new InvocationConfiguration
        {
            EnableDefaultExceptionHandler = false,
            // The server's own host listens to SIGTERM and stops in peace.
            ProcessTerminationTimeout = null,
        });
    }

    /// <summary>A slip is said in one line; the library would print the whole help with it.</summary>
    private static async Task<int> SayErrors(ParseResult parsed)
    {
        var (command, name) = (parsed.CommandResult.Command, ConfigurationWords.Name(parsed));
        await Console.Error.WriteLineAsync(command.Action is null
            ? $"{name}wants one of its commands: {string.Join(", ", command.Subcommands.Select(one => one.Name))}. See {name}--help."
            : $"{string.Join(' ', parsed.Errors.Select(error => string.Join(' ', error.Message.Split((char[])['\n', '\t'], StringSplitOptions.RemoveEmptyEntries))))} See {name}--help.");
        return CommandParts.NotRun;
    }
}
