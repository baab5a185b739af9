using System.CommandLine;
using Marketplace.Core.Installations;
using Marketplace.Shell.Audit;
using Marketplace.Shell.Configuration;
using static Marketplace.Shell.Configuration.CommandParts;

namespace Marketplace.Shell.Webhooks;

/// <summary>What a person at the machine asks of the webhooks.</summary>
internal abstract record WebhookRequest(bool AsJson)
{
    /// <param name="Installation">Everybody's, when null.</param>
    /// <param name="State">Any, when null and an installation is named.</param>
    public sealed record List(string? Installation, string? State, int Limit, bool AsJson) : WebhookRequest(AsJson);

    /// <param name="Id">All dead ones of the installation, when null.</param>
    public sealed record Replay(string Installation, string? Id, string Reason, bool AsJson) : WebhookRequest(AsJson);
}

/// <summary>The webhooks from the command line: lists, and what was given up once more.</summary>
internal static class WebhookCommands
{
    public static Command Command(CommandHost host) =>
        new("webhooks", "Shows what Vercel has told us and what had no effect, and has that processed once more.")
        {
            ListCommand(host),
            ReplayCommand(host),
        };

    /// <param name="app">Whose database is used; it is not started.</param>
    public static async Task<int> Run(WebApplication app, WebhookRequest request, CancellationToken cancel)
    {
        var webhooks = app.Services.GetRequiredService<WebhookView>();
        return request switch
        {
            WebhookRequest.List list => await List(webhooks, list, cancel),
            WebhookRequest.Replay replay => await Replay(webhooks, replay, cancel),
            _ => throw new System.Diagnostics.UnreachableException(request.GetType().Name),
        };
    }

    private static async Task<int> List(WebhookView webhooks, WebhookRequest.List asked, CancellationToken cancel)
    {
        var found = await webhooks.List(
            asked.Installation is { } id ? new InstallationId(id) : null, asked.State, asked.Limit, cancel);
        if (asked.AsJson)
            return await SayJson(new { Webhooks = found.ToArray() });

        foreach (var webhook in found)
            await Console.Out.WriteLineAsync(webhook.Line);
        if (found.IsEmpty)
            await Console.Out.WriteLineAsync("There is none.");
        return 0;
    }

    private static async Task<int> Replay(WebhookView webhooks, WebhookRequest.Replay asked, CancellationToken cancel)
    {
        if (AuditReason.Problem(asked.Reason) is { } problem)
            return await SayNothingDone($"--reason: {problem}");
        var replayed = await webhooks.Replay(
            new InstallationId(asked.Installation), asked.Id, asked.Reason.Trim(), Actor.Operator("webhooks replay"), cancel);
        if (replayed.IsEmpty)
            return await SayNothingDone("No webhook was given up there. See: webhooks list.");

        if (asked.AsJson)
            return await SayJson(new { Replayed = replayed.ToArray() });

        await Console.Out.WriteLineAsync(
            $"{Counted.Of(replayed.Count, "webhook is", "webhooks are")} processed once more, within seconds where a worker runs: {string.Join(", ", replayed)}.");
        return 0;
    }

    private static OperatorCommand ListCommand(CommandHost host)
    {
        var installation = OfInstallation();
        var dead = new Option<bool>("--dead") { Description = "What was given up; so it is where nothing is named." };
        var pending = new Option<bool>("--pending") { Description = "What has no effect yet." };
        var limit = Limit();
        var json = CommandParts.Json("As JSON.");
        var command = Of("list", "Lists webhooks, newest first. What they say is not shown.", installation, dead, pending, limit, json);
        command.Excludes(dead, pending);
        command.SetAction(host.OnServer((app, parsed, cancel) => Run(
            app,
            new WebhookRequest.List(
                parsed.GetValue(installation),
                parsed.GetValue(dead) ? WebhookView.Dead : parsed.GetValue(pending) ? WebhookView.Pending : null,
                parsed.GetValue(limit), parsed.GetValue(json)),
            cancel)));
        return command
            .Examples("webhooks list --dead", "webhooks list --installation icfg_… --json")
            .Ends("the list, which may be empty");
    }

    private static OperatorCommand ReplayCommand(CommandHost host)
    {
        var installation = new Argument<string>("installation") { Description = "Its id (icfg_…), as the list shows it; \"\" for what names none." };
        var id = new Option<string?>("--id") { Description = "This webhook alone." };
        var reason = CommandParts.Reason();
        var json = CommandParts.Json("As JSON.");
        var command = Of(
            "replay", "Has what was given up processed once more: all of an installation, or one.",
            installation, id, reason, json);
        command.SetAction(host.OnServer((app, parsed, cancel) => Run(
            app,
            new WebhookRequest.Replay(parsed.GetValue(installation)!, parsed.GetValue(id), parsed.GetValue(reason)!, parsed.GetValue(json)),
            cancel)));
        return command
            .Examples("webhooks replay icfg_… --reason \"The database was full\"", "webhooks replay icfg_… --id evt_… --reason \"It is mended\"")
            .Ends("they are processed once more", "none was given up there");
    }
}
