using System.Text.Json;
using Marketplace.Core.Installations;
using Marketplace.Jobs.Telemetry;
using Marketplace.Jobs.Webhooks;
using Marketplace.Shell.Persistence;
using Npgsql;

namespace Marketplace.Shell.Webhooks;

/// <summary>Webhooks in PostgreSQL, and their effects: each in one transaction with the end of its webhook.</summary>
/// <remarks>
/// Those that have no effect, and one each of several installations, share a transaction: its two round trips and its commit are most
/// of what one of them costs. Two of one installation never do, because the second has to see what the first has done. What goes wrong
/// for one of them goes wrong for nobody else: then nothing is committed, and each is done again by itself.
/// </remarks>
internal sealed class WebhookStore(NpgsqlDataSource database, WebhookEffects effects, TimeProvider clock) : IWebhooks
{
    public async Task<IReadOnlyList<ClaimedWebhook>> Claim(int webhooksMax, TimeSpan lease, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return await WebhookRows.Claim(connection, webhooksMax, lease, cancel);
    }

    public async Task<IReadOnlyList<WebhookFault>> Process(
        IReadOnlyList<ClaimedWebhook> webhooks, DateTimeOffset now, CancellationToken cancel)
    {
        var faults = new List<WebhookFault>();
        foreach (var together in Rounds(webhooks))
        {
            var scenes = Look(together, now, faults);
            if (!await TryTogether(scenes, cancel))
                scenes.ForEach(scene => scene.End = null);
            foreach (var scene in scenes)
            {
                if (await Finish(scene, now, cancel) is { } fault)
                    faults.Add(fault);
            }
        }

        return faults;
    }

    public async Task GiveBack(ClaimedWebhook webhook, string reason, TimeSpan delay, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await WebhookRows.GiveBack(connection, webhook, reason, delay, cancel);
    }

    public async Task Bury(ClaimedWebhook webhook, string reason, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await WebhookRows.Bury(connection, webhook, reason, cancel);
    }

    public async Task<int> Forget(DateTimeOffset before, int max, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return await WebhookRows.Forget(connection, before, max, cancel);
    }

    /// <summary>Each at most one of an installation, in the order in which they came; and in the order of locks.</summary>
    private IEnumerable<List<ClaimedWebhook>> Rounds(IReadOnlyList<ClaimedWebhook> webhooks)
    {
        var behind = new Dictionary<InstallationId, int>();
        return webhooks
            .GroupBy(webhook => effects.Of(webhook.Type) is null ? 0
                : behind[webhook.Installation] = behind.GetValueOrDefault(webhook.Installation, -1) + 1)
            .OrderBy(round => round.Key)
            .Select(round => round.OrderBy(webhook => webhook.Installation.Value, StringComparer.Ordinal).ToList());
    }

    /// <summary>One that cannot be read is at fault before anything is looked at.</summary>
    private List<Scene> Look(List<ClaimedWebhook> together, DateTimeOffset now, List<WebhookFault> faults)
    {
        var scenes = new List<Scene>();
        foreach (var webhook in together)
        {
            try
            {
                scenes.Add(new Scene(webhook, effects.Of(webhook.Type), now));
            }
            catch (Exception unreadable) when (unreadable is JsonException or UnstorableTextException)
            {
                faults.Add(new WebhookFault.Unreadable(webhook, unreadable.Message));
            }
            catch (Exception fault)
            {
                // Whatever it is, those that were claimed with it do not wait for it.
                faults.Add(new WebhookFault.Failed(webhook, fault));
            }
        }

        return scenes;
    }

    /// <summary>False when nothing came of it, and each has to be done by itself.</summary>
    private async Task<bool> TryTogether(List<Scene> scenes, CancellationToken cancel)
    {
        try
        {
            await using var connection = await database.OpenConnectionAsync(cancel);
            await Loads.BeginTogether(connection, scenes.ConvertAll(scene => scene.Loads), cancel);
            var writes = scenes.ConvertAll(scene => scene.Decide()).FindAll(one => !one.IsEmpty);
            if (writes.Count > 0)
                await Writes.CommitTogether(connection, writes, cancel);
            return true;
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            // Should the commit have taken hold after all, each is found closed.
            return false;
        }
    }

    /// <summary>By itself, where that was not to be had together with the others.</summary>
    private async Task<WebhookFault?> Finish(Scene scene, DateTimeOffset now, CancellationToken cancel)
    {
        try
        {
            while (true)
            {
                switch (scene.End ?? await Alone(scene, now, cancel))
                {
                    case WebhookEnd.Closed:
                        Measures.WebhookProcessed(scene.Webhook.Type, clock.GetUtcNow() - scene.Webhook.ReceivedAt);
                        return null;
                    case WebhookEnd.NotYet(var reason):
                        return new WebhookFault.NotYet(scene.Webhook, reason);
                    case WebhookEnd.LookAgain(var next):
                        scene = new Scene(scene.Webhook, next, now);
                        break;
                    case var other:
                        throw new System.Diagnostics.UnreachableException(other.GetType().Name);
                }
            }
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            return new WebhookFault.Failed(scene.Webhook, fault);
        }
    }

    private async Task<WebhookEnd> Alone(Scene scene, DateTimeOffset now, CancellationToken cancel)
    {
        var anew = new Scene(scene.Webhook, scene.Effect, now);
        await using var connection = await database.OpenConnectionAsync(cancel);
        await anew.Loads.Begin(connection, cancel);
        var writes = anew.Decide();
        if (!writes.IsEmpty)
            await writes.Commit(connection, cancel);
        return anew.End ?? throw anew.Fault!;
    }

    /// <summary>One webhook before its end.</summary>
    private sealed class Scene
    {
        private readonly Loaded<bool>? isOpen;
        private readonly Func<Writes, WebhookEnd> decide;

        public Scene(ClaimedWebhook webhook, WebhookEffect? effect, DateTimeOffset now)
        {
            (Webhook, Effect) = (webhook, effect);
            // Whoever goes first gives the effect; who comes after the end of a lease finds it given.
            isOpen = effect is null ? null : WebhookRows.LockOpen(Loads, webhook);
            decide = effect is null ? _ => WebhookEnd.NoEffect : effect(Loads, webhook, now);
        }

        public ClaimedWebhook Webhook { get; }

        public WebhookEffect? Effect { get; }

        public Loads Loads { get; } = new();

        /// <summary>Null as long as nothing came of it.</summary>
        public WebhookEnd? End { get; set; }

        public Exception? Fault { get; private set; }

        /// <summary>What it writes; nothing when it fails or is not at its end.</summary>
        public Writes Decide()
        {
            var writes = new Writes();
            try
            {
                End = isOpen?.Value == false ? WebhookEnd.Done : decide(writes);
            }
            catch (Exception fault)
            {
                Fault = fault;
            }

            if (End is WebhookEnd.Closed(var remark))
                WebhookRows.Close(writes, Webhook, remark);
            else
                writes.Discard();
            return writes;
        }
    }
}
