using Marketplace.Simulator.Dashboard;
using Marketplace.Simulator.Events;
using Marketplace.Simulator.Installations;
using Marketplace.Simulator.State;
using Marketplace.Simulator.Webhooks;

namespace Marketplace.Simulator;

/// <summary>
/// What Vercel does by itself when its time has come: move invoices on, close installations, read again what an event
/// announced, deliver webhooks, buy credit automatically.
/// </summary>
internal sealed class DueWork(
    VercelStore store, DueDecisions decisions, Rereading rereading, WebhookDelivery delivery, WebhookDisturbances disturbances,
    PartnerClient partner, TimeProvider clock)
    : IDisposable
{
    private static readonly TimeSpan LookAgainAfter = TimeSpan.FromMilliseconds(250);

    private readonly SemaphoreSlim oneAtATime = new(1, 1);
    private readonly SemaphoreSlim woken = new(0);

    /// <summary>Buys credit where a balance is too low; whether anything was done.</summary>
    public Func<CancellationToken, Task<bool>> BuyWhatIsLow { get; set; } = _ => Task.FromResult(false);

    /// <summary>Says that there may be something to do at once.</summary>
    public void Wake() => woken.Release();

    /// <summary>Returns when nothing is due any more; what is done may make more due.</summary>
    public async Task DoWhatIsDue(CancellationToken cancel)
    {
        await oneAtATime.WaitAsync(cancel);
        try
        {
            while (await DoOnce(cancel))
            {
            }

            await store.Persist(cancel);
        }
        finally
        {
            oneAtATime.Release();
        }
    }

    /// <summary>Looks after what becomes due between the steps of the clock, and at real speed.</summary>
    public async Task KeepDoing(ILogger logger, CancellationToken cancel)
    {
        while (!cancel.IsCancellationRequested)
        {
            await woken.WaitAsync(LookAgainAfter, cancel);
            try
            {
                await DoWhatIsDue(cancel);
            }
            catch (Exception fault) when (fault is not OperationCanceledException)
            {
                logger.LogError(fault, "Work that was due could not be done.");
            }
        }
    }

    public void Dispose()
    {
        oneAtATime.Dispose();
        woken.Dispose();
    }

    private async Task<bool> DoOnce(CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        var hasDecided = store.Change(state => decisions.Decide(state, now));

        var rereads = partner.Provider is null ? [] : store.Current.Rereads.FindAll(reread => reread.DueAt <= now);
        await Parallel.ForEachAsync(rereads, cancel, async (reread, token) => await Read(reread, now, token));

        var webhooks = delivery.Target is null || store.Current.HoldsWebhooks
            ? []
            : disturbances.Arrange(store.Current.Webhooks.FindAll(webhook => webhook.NextAttemptAt <= now));
        foreach (var webhook in webhooks)
        {
            var handled = disturbances.Lateness(webhook) is { } lateness ? webhook.LateUntil(now + lateness) : await Deliver(webhook, now, cancel);
            store.Change(state => state with { Webhooks = state.Webhooks.Replace(webhook, handled) });
        }

        var hasBought = await BuyWhatIsLow(cancel);
        return hasDecided || hasBought || !rereads.IsEmpty || !webhooks.IsEmpty;
    }

    /// <summary>One that cannot be done, whatever is wrong, is tried again later as often as one that is not answered, and holds up nothing else.</summary>
    private async Task Read(Reread reread, DateTimeOffset now, CancellationToken cancel)
    {
        try
        {
            await rereading.Read(reread, cancel);
        }
        catch (Exception unreadable) when (unreadable is not OperationCanceledException)
        {
            store.Change(state => Rereading.Failed(state, reread, $"Reading {reread.ResourceId ?? reread.InstallationId} after its event", unreadable.GetType().Name, now));
        }
    }

    private async Task<Webhook> Deliver(Webhook webhook, DateTimeOffset now, CancellationToken cancel)
    {
        var attempted = webhook.After(await delivery.Attempt(webhook, delivery.Target!, cancel));
        return attempted.IsDelivered && disturbances.ComesAgain(attempted) ? attempted.Again(now) : attempted;
    }
}
