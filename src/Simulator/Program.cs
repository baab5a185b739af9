using System.CommandLine;
using Marketplace.Simulator.CommandLine;
using Microsoft.AspNetCore.Connections;

var given = Commands.All().Parse(args);
if (given.Errors.Count > 0)
{
    // What is wrong would be lost above a page of help.
    Console.Error.WriteLine($"{string.Join(' ', given.Errors.Select(error => error.Message))} --help lists what {given.CommandResult.Command.Name} takes.");
    return 1;
}

try
{
    return await given.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
}
catch (InvalidDataException unreadable)
{
    // A person can mend it, and needs no stack for it.
    Console.Error.WriteLine(unreadable.Message);
    return 1;
}
catch (IOException taken) when (taken.InnerException is AddressInUseException)
{
    Console.Error.WriteLine($"{taken.Message.TrimEnd('.')}. Stop the program that has it, or choose another port with --port N.");
    return 1;
}
