using System.Collections.Immutable;

namespace Marketplace.Simulator.Webhooks;

/// <summary>What goes wrong with the delivery of webhooks: the contract promises neither once, nor in time, nor in order (§F).</summary>
internal abstract record WebhookDisturbance
{
    private WebhookDisturbance() { }

    /// <summary>Comes again with the same id and bytes, although it was accepted.</summary>
    public sealed record Twice : WebhookDisturbance;

    /// <summary>Comes later, by the virtual clock; others overtake it.</summary>
    public sealed record Late(TimeSpan By) : WebhookDisturbance;

    /// <summary>Those that are due together come in another order.</summary>
    public sealed record Shuffled : WebhookDisturbance;
}

/// <summary>A disturbance of every webhook that fits, or of some of them.</summary>
/// <param name="TypeStart">The beginning of the type, such as <c>marketplace.invoice.</c>; every type when absent.</param>
internal sealed record WebhookRule(
    WebhookDisturbance Disturbance, string? TypeStart = null, int? Times = null, double Probability = 1, long Seed = 0)
{
    /// <summary>Given when it comes into force.</summary>
    public string Id { get; init; } = "";

    public bool Fits(Webhook webhook) => TypeStart is null || webhook.Type.StartsWith(TypeStart, StringComparison.Ordinal);
}

/// <summary>The rules by which webhooks go wrong.</summary>
/// <param name="isSeeded">
/// Ids are the same at every run, so that each installation can be counted by itself: what happens to one does not depend on the others.
/// </param>
internal sealed class WebhookDisturbances(Func<string> newRuleId, bool isSeeded)
{
    private ImmutableList<ActiveRule> rules = [];

    public ImmutableList<(WebhookRule Rule, int Hits)> Rules => Volatile.Read(ref rules).ConvertAll(active => (active.Rule, active.Selection.Hits));

    /// <summary>The rule with the id by which it can be removed.</summary>
    public WebhookRule Add(WebhookRule unnamed)
    {
        var rule = unnamed with { Id = newRuleId() };
        var selection = new SeededSelection(rule.Times, rule.Probability, rule.Seed);
        ImmutableInterlocked.Update(ref rules, (list, added) => list.Add(added), new ActiveRule(rule, selection));
        return rule;
    }

    /// <summary>Whether there was such a rule.</summary>
    public bool Remove(string ruleId) => ImmutableInterlocked.Update(ref rules, list => list.RemoveAll(active => active.Rule.Id == ruleId));

    public void Clear() => Volatile.Write(ref rules, []);

    /// <summary>The order in which those that are due are sent.</summary>
    public ImmutableList<Webhook> Arrange(ImmutableList<Webhook> due)
    {
        if (due.Count < 2 || Volatile.Read(ref rules).Find(active => active.Rule.Disturbance is WebhookDisturbance.Shuffled) is not { } shuffle)
        {
            return due;
        }

        // Fewer than those that fit change places when not all of them are hit.
        var places = due.Select((webhook, place) => (webhook, place))
            .Where(at => shuffle.Rule.Fits(at.webhook) && shuffle.Selection.Hit(Counted("order", at.webhook)))
            .Select(at => at.place)
            .ToList();
        var moved = new Queue<Webhook>(places
            .OrderBy(place => SeededSelection.Chance(shuffle.Rule.Seed, isSeeded ? due[place].Id : $"place {place} of {due.Count}"))
            .Select(place => due[place]));
        return places.Aggregate(due, (order, place) => order.SetItem(place, moved.Dequeue()));
    }

    /// <summary>By how much the first delivery is put off.</summary>
    public TimeSpan? Lateness(Webhook webhook) =>
        webhook is { Attempts.IsEmpty: true, IsLate: false } ? (Hit<WebhookDisturbance.Late>(webhook) as WebhookDisturbance.Late)?.By : null;

    /// <summary>Whether it comes once more after it was accepted for the first time.</summary>
    public bool ComesAgain(Webhook accepted) =>
        accepted.Attempts.Count(attempt => attempt.IsAccepted) == 1 && Hit<WebhookDisturbance.Twice>(accepted) is not null;

    private WebhookDisturbance? Hit<T>(Webhook webhook) where T : WebhookDisturbance =>
        Volatile.Read(ref rules)
            .Find(active => active.Rule.Disturbance is T && active.Rule.Fits(webhook) && active.Selection.Hit(Counted(webhook.Type, webhook)))?.Rule.Disturbance;

    private string Counted(string what, Webhook webhook) => isSeeded ? $"{what} {webhook.About}" : what;

    private sealed record ActiveRule(WebhookRule Rule, SeededSelection Selection);
}
