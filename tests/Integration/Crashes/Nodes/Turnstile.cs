namespace Marketplace.Integration.Crashes.Nodes;

/// <summary>Any number may be inside, or one alone; whoever waits to be alone lets nobody in before.</summary>
internal sealed class Turnstile
{
    private readonly SemaphoreSlim door = new(1);
    private int inside;

    public async Task<IDisposable> Enter()
    {
        await door.WaitAsync(TestContext.Current.CancellationToken);
        Interlocked.Increment(ref inside);
        door.Release();
        return new Leaving(() => Interlocked.Decrement(ref inside));
    }

    public async Task<IDisposable> EnterAlone()
    {
        await door.WaitAsync(TestContext.Current.CancellationToken);
        while (Volatile.Read(ref inside) > 0)
            await Task.Delay(5, TestContext.Current.CancellationToken);
        return new Leaving(() => door.Release());
    }

    private sealed class Leaving(Action leave) : IDisposable
    {
        public void Dispose() => leave();
    }
}
