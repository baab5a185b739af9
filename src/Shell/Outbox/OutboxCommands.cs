using System.CommandLine;
using Marketplace.Core.Installations;
using Marketplace.Shell.Audit;
using Marketplace.Shell.Configuration;
using static Marketplace.Shell.Configuration.CommandParts;

namespace Marketplace.Shell.Outbox;

/// <summary>What a person at the machine asks of the outbox.</summary>
internal abstract record OutboxRequest(bool AsJson)
{
    /// <param name="Installation">Everybody's, when null.</param>
    /// <param name="State">Any, when null and an installation is named.</param>
    public sealed record List(string? Installation, string? State, int Limit, string? Cursor, bool AsJson) : OutboxRequest(AsJson);

    public sealed record Show(string Installation, long Sequence, bool AsJson) : OutboxRequest(AsJson);

    public sealed record Replay(string Installation, ReplayRange Range, string Reason, bool AsJson) : OutboxRequest(AsJson);
}

/// <summary>The outbox from the command line: lists, one message, and what was given up once more.</summary>
internal static class OutboxCommands
{
    public static Command Command(CommandHost host) =>
        new("outbox", "Shows what Vercel has still to hear and what could not be delivered, and has that sent once more.")
        {
            ListCommand(host),
            ShowCommand(host),
            ReplayCommand(host),
        };

    /// <param name="app">Whose database is used; it is not started.</param>
    public static async Task<int> Run(WebApplication app, OutboxRequest request, CancellationToken cancel)
    {
        var outbox = app.Services.GetRequiredService<OutboxView>();
        return request switch
        {
            OutboxRequest.List list => await List(outbox, list, cancel),
            OutboxRequest.Show show => await Show(outbox, show, cancel),
            OutboxRequest.Replay replay => await Replay(outbox, replay, cancel),
            _ => throw new System.Diagnostics.UnreachableException(request.GetType().Name),
        };
    }

    private static async Task<int> List(OutboxView outbox, OutboxRequest.List asked, CancellationToken cancel)
    {
        if ((asked.Cursor is null ? OutboxCursor.Start : OutboxCursor.Read(asked.Cursor)) is not { } before)
            return await SayNothingDone("--cursor is not one that a list named.");
        var page = asked.Installation is { } id
            ? await outbox.Of(new InstallationId(id), asked.State, before, asked.Limit, cancel)
            : await outbox.Anywhere(asked.State ?? OutboxView.Dead, before, asked.Limit, cancel);
        if (page is null)
            return await SayNothingDone($"There is no installation {asked.Installation}.");
        if (asked.AsJson)
            return await SayJson(OutboxPageWire.Of(page));

        foreach (var message in page.Messages)
            await Console.Out.WriteLineAsync(message.Line);
        if (page.Messages.IsEmpty)
            await Console.Out.WriteLineAsync("There is none.");
        if (page.Next is { } next)
            await Console.Error.WriteLineAsync($"There are more: --cursor {OutboxCursor.Write(next)}");
        return 0;
    }

    private static async Task<int> Show(OutboxView outbox, OutboxRequest.Show asked, CancellationToken cancel)
    {
        if (await outbox.Find(new InstallationId(asked.Installation), asked.Sequence, cancel) is not { } message)
            return await SayNothingDone($"Installation {asked.Installation} has no message {asked.Sequence}, or it was delivered long ago.");
        if (asked.AsJson)
            return await SayJson(OutboxMessageWire.Of(message));

        await Console.Out.WriteLineAsync(message.Line);
        if (message.LastRequest is { } request)
            await Console.Out.WriteLineAsync($"Vercel was asked: {request}");
        if (message.LastStatus is { } status)
            await Console.Out.WriteLineAsync($"Vercel answered {status}: {message.LastAnswer}");
        if (message.AwaitsToken)
            await Console.Out.WriteLineAsync("Vercel does not take the installation's token; it waits for the next one.");
        return 0;
    }

    private static async Task<int> Replay(OutboxView outbox, OutboxRequest.Replay asked, CancellationToken cancel)
    {
        if (AuditReason.Problem(asked.Reason) is { } problem)
            return await SayNothingDone($"--reason: {problem}");
        if (await outbox.Replay(
            new InstallationId(asked.Installation), asked.Range, asked.Reason.Trim(), Actor.Operator("outbox replay"), cancel) is not { } replayed)
            return await SayNothingDone($"There is no such message or installation: {asked.Installation}. See: outbox list.");

        if (asked.AsJson)
            await SayJson(new ReplayedWire([.. replayed]));
        else if (!replayed.IsEmpty)
            await Console.Out.WriteLineAsync(
                $"{Counted.Of(replayed.Count, "message is", "messages are")} sent once more, within seconds where a worker runs: {string.Join(", ", replayed)}.");
        if (!replayed.IsEmpty)
            return 0;

        return await SayNothingDone("Nothing was given up there: what there is waits to be sent, or was delivered.");
    }

    private static OperatorCommand ListCommand(CommandHost host)
    {
        var installation = OfInstallation();
        var dead = new Option<bool>("--dead") { Description = "What could not be delivered; so it is where nothing is named." };
        var pending = new Option<bool>("--pending") { Description = "What is still to be sent." };
        var limit = Limit();
        var cursor = Cursor();
        var json = CommandParts.Json();
        var command = Of("list", "Lists messages, newest first.", installation, dead, pending, limit, cursor, json);
        command.Excludes(dead, pending);
        command.SetAction(host.OnServer((app, parsed, cancel) => Run(
            app,
            new OutboxRequest.List(
                parsed.GetValue(installation),
                parsed.GetValue(dead) ? OutboxView.Dead : parsed.GetValue(pending) ? OutboxView.Pending : null,
                parsed.GetValue(limit), parsed.GetValue(cursor), parsed.GetValue(json)),
            cancel)));
        return command
            .Examples("outbox list --dead", "outbox list --installation icfg_… --limit 20 --json")
            .Ends("the list, which may be empty", "there is no such installation, or the cursor is none");
    }

    private static OperatorCommand ShowCommand(CommandHost host)
    {
        var installation = Installation();
        var sequence = new Argument<long>("sequence") { Description = "The number of the message, as the list shows it." };
        var json = CommandParts.Json();
        var command = Of("show", "Shows one message, and what Vercel answered last.", installation, sequence, json);
        command.SetAction(host.OnServer((app, parsed, cancel) => Run(
            app, new OutboxRequest.Show(parsed.GetValue(installation)!, parsed.GetValue(sequence), parsed.GetValue(json)), cancel)));
        return command.Examples("outbox show icfg_… 12").Ends("the message", "there is none");
    }

    /// <param name="name">Also one of the group replay.</param>
    public static OperatorCommand ReplayCommand(CommandHost host, string name = "replay")
    {
        var words = name == "replay" ? "outbox replay" : $"replay {name}";
        var installation = Installation();
        var sequence = new Option<long?>("--sequence") { Description = "This message alone." };
        var from = new Option<long?>("--from") { Description = "From this number on." };
        var to = new Option<long?>("--to") { Description = "Up to this number, which is among them." };
        var since = Moment("--since", "Written at this time or later, like 2027-01-31T09:30Z.");
        var until = Moment("--until", "Written before this time.");
        var reason = CommandParts.Reason();
        var json = CommandParts.Json();
        var command = Of(
            name,
            "Has what was given up sent once more, in its old order: all of an installation, or what is named.",
            installation, sequence, from, to, since, until, reason, json);
        command.Validators.Add(result =>
        {
            if (result.GetValue(sequence) is not null && (result.GetValue(from) ?? result.GetValue(to)) is not null)
                result.AddError("--sequence names one message, --from and --to a range.");
        });
        command.SetAction(host.OnServer((app, parsed, cancel) => Run(
            app,
            new OutboxRequest.Replay(
                parsed.GetValue(installation)!,
                ReplayRange.Of(
                    parsed.GetValue(sequence) ?? parsed.GetValue(from), parsed.GetValue(sequence) ?? parsed.GetValue(to),
                    parsed.GetValue(since), parsed.GetValue(until)),
                parsed.GetValue(reason)!, parsed.GetValue(json)),
            cancel)));
        return command
            .Examples(
                $"{words} icfg_… --reason \"Vercel has mended it\"",
                $"{words} icfg_… --from 12 --to 40 --reason \"Vercel has mended it\"",
                $"{words} icfg_… --since 2027-01-31T09:30Z --reason \"The outage of the 31st\"")
            .Ends("they are sent once more", "nothing was given up there");
    }
}
