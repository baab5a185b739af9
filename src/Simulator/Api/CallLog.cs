using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using Marketplace.Simulator.Dashboard;
using Marketplace.Simulator.Webhooks;

namespace Marketplace.Simulator.Api;

/// <summary>One call that the provider made.</summary>
/// <param name="Operation">The path of the contract, with its parameters by name.</param>
internal sealed record ApiCall(
    DateTimeOffset At, string Method, string Operation, string Path, int Status, JsonElement Body, string? Answer, TimeSpan Elapsed)
{
    /// <summary>Something was made to go wrong with it.</summary>
    public bool IsDisturbed { get; init; }

    /// <summary>Where it was not as the contract says, although it was taken; a refusal says so itself.</summary>
    public ImmutableList<string> Findings { get; init; } = [];

    /// <summary>Without bodies: they hold secrets.</summary>
    public JsonObject ToJson() => new()
    {
        ["at"] = Wire.Text(At),
        ["method"] = Method,
        ["operation"] = Operation,
        ["path"] = Path,
        ["status"] = Status,
        ["refusal"] = Status >= 400 && Answer is { } answer ? (string?)JsonNode.Parse(answer)?["error"]?["message"] : null,
        ["findings"] = Wire.Write(Findings),
        ["disturbed"] = IsDisturbed,
        ["elapsedMilliseconds"] = Math.Round(Elapsed.TotalMilliseconds, 1),
    };

    /// <summary>Without bodies as well.</summary>
    public override string ToString() => $"{Wire.Text(At)} {Method} {Path} -> {Status}{(IsDisturbed ? ", disturbed" : "")}";
}

/// <summary>The latest exchanges in both directions and deliveries of webhooks, for whoever inspects them. They are not kept between runs.</summary>
internal sealed class CallLog
{
    private const int CountMax = 10_000;

    private readonly Latest<ApiCall> calls = new(CountMax);
    private readonly Latest<Exchange> exchanges = new(CountMax);
    private readonly Latest<LogEntry> entries = new(CountMax);
    private long number;

    /// <summary>Hears of everything, on the thread that it was over on: for whoever looks at more than what is kept.</summary>
    public Action<LogEntry>? WhenAdded { get; set; }

    /// <summary>What the provider called, oldest first.</summary>
    public ImmutableList<ApiCall> Calls => calls.All;

    /// <summary>What Vercel called, oldest first.</summary>
    public ImmutableList<Exchange> Exchanges => exchanges.All;

    /// <summary>All of it, in the order in which it was over.</summary>
    public ImmutableList<LogEntry> Entries => entries.All;

    public void Add(ApiCall call)
    {
        calls.Add(call);
        Add(new LogEntry.ByProvider(Interlocked.Increment(ref number), call));
    }

    public void Add(Exchange exchange)
    {
        exchanges.Add(exchange);
        Add(new LogEntry.ByVercel(Interlocked.Increment(ref number), exchange));
    }

    public void Add(Webhook webhook, DeliveryAttempt attempt) =>
        Add(new LogEntry.Delivery(Interlocked.Increment(ref number), webhook, attempt));

    /// <summary>How far the log has come, for <see cref="Since"/>.</summary>
    public (long Exchanges, long Calls) Mark() => (exchanges.Added, calls.Added);

    /// <summary>What was added after the mark, as far as it is still here.</summary>
    public (ImmutableList<Exchange> Exchanges, ImmutableList<ApiCall> Calls) Since((long Exchanges, long Calls) mark) =>
        (exchanges.Since(mark.Exchanges), calls.Since(mark.Calls));

    private void Add(LogEntry entry)
    {
        entries.Add(entry);
        WhenAdded?.Invoke(entry);
    }

    private sealed class Latest<T>(int countMax)
    {
        private ImmutableQueue<T> queue = [];
        private long count;

        public ImmutableList<T> All => [.. Volatile.Read(ref queue)];

        public long Added => Interlocked.Read(ref count);

        public ImmutableList<T> Since(long mark)
        {
            var all = All;
            var news = (int)Math.Min(all.Count, Added - mark);
            return all.RemoveRange(0, all.Count - news);
        }

        public void Add(T added)
        {
            ImmutableInterlocked.Update(ref queue, (queued, one) => queued.Enqueue(one), added);
            if (Interlocked.Increment(ref count) > countMax)
            {
                ImmutableInterlocked.Update(ref queue, queued => queued.Dequeue());
            }
        }
    }
}
