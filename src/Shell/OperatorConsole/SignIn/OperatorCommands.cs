using System.CommandLine;
using System.Text;
using Marketplace.Shell.Configuration;

namespace Marketplace.Shell.OperatorConsole.SignIn;

/// <summary>What an operator of the console needs before there is a console.</summary>
internal static class OperatorCommands
{
    public static Command Command(CommandHost host) => new("operators", "Prepares the sign-in of the operator console.")
    {
        HashPasswordCommand(host),
    };

    private static OperatorCommand HashPasswordCommand(CommandHost host)
    {
        var command = CommandParts.Of(
                "hash-password",
                "Prints the hash of a password for Operators__Bootstrap__PasswordHash. It asks for the password, or reads one line from its standard input; it takes none from the command line, where others could read it.")
            .Examples("operators hash-password", "operators hash-password < password.txt")
            .Ends("the hash is printed");
        command.SetAction(host.OnConfiguration((_, _, cancel) => HashPassword(Console.IsInputRedirected ? Console.In : null, cancel)));
        return command;
    }

    /// <param name="input">Where the password stands; null where a person types it.</param>
    internal static async Task<int> HashPassword(TextReader? input, CancellationToken cancel)
    {
        var password = input is null ? await Typed() : (await input.ReadLineAsync(cancel) ?? "").TrimEnd('\r');
        var problem = password switch
        {
            null => "The two were not the same. Nothing is printed.",
            { Length: < Passwords.CharactersMin } => $"A password has at least {Passwords.CharactersMin} characters.",
            { Length: > Passwords.CharactersMax } => $"A password has at most {Passwords.CharactersMax} characters.",
            _ => null,
        };
        if (problem is not null)
        {
            await Console.Error.WriteLineAsync(problem);
            return CommandParts.NotRun;
        }

        await Console.Out.WriteLineAsync(Passwords.Hash(password!));
        return CommandParts.Done;
    }

    /// <summary>Null when the second time was not like the first.</summary>
    private static async Task<string?> Typed()
    {
        var first = await Ask("Password: ");
        return first.Length < Passwords.CharactersMin || await Ask("Once more: ") == first ? first : null;
    }

    /// <summary>Without showing it.</summary>
    private static async Task<string> Ask(string question)
    {
        await Console.Error.WriteAsync(question);
        var typed = new StringBuilder();
        while (Console.ReadKey(intercept: true) is { Key: not ConsoleKey.Enter } key)
        {
            if (key.Key == ConsoleKey.Backspace)
                typed.Length = Math.Max(0, typed.Length - 1);
            else if (!char.IsControl(key.KeyChar))
                typed.Append(key.KeyChar);
        }

        await Console.Error.WriteLineAsync();
        return typed.ToString();
    }
}
