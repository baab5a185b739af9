using System.CommandLine;
using System.Diagnostics;
using Marketplace.Core.Installations;
using Marketplace.Core.Resources;
using Marketplace.Shell.Audit;
using Marketplace.Shell.Configuration;
using Marketplace.Shell.Outbox;

namespace Marketplace.Shell.Resync;

/// <summary>What a person at the machine asks for.</summary>
internal sealed record ResyncOrder(ResyncRequest Request, bool AsJson);

/// <summary>A resync from the command line.</summary>
internal static class ResyncCommand
{
    public static Command Command(CommandHost host)
    {
        var installation = CommandParts.Installation();
        var resource = new Option<string?>("--resource") { Description = "This resource alone, not the whole installation." };
        var import = new Option<bool>("--import") { Description = "Put there what lives here and Vercel does not know." };
        var remove = new Option<bool>("--remove") { Description = "Delete there what is gone here." };
        var reason = new Option<string?>("--reason") { Description = "Why; it is kept in the audit." };
        var json = CommandParts.Json();
        var command = CommandParts.Of(
            "resync",
            "Has Vercel told everything that we hold once more: secrets, status, plan, name, metadata, notification.",
            installation, resource, import, remove, reason, json);
        command.SetAction(host.OnServer((app, parsed, cancel) => Run(
            app,
            new ResyncOrder(
                new ResyncRequest(
                    new InstallationId(parsed.GetValue(installation)!),
                    parsed.GetValue(resource) is { } id ? new ResourceId(id) : null,
                    parsed.GetValue(import), parsed.GetValue(remove), parsed.GetValue(reason)),
                parsed.GetValue(json)),
            cancel)));
        return command
            .Examples("resync icfg_…", "resync icfg_… --resource res_… --import", "resync icfg_… --resource res_… --remove --reason \"Deleted by hand\"")
            .Ends("it is on its way", "there is nothing to tell");
    }

    /// <param name="app">Whose database is used; it is not started.</param>
    public static async Task<int> Run(WebApplication app, ResyncOrder order, CancellationToken cancel)
    {
        var request = order.Request;
        if (request.Reason is not null && AuditReason.Problem(request.Reason) is { } problem)
            return await CommandParts.SayNothingDone($"--reason: {problem}");
        return await app.Services.GetRequiredService<Resyncs>().Request(request, Actor.Operator("resync"), cancel) switch
        {
            ResyncAnswer.Queued queued => await Tell(request.Installation, queued, order.AsJson),
            ResyncAnswer.NoInstallation => await CommandParts.SayNothingDone($"There is no installation {request.Installation}."),
            ResyncAnswer.InstallationLeaves => await CommandParts.SayNothingDone($"Installation {request.Installation} is uninstalled: Vercel shows nothing of it any more."),
            ResyncAnswer.NoResource(var id) => await CommandParts.SayNothingDone($"The installation has no resource {id}. If Vercel has it, --remove deletes it there."),
            ResyncAnswer.ResourceGone(var id) => await CommandParts.SayNothingDone($"Resource {id} is gone here. If Vercel has it still, --remove deletes it there."),
            var other => throw new UnreachableException(other.GetType().Name),
        };
    }

    private static async Task<int> Tell(InstallationId installation, ResyncAnswer.Queued queued, bool asJson)
    {
        var wire = ResyncWire.Of(installation, queued);
        if (asJson)
            return await CommandParts.SayJson(wire);

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
}
