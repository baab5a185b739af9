using System.Collections.Immutable;
using System.Text.Json;

namespace Marketplace.Simulator.Api;

/// <summary>One call that the provider made.</summary>
/// <param name="Operation">The path of the contract, with its parameters by name.</param>
internal sealed record ApiCall(
    DateTimeOffset At, string Method, string Operation, string Path, int Status, JsonElement Body, string? Answer, TimeSpan Elapsed)
{
    /// <summary>Something was made to go wrong with it.</summary>
    public bool IsDisturbed { get; init; }

    /// <summary>Without bodies: they hold secrets.</summary>
    public override string ToString() => $"{Wire.Text(At)} {Method} {Path} -> {Status}{(IsDisturbed ? ", disturbed" : "")}";
}

/// <summary>The latest calls of the provider, for whoever inspects it. They are not kept between runs.</summary>
internal sealed class CallLog
{
    private const int CountMax = 10_000;

    private ImmutableQueue<ApiCall> calls = [];
    private int count;

    public ImmutableList<ApiCall> All => [.. Volatile.Read(ref calls)];

    public void Add(ApiCall call)
    {
        ImmutableInterlocked.Update(ref calls, (queue, added) => queue.Enqueue(added), call);
        if (Interlocked.Increment(ref count) > CountMax)
        {
            ImmutableInterlocked.Update(ref calls, queue => queue.Dequeue());
        }
    }
}
