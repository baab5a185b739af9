using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.Globalization;

namespace Marketplace.Shell.Configuration;

/// <summary>
/// What a command is for, what it takes, examples that work, and how it may end. The library's own help knows nothing of the last two, and
/// speaks of arguments that are passed on.
/// </summary>
internal sealed class CommandHelp : SynchronousCommandLineAction
{
    private const string CouldNotRun = "it could not run: the command line, the configuration, or the database";

    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        Write(parseResult.CommandResult.Command, ConfigurationWords.Name(parseResult), parseResult.InvocationConfiguration.Output);
        return CommandParts.Done;
    }

    /// <param name="name">As it is typed, with a space after it.</param>
    private static void Write(Command command, string name, TextWriter output)
    {
        output.WriteLine(command.Description);
        output.WriteLine();
        output.WriteLine($"Usage: {Usage(command, name)}");
        Section(output, "Arguments", command.Arguments.Select(argument => ($"<{argument.Name}>", argument.Description)));
        Section(output, "Options", command.Options.Where(option => !option.Hidden).Select(option => (Spelling(option), Description(option))));
        Section(output, "Commands", command.Subcommands.Select(one => (one.Name, one.Description)));
        Section(output, "Examples", (command as OperatorCommand)?.ExampleLines.Select(line => (line, (string?)null)) ?? []);
        Section(output, "Exit codes", Codes(command));
    }

    private static string Usage(Command command, string name) =>
        (name.Length == 0 ? "dotnet Marketplace.Shell.dll " : name)
        + string.Concat(command.Arguments.Select(argument => $"<{argument.Name}> "))
        + (command.Subcommands.Count == 0 ? "[options]" : command is RootCommand ? "[command] [options]" : "[command]");

    private static void Section(TextWriter output, string title, IEnumerable<(string Term, string? Says)> lines)
    {
        var all = lines.ToList();
        if (all.Count == 0)
            return;

        output.WriteLine();
        output.WriteLine($"{title}:");
        var width = all.Max(line => line.Term.Length);
        foreach (var (term, says) in all)
            output.WriteLine(says is null ? $"  {term}" : $"  {term.PadRight(width)}  {says}");
    }

    private static string Spelling(Option option) =>
        string.Join(", ", option.Aliases.Where(alias => alias != "/?" && alias != "/h").Order(StringComparer.Ordinal).Append(option.Name))
        + (option.ValueType == typeof(bool) || option is HelpOption or VersionOption ? "" : $" <{option.HelpName ?? option.Name.TrimStart('-')}>");

    private static string? Description(Option option) => option switch
    {
        HelpOption => "This text.",
        VersionOption => "The version of this program.",
        { Required: true } => $"{option.Description} Required.",
        { HasDefaultValue: true } when option.ValueType != typeof(bool) && option.GetDefaultValue() is { } value =>
            string.Create(CultureInfo.InvariantCulture, $"{option.Description} Unless said otherwise: {value}."),
        _ => option.Description,
    };

    private static IEnumerable<(string, string?)> Codes(Command command) => command switch
    {
        OperatorCommand { Otherwise: { } otherwise } ends => [Code(CommandParts.Done, ends.Done), Code(CommandParts.NotRun, CouldNotRun), Code(CommandParts.NothingDone, otherwise)],
        OperatorCommand ends => [Code(CommandParts.Done, ends.Done), Code(CommandParts.NotRun, CouldNotRun)],
        RootCommand =>
        [
            Code(CommandParts.Done, "done"), Code(CommandParts.NotRun, CouldNotRun),
            Code(CommandParts.NothingDone, "it ran, and there is something to see: nothing was done, or what was looked at is not as it should be"),
        ],
        _ => [],
    };

    private static (string, string?) Code(int code, string means) => (code.ToString(CultureInfo.InvariantCulture), means);
}
