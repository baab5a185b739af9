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
    /// <param name="run">Gets what is left of the arguments, too.</param>
    /// <param name="rest">ASP.NET's part of what was parsed.</param>
    public static Command Command(Func<WebhookRequest, string[], CancellationToken, Task<int>> run, Func<ParseResult, string[]> rest) =>
        new("webhooks", "Shows what Vercel has told us and what had no effect, and has that processed once more.")
        {
            ListCommand(run, rest),
            ReplayCommand(run, rest),
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

    private static Command ListCommand(Func<WebhookRequest, string[], CancellationToken, Task<int>> run, Func<ParseResult, string[]> rest)
    {
        var installation = OfInstallation();
        var dead = new Option<bool>("--dead") { Description = "What was given up; so it is where nothing is named." };
        var pending = new Option<bool>("--pending") { Description = "What has no effect yet." };
        var limit = Limit();
        var json = CommandParts.Json("As JSON.");
        var command = Of("list", "Lists webhooks, newest first. What they say is not shown.", installation, dead, pending, limit, json);
        command.Excludes(dead, pending);
        command.SetAction((parsed, cancel) => run(
            new WebhookRequest.List(
                parsed.GetValue(installation),
                parsed.GetValue(dead) ? WebhookView.Dead : parsed.GetValue(pending) ? WebhookView.Pending : null,
                parsed.GetValue(limit), parsed.GetValue(json)),
            rest(parsed), cancel));
        return command;
    }

    private static Command ReplayCommand(Func<WebhookRequest, string[], CancellationToken, Task<int>> run, Func<ParseResult, string[]> rest)
    {
        var installation = new Argument<string>("installation") { Description = "Its id (icfg_…), as the list shows it; \"\" for what names none." };
        var id = new Option<string?>("--id") { Description = "This webhook alone." };
        var reason = CommandParts.Reason();
        var json = CommandParts.Json("As JSON.");
        var command = Of(
            "replay", "Has what was given up processed once more: all of an installation, or one. Exit code 0 when there was something, 2 when not.",
            installation, id, reason, json);
        command.SetAction((parsed, cancel) => run(
            new WebhookRequest.Replay(parsed.GetValue(installation)!, parsed.GetValue(id), parsed.GetValue(reason)!, parsed.GetValue(json)),
            rest(parsed), cancel));
        return command;
    }
}
