using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Marketplace.Shell.Configuration;

/// <summary>The help of the library, and after it what it knows nothing of: examples and exit codes.</summary>
internal sealed class CommandHelp(HelpAction parts) : SynchronousCommandLineAction
{
    public const string CouldNotRun = "could not run: the command line, the configuration, or the database";

    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        parts.Invoke(parseResult);
        if (parseResult.CommandResult.Command is OperatorCommand command)
            Write(command, parseResult.InvocationConfiguration.Output);
        return CommandParts.Done;
    }

    private static void Write(OperatorCommand command, TextWriter output)
    {
        if (command.ExampleLines.Count > 0)
        {
            output.WriteLine("Examples:");
            foreach (var line in command.ExampleLines)
                output.WriteLine($"  {line}");
            output.WriteLine();
        }

        output.WriteLine("Exit codes:");
        output.WriteLine($"  {CommandParts.Done}  {command.Done}");
        output.WriteLine($"  {CommandParts.NotRun}  {CouldNotRun}");
        if (command.Otherwise is { } otherwise)
            output.WriteLine($"  {CommandParts.NothingDone}  {otherwise}");
        output.WriteLine();
    }
}
