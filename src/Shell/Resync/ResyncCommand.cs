using System.CommandLine;
using System.Diagnostics;
using System.Text.Json;
using Marketplace.Core.Installations;
using Marketplace.Core.Resources;
using Marketplace.Shell.Audit;
using Marketplace.Shell.Clock;
using Marketplace.Shell.Http;
using Marketplace.Shell.Outbox;
using Marketplace.Shell.Persistence;

namespace Marketplace.Shell.Resync;

/// <summary>A resync from the command line.</summary>
internal static class ResyncCommand
{
    private const int NothingDone = 2;

    /// <param name="run">Gets whether the answer is to be JSON, and what is left of the arguments, too.</param>
    /// <param name="rest">ASP.NET's part of what was parsed.</param>
    public static Command Command(Func<ResyncRequest, bool, string[], CancellationToken, Task<int>> run, Func<ParseResult, string[]> rest)
    {
        var installation = new Argument<string>("installationId") { Description = "Vercel's name for the installation (icfg_…)." };
        var resource = new Option<string?>("--resource") { Description = "This resource alone, not the whole installation." };
        var import = new Option<bool>("--import") { Description = "Put there what lives here and Vercel does not know." };
        var remove = new Option<bool>("--remove") { Description = "Delete there what is gone here." };
        var reason = new Option<string?>("--reason") { Description = "Why; it is kept in the audit." };
        var json = new Option<bool>("--json") { Description = "As JSON, the same as the Provider API." };
        var command = new Command(
            "resync",
            "Has Vercel told everything that we hold once more: secrets, status, plan, name, metadata, notification. Exit code 0 when it is on its way, 2 when there is nothing to tell.")
        {
            TreatUnmatchedTokensAsErrors = false,
        };
        command.Arguments.Add(installation);
        foreach (var option in new Option[] { resource, import, remove, reason, json })
            command.Options.Add(option);
        command.SetAction((parsed, cancel) => run(
            new ResyncRequest(
                new InstallationId(parsed.GetValue(installation)!),
                parsed.GetValue(resource) is { } id ? new ResourceId(id) : null,
                parsed.GetValue(import), parsed.GetValue(remove), parsed.GetValue(reason)),
            parsed.GetValue(json), rest(parsed), cancel));
        return command;
    }

    /// <param name="app">Whose database is used; it is not started.</param>
    public static async Task<int> Run(WebApplication app, ResyncRequest request, bool asJson, CancellationToken cancel)
    {
        if (request.Reason is not null && AuditReason.Problem(request.Reason) is { } problem)
            return await Nothing($"--reason: {problem}");
        await app.Services.GetRequiredService<Migrations>().Require(cancel);
        await app.Services.AwaitClock(cancel);
        return await app.Services.GetRequiredService<Resyncs>().Request(request, Actor.Operator("resync"), cancel) switch
        {
            ResyncAnswer.Queued queued => await Tell(request.Installation, queued, asJson),
            ResyncAnswer.NoInstallation => await Nothing($"There is no installation {request.Installation}."),
            ResyncAnswer.InstallationLeaves => await Nothing($"Installation {request.Installation} is uninstalled: Vercel shows nothing of it any more."),
            ResyncAnswer.NoResource(var id) => await Nothing($"The installation has no resource {id}. If Vercel has it, --remove deletes it there."),
            ResyncAnswer.ResourceGone(var id) => await Nothing($"Resource {id} is gone here. If Vercel has it still, --remove deletes it there."),
            var other => throw new UnreachableException(other.GetType().Name),
        };
    }

    private static async Task<int> Tell(InstallationId installation, ResyncAnswer.Queued queued, bool asJson)
    {
        var wire = ResyncWire.Of(installation, queued);
        if (asJson)
        {
            await Console.Out.WriteLineAsync(JsonSerializer.Serialize(wire, WireJson.Options));
            return 0;
        }

        foreach (var message in wire.Queued)
        {
            await Console.Out.WriteLineAsync(
                $"{message.Sequence}  {message.Kind}{(message.Resource is null ? "" : $"  {message.Resource}")}"
                + (message.Secrets == false ? "  without secrets: we hold none that could be told again" : ""));
        }

        await Console.Out.WriteLineAsync(
            $"Vercel is told within seconds where a worker runs. To see what became of it: outbox show {installation} {wire.Queued[^1].Sequence}");
        return 0;
    }

    private static async Task<int> Nothing(string why)
    {
        await Console.Error.WriteLineAsync(why);
        return NothingDone;
    }
}
