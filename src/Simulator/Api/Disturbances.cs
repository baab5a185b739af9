using System.Collections.Immutable;

namespace Marketplace.Simulator.Api;

/// <summary>What goes wrong with one call.</summary>
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

    /// <summary>The call takes effect, but its answer never arrives.</summary>
    public bool LosesAnswer { get; init; }

    public static Disturbance Fails(int status) => new() { Refusal = ApiAnswer.Refusal(status, "disturbed", "Try again later.") };
}

/// <summary>What a test plans to go wrong. Each disturbance hits the next call that it fits, and only that one.</summary>
internal sealed class Disturbances
{
    private ImmutableList<Planned> planned = [];

    /// <param name="pathEnd">The end of the path, such as <c>/billing/invoices</c>.</param>
    public void Plan(HttpMethod method, string pathEnd, Disturbance disturbance, int times = 1)
    {
        for (var count = 0; count < times; count++)
        {
            ImmutableInterlocked.Update(ref planned, (list, added) => list.Add(added), new Planned(method, pathEnd, disturbance));
        }
    }

    public void Clear() => Volatile.Write(ref planned, []);

    internal Disturbance? Take(HttpMethod method, PathString path)
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
}
