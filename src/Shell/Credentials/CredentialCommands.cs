using System.CommandLine;
using System.Diagnostics;
using Marketplace.Core.Installations;
using Marketplace.Shell.Audit;
using Marketplace.Shell.Configuration;

namespace Marketplace.Shell.Credentials;

/// <summary>The tokens with which we call Vercel, from the command line. None is ever printed.</summary>
internal static class CredentialCommands
{
    /// <param name="rotate">Gets the installation, and what is left of the arguments.</param>
    /// <param name="rest">ASP.NET's part of what was parsed.</param>
    public static Command Command(Func<string, string[], CancellationToken, Task<int>> rotate, Func<ParseResult, string[]> rest)
    {
        var installation = CommandParts.Installation();
        var command = CommandParts.Of(
            "rotate",
            "Has the token of an installation replaced; the worker does it within seconds. Exit code 0 when it is asked for, 2 when there is nothing to rotate.",
            installation);
        command.SetAction((parsed, cancel) => rotate(parsed.GetValue(installation)!, rest(parsed), cancel));
        return new Command("credentials", "Replaces the tokens with which we call Vercel.") { command };
    }

    /// <param name="app">Whose database is used; it is not started.</param>
    public static async Task<int> Rotate(WebApplication app, string installation, CancellationToken cancel)
    {
        var answer = await app.Services.GetRequiredService<RotationRequests>()
            .Request(new InstallationId(installation), new Actor("operator", "rotation"), cancel);
        if (answer is RotationAnswer.Requested)
        {
            await Console.Out.WriteLineAsync(
                $"The token of {installation} is replaced within seconds where a worker runs; the old one is revoked when the new one has worked.");
            return 0;
        }

        await Console.Error.WriteLineAsync(answer switch
        {
            RotationAnswer.NoInstallation => $"There is no installation {installation}.",
            RotationAnswer.InstallationLeaves => $"Installation {installation} is uninstalled, and its token dies with it.",
            RotationAnswer.NoToken => $"Vercel has said that installation {installation} is over: it has no token any more.",
            _ => throw new UnreachableException(answer.GetType().Name),
        });
        return CommandParts.NothingDone;
    }
}
