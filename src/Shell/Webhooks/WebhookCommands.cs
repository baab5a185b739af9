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
    public sealed record List(string? Installation, string? State, int Limit, string? Cursor, bool AsJson) : WebhookRequest(AsJson);

    public sealed record Show(string Installation, string Id, bool WithBody, bool AsJson) : WebhookRequest(AsJson);

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
            ShowCommand(host),
            ReplayCommand(host),
        };

    /// <param name="app">Whose database is used; it is not started.</param>
    public static async Task<int> Run(WebApplication app, WebhookRequest request, CancellationToken cancel)
    {
        var webhooks = app.Services.GetRequiredService<WebhookView>();
        return request switch
        {
            WebhookRequest.List list => await List(webhooks, list, cancel),
            WebhookRequest.Show show => await Show(webhooks, show, cancel),
            WebhookRequest.Replay replay => await Replay(webhooks, replay, cancel),
            _ => throw new System.Diagnostics.UnreachableException(request.GetType().Name),
        };
    }

    private static async Task<int> List(WebhookView webhooks, WebhookRequest.List asked, CancellationToken cancel)
    {
        if ((asked.Cursor is null ? WebhookCursor.Start : WebhookCursor.Read(asked.Cursor)) is not { } after)
            return await SayNothingDone("--cursor is not one that a list named.");
        var page = asked.Installation is { } id
            ? await webhooks.Of(new InstallationId(id), asked.State, after, asked.Limit, cancel)
            : await webhooks.Anywhere(asked.State ?? WebhookView.Dead, after, asked.Limit, cancel);
        if (asked.AsJson)
            return await SayJson(WebhookPageWire.Of(page));

        foreach (var webhook in page.Webhooks)
            await Console.Out.WriteLineAsync(webhook.Line);
        if (page.Webhooks.IsEmpty)
            await Console.Out.WriteLineAsync("There is none.");
        if (page.Next is { } next)
            await Console.Error.WriteLineAsync($"There are more: --cursor {next.Write()}");
        return Done;
    }

    private static async Task<int> Show(WebhookView webhooks, WebhookRequest.Show asked, CancellationToken cancel)
    {
        var installation = new InstallationId(asked.Installation);
        if (await webhooks.Find(installation, asked.Id, cancel) is not { } webhook)
            return await SayNothingDone($"There is no webhook {asked.Id} about \"{asked.Installation}\", or it was processed long ago.");
        if (asked.WithBody)
            await Console.Out.WriteLineAsync(await webhooks.Body(installation, asked.Id, cancel));
        else if (asked.AsJson)
            await SayJson(WebhookWire.Of(webhook));
        else
            await Console.Out.WriteLineAsync(webhook.Line);
        return Done;
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
            return await SayJson(new ReplayedWebhooksWire([.. replayed]));

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
        var cursor = Cursor();
        var json = CommandParts.Json();
        var command = Of("list", "Lists webhooks, newest first. What they say is not shown.", installation, dead, pending, limit, cursor, json);
        command.Excludes(dead, pending);
        command.SetAction(host.OnServer((app, parsed, cancel) => Run(
            app,
            new WebhookRequest.List(
                parsed.GetValue(installation),
                parsed.GetValue(dead) ? WebhookView.Dead : parsed.GetValue(pending) ? WebhookView.Pending : null,
                parsed.GetValue(limit), parsed.GetValue(cursor), parsed.GetValue(json)),
            cancel)));
        return command
            .Examples("webhooks list --dead", "webhooks list --installation icfg_… --json")
            .Ends("the list, which may be empty", "the cursor is none");
    }

    private static OperatorCommand ShowCommand(CommandHost host)
    {
        var installation = AboutInstallation();
        var id = new Argument<string>("webhookId") { Description = "Vercel's name for the webhook (evt_…), as the list shows it." };
        var body = new Option<bool>("--body") { Description = "What Vercel sent, as it came, and nothing else. It may name people." };
        var json = CommandParts.Json();
        var command = Of("show", "Shows one webhook, and why it had no effect.", installation, id, body, json);
        command.SetAction(host.OnServer((app, parsed, cancel) => Run(
            app,
            new WebhookRequest.Show(parsed.GetValue(installation)!, parsed.GetValue(id)!, parsed.GetValue(body), parsed.GetValue(json)),
            cancel)));
        return command.Examples("webhooks show icfg_… evt_…", "webhooks show icfg_… evt_… --body").Ends("the webhook", "there is none");
    }

    /// <param name="name">Also one of the group replay.</param>
    public static OperatorCommand ReplayCommand(CommandHost host, string name = "replay")
    {
        var words = name == "replay" ? "webhooks replay" : $"replay {name}";
        var installation = AboutInstallation();
        var id = new Option<string?>("--id") { Description = "This webhook alone." };
        var reason = CommandParts.Reason();
        var json = CommandParts.Json();
        var command = Of(
            name, "Has what was given up processed once more: all of an installation, or one.",
            installation, id, reason, json);
        command.SetAction(host.OnServer((app, parsed, cancel) => Run(
            app,
            new WebhookRequest.Replay(parsed.GetValue(installation)!, parsed.GetValue(id), parsed.GetValue(reason)!, parsed.GetValue(json)),
            cancel)));
        return command
            .Examples($"{words} icfg_… --reason \"The database was full\"", $"{words} icfg_… --id evt_… --reason \"It is mended\"")
            .Ends("they are processed once more", "none was given up there");
    }

    private static Argument<string> AboutInstallation() =>
        new("installation") { Description = "Its id (icfg_…), as the list shows it; \"\" for what names none." };
}
