using System.CommandLine;
using Marketplace.Core.Installations;
using Marketplace.Shell.Audit;
using Marketplace.Shell.Configuration;
using Marketplace.Shell.Outbox;
using static Marketplace.Shell.Configuration.CommandParts;

namespace Marketplace.Shell.ProviderEvents;

/// <summary>Events from the command line: lists, one of them, what was given up once more, and a test.</summary>
internal static class ProviderEventCommands
{
    /// <summary>A worker looks every two seconds, and the backend has fifteen to answer. Real time.</summary>
    private static readonly TimeSpan TestPatience = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(250);

    public static Command Command(CommandHost host) =>
        new("events", "Shows what your backend is told and could not be told, has it told once more, and tests whether it hears.")
        {
            ListCommand(host),
            ShowCommand(host),
            ReplayCommand(host),
            TestCommand(host),
        };

    private static ProviderEventView View(WebApplication app) => app.Services.GetRequiredService<ProviderEventView>();

    private static OperatorCommand ListCommand(CommandHost host)
    {
        var installation = OfInstallation();
        var dead = new Option<bool>("--dead") { Description = "What was given up." };
        var pending = new Option<bool>("--pending") { Description = "What is still to be sent." };
        var limit = Limit();
        var cursor = new Option<string?>("--cursor") { Description = "Where the list before ended." };
        var json = Json();
        var command = Of("list", "Lists events, newest first.", installation, dead, pending, limit, cursor, json);
        command.Excludes(dead, pending);
        command.SetAction(host.OnServer((app, parsed, cancel) => List(
            View(app), parsed.GetValue(installation),
            parsed.GetValue(dead) ? OutboxView.Dead : parsed.GetValue(pending) ? OutboxView.Pending : null,
            parsed.GetValue(limit), parsed.GetValue(cursor), parsed.GetValue(json), cancel)));
        return command
            .Examples("events list --dead", "events list --installation icfg_… --limit 20 --json")
            .Ends("the list, which may be empty", "there is no such installation, or the cursor is none");
    }

    private static async Task<int> List(
        ProviderEventView events, string? installation, string? state, int limit, string? cursor, bool asJson, CancellationToken cancel)
    {
        if ((cursor is null ? OutboxCursor.Start : OutboxCursor.Read(cursor)) is not { } before)
            return await SayNothingDone("--cursor is not one that a list named.");
        var page = installation is { } id
            ? await events.Of(new InstallationId(id), state, before, limit, cancel)
            : await events.Anywhere(state, before, limit, cancel);
        if (page is null)
            return await SayNothingDone($"There is no installation {installation}.");
        if (asJson)
            return await SayJson(EventPageWire.Of(page));

        foreach (var one in page.Events)
            await Console.Out.WriteLineAsync(one.Line);
        if (page.Events.IsEmpty)
            await Console.Out.WriteLineAsync("There is none.");
        if (page.Next is { } next)
            await Console.Error.WriteLineAsync($"There are more: --cursor {OutboxCursor.Write(next)}");
        if (page.StoppedAt is { } stopped)
            await Console.Error.WriteLineAsync($"Nothing is sent since {stopped.UtcDateTime:yyyy-MM-dd HH:mm:ss}Z, when the backend answered 410. When it listens again: events test");
        return 0;
    }

    private static OperatorCommand ShowCommand(CommandHost host)
    {
        var name = new Argument<string>("eventId") { Description = "The name of the event (evt_…), which is also the webhook-id that it is sent with." };
        var json = Json();
        var command = Of("show", "Shows one event, and what the backend answered last.", name, json);
        command.SetAction(host.OnServer(async (app, parsed, cancel) =>
            ProviderEventId.Read(parsed.GetValue(name)!) is { } sequence && await View(app).Find(installation: null, sequence, cancel) is { } found
                ? await Show(found, parsed.GetValue(json))
                : await SayNothingDone($"There is no event {parsed.GetValue(name)}, or it was delivered long ago.")));
        return command.Examples("events show evt_12").Ends("the event", "there is none");
    }

    private static async Task<int> Show(ShownEvent shown, bool asJson)
    {
        if (asJson)
            return await SayJson(ShownEventWire.Of(shown));

        await Console.Out.WriteLineAsync(shown.Line);
        await Console.Out.WriteLineAsync(shown.Data);
        if (shown.LastStatus is { } status)
            await Console.Out.WriteLineAsync($"The backend answered {status}: {shown.LastAnswer}");
        return 0;
    }

    /// <param name="called">Also one of the group replay.</param>
    public static OperatorCommand ReplayCommand(CommandHost host, string called = "replay")
    {
        var words = called == "replay" ? "events replay" : $"replay {called}";
        var installation = Installation();
        var name = EventOption("--event", "This event alone, also when it was delivered.");
        var from = EventOption("--from", "From this event on.");
        var to = EventOption("--to", "Up to this event, which is among them.");
        var since = Moment("--since", "Happened at this time or later, like 2027-01-31T09:30Z.");
        var until = Moment("--until", "Happened before this time.");
        var delivered = new Option<bool>("--delivered") { Description = "Those too that the backend has taken." };
        var reason = Reason();
        var json = Json();
        var command = Of(
            called, "Has what was given up sent once more, in its old order: all of an installation, or what is named.",
            installation, name, from, to, since, until, delivered, reason, json);
        command.Validators.Add(result =>
        {
            if (result.GetValue(name) is not null && (result.GetValue(from) ?? result.GetValue(to)) is not null)
                result.AddError("--event names one event, --from and --to a range.");
        });
        command.SetAction(host.OnServer((app, parsed, cancel) => Replay(
            View(app), parsed.GetValue(installation)!,
            ReplayRange.Of(
                parsed.GetValue(name) ?? parsed.GetValue(from), parsed.GetValue(name) ?? parsed.GetValue(to), parsed.GetValue(since),
                parsed.GetValue(until)),
            parsed.GetValue(delivered), parsed.GetValue(reason)!, parsed.GetValue(json), cancel)));
        return command
            .Examples(
                $"{words} icfg_… --reason \"The backend is mended\"",
                $"{words} icfg_… --event evt_12 --reason \"It was lost\"",
                $"{words} icfg_… --since 2027-01-31T09:30Z --delivered --reason \"Restored from yesterday's backup\"")
            .Ends("they are sent once more", "there was nothing to send once more");
    }

    private static async Task<int> Replay(
        ProviderEventView events, string installation, ReplayRange range, bool isDeliveredToo, string reason, bool asJson, CancellationToken cancel)
    {
        if (AuditReason.Problem(reason) is { } problem)
            return await SayNothingDone($"--reason: {problem}");
        if (await events.Replay(
            new InstallationId(installation), range, isDeliveredToo, reason.Trim(), Actor.Operator("events replay"), cancel) is not { } replayed)
            return await SayNothingDone($"There is no such event or installation: {installation}. See: events list.");

        if (asJson)
            await SayJson(ReplayedEventsWire.Of(replayed));
        else if (!replayed.IsEmpty)
            await Console.Out.WriteLineAsync(
                $"{Counted.Of(replayed.Count, "event is", "events are")} sent once more, within seconds where a worker runs: {string.Join(", ", replayed.Select(ProviderEventId.Of))}.");
        return replayed.IsEmpty ? await SayNothingDone("Nothing is to be sent once more: what there is waits to be sent, or was delivered.") : 0;
    }

    private static OperatorCommand TestCommand(CommandHost host)
    {
        var json = Json();
        var command = Of("test", "Has the worker send an event of nothing that happened, and says what your backend answered.", json);
        command.SetAction(host.OnServer((app, parsed, cancel) => Test(View(app), parsed.GetValue(json), cancel)));
        return command
            .Examples("events test")
            .Ends("the backend has taken it, and events go on where they waited", "it has not, or no worker runs, or nobody listens");
    }

    private static async Task<int> Test(ProviderEventView events, bool asJson, CancellationToken cancel)
    {
        if (await events.Test(cancel) is not { } sent)
            return await SayNothingDone("Nobody listens: no worker was started with an address for events (Events__Url).");

        var began = TimeProvider.System.GetTimestamp();
        while (sent.State == OutboxView.Pending && TimeProvider.System.GetElapsedTime(began) < TestPatience)
        {
            await Task.Delay(Look, cancel);
            sent = await events.Find(installation: null, sent.Sequence, cancel) ?? sent;
        }

        await Show(sent, asJson);
        return sent.State switch
        {
            OutboxView.Pending => await SayNothingDone("No worker has sent it within half a minute. Does one run?"),
            OutboxView.Dead => NothingDone,
            _ => 0,
        };
    }

    private static Option<long?> EventOption(string name, string description) => new(name)
    {
        Description = description,
        CustomParser = result =>
        {
            if (ProviderEventId.Read(result.Tokens.Single().Value) is { } sequence)
                return sequence;
            result.AddError($"{result.Tokens.Single().Value} is no name of an event, like evt_12.");
            return null;
        },
    };
}
