using System.Collections.Immutable;
using Marketplace.Simulator.Tokens;

namespace Marketplace.Simulator.Api;

/// <summary>What goes wrong with one call. Delays are in real time: they are of the network.</summary>
internal sealed record Disturbance
{
    /// <summary>How long Vercel takes before it even looks.</summary>
    public TimeSpan Delay { get; init; }

    /// <summary>Vercel does not look before this is over.</summary>
    public Task Until { get; init; } = Task.CompletedTask;

    /// <summary>Answered instead of doing anything.</summary>
    public ApiAnswer? Refusal { get; init; }

    /// <summary>Sent as <c>Retry-After</c>.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The call takes effect, but its answer never arrives: the connection is cut.</summary>
    public bool LosesAnswer { get; init; }

    /// <summary>The call takes effect at once, and the connection stays silent for so long before it is answered or cut.</summary>
    public TimeSpan Silence { get; init; }

    /// <summary>Bends the <c>id_token</c> of an exchange of single sign-on into one that nobody may accept.</summary>
    public Func<TokenDraft, TokenDraft>? IdToken { get; init; }

    public static Disturbance Fails(int status) => new() { Refusal = ApiAnswer.Refusal(status, "disturbed", "Try again later.") };
}

/// <summary>
/// What is planned to go wrong. A planned disturbance hits the next call that it fits, and only that one; a rule hits again and again.
/// </summary>
/// <param name="isSeeded">
/// Ids are the same at every run, so that each installation can be counted by itself: what happens to one does not depend on the others.
/// </param>
internal sealed class Disturbances(Func<string> newRuleId, bool isSeeded)
{
    private ImmutableList<Planned> planned = [];
    private ImmutableList<ActiveRule> rules = [];

    /// <summary>The rules in force, with how many calls each has hit.</summary>
    public ImmutableList<(DisturbanceRule Rule, int Hits)> Rules => Volatile.Read(ref rules).ConvertAll(active => (active.Rule, active.Selection.Hits));

    /// <summary>The rule with the id by which it can be removed.</summary>
    public DisturbanceRule Add(DisturbanceRule unnamed)
    {
        var rule = unnamed with { Id = newRuleId() };
        var selection = new SeededSelection(rule.Times, rule.Probability, rule.Seed);
        ImmutableInterlocked.Update(ref rules, (list, added) => list.Add(added), new ActiveRule(rule, selection));
        return rule;
    }

    /// <summary>Whether there was such a rule.</summary>
    public bool Remove(string ruleId) => ImmutableInterlocked.Update(ref rules, list => list.RemoveAll(active => active.Rule.Id == ruleId));

    /// <param name="pathEnd">The end of the path, such as <c>/billing/invoices</c>.</param>
    public void Plan(HttpMethod method, string pathEnd, Disturbance disturbance, int times = 1)
    {
        for (var count = 0; count < times; count++)
        {
            ImmutableInterlocked.Update(ref planned, (list, added) => list.Add(added), new Planned(method, pathEnd, disturbance));
        }
    }

    public void Clear()
    {
        Volatile.Write(ref planned, []);
        Volatile.Write(ref rules, []);
    }

    /// <param name="operation">The path of the contract, with its parameters by name.</param>
    /// <param name="installationId">Absent where the path names none.</param>
    internal Disturbance? Take(HttpMethod method, PathString path, string operation, string? installationId) =>
        TakePlanned(method, path)
        ?? Volatile.Read(ref rules).Find(active => active.Rule.Fits(method, path, operation) && active.Selection.Hit(isSeeded ? $"{method} {operation} {installationId}" : $"{method} {operation}"))?.Rule.Disturbance;

    private Disturbance? TakePlanned(HttpMethod method, PathString path)
    {
        while (true)
        {
            var seen = Volatile.Read(ref planned);
            var hit = seen.Find(plan => plan.Method == method && path.Value!.EndsWith(plan.PathEnd, StringComparison.Ordinal));
            if (hit is null)
            {
                return null;
            }

            if (Interlocked.CompareExchange(ref planned, seen.Remove(hit, ReferenceEqualityComparer.Instance), seen) == seen)
            {
                return hit.Disturbance;
            }
        }
    }

    private sealed record Planned(HttpMethod Method, string PathEnd, Disturbance Disturbance);

    private sealed record ActiveRule(DisturbanceRule Rule, SeededSelection Selection);
}
