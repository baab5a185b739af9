using System.CommandLine;
using System.Diagnostics;
using Marketplace.Core.Installations;
using Marketplace.Shell.Audit;
using Marketplace.Shell.Configuration;

namespace Marketplace.Shell.Credentials;

/// <summary>The tokens with which we call Vercel, from the command line. None is ever printed.</summary>
internal static class CredentialCommands
{
    public static Command Command(CommandHost host)
    {
        var installation = CommandParts.Installation();
        var command = CommandParts.Of(
            "rotate",
            "Has the token of an installation replaced; the worker does it within seconds.",
            installation);
        command.SetAction(host.OnServer((app, parsed, cancel) => Rotate(app, parsed.GetValue(installation)!, cancel)));
        command.Examples("credentials rotate icfg_…").Ends("it is asked for", "there is nothing to rotate");
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
