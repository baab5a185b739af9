using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Marketplace.Simulator.State;
using Marketplace.Simulator.Webhooks;

namespace Marketplace.Simulator.Dashboard;

/// <summary>Webhooks by hand: what nobody has heard of yet, what came already, and in another order. Source: contract §F.</summary>
internal sealed partial class CustomerDashboard
{
    /// <summary>Sends a webhook of any type and content.</summary>
    public Webhook SendWebhook(string type, JsonObject payload)
    {
        var webhook = store.Change(state =>
        {
            var next = state.Send(new Announcement(type, [], payload, clock.GetUtcNow()));
            return (next, next.Webhooks[^1]);
        });
        work.Wake();
        return webhook;
    }

    /// <summary>Sends one once more: the same id, the same bytes.</summary>
    public void SendWebhookAgain(string id)
    {
        store.Change(state =>
        {
            var webhook = state.Webhooks.Find(webhook => webhook.Id == id) ?? throw new KeyNotFoundException($"There is no webhook {id}.");
            return state with { Webhooks = state.Webhooks.Replace(webhook, webhook.Again(clock.GetUtcNow())) };
        });
        work.Wake();
    }

    /// <summary>From now on webhooks collect, until they are let go.</summary>
    public void HoldWebhooks() => store.Change(state => state with { HoldsWebhooks = true });

    /// <summary>Lets those go that have collected: in the given order, and the others after them in the order in which they came to be.</summary>
    public void ReleaseWebhooks(params IEnumerable<string> order)
    {
        ImmutableList<string> first = [.. order];
        store.Change(state => Released(state, waiting => waiting.OrderBy(webhook =>
            first.IndexOf(webhook.Id) is >= 0 and var place ? place : first.Count)));
        work.Wake();
    }

    /// <summary>The newest first.</summary>
    public void ReleaseWebhooksReversed()
    {
        store.Change(state => Released(state, Enumerable.Reverse));
        work.Wake();
    }

    private static VercelState Released(VercelState state, Func<IEnumerable<Webhook>, IEnumerable<Webhook>> arrange)
    {
        var waiting = state.Webhooks.FindAll(webhook => webhook.NextAttemptAt is not null);
        return state with { HoldsWebhooks = false, Webhooks = [.. state.Webhooks.RemoveRange(waiting), .. arrange(waiting)] };
    }
}
