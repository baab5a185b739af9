namespace Marketplace.Simulator.Conformance;

/// <summary>How long a case may take, in real time. What a provider needs to make a resource is not counted: nobody says how long that may take.</summary>
internal sealed class TimeLimit : IDisposable
{
    private readonly Lock gate = new();
    private readonly TimeSpan span;
    private readonly CancellationTokenSource source;
    private bool isOver;

    public TimeLimit(TimeSpan span, CancellationToken cancel)
    {
        this.span = span;
        source = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        Token = source.Token;
        source.CancelAfter(span);
    }

    public CancellationToken Token { get; }

    /// <summary>From now on the case has all of its time once more, and so much beside it.</summary>
    public void BeginAnew(TimeSpan beside = default)
    {
        lock (gate)
        {
            // A stage may outlive the case for which it was made.
            if (!isOver)
            {
                source.CancelAfter(span + beside);
            }
        }
    }

    public void Dispose()
    {
        lock (gate)
        {
            isOver = true;
            source.Dispose();
        }
    }

    public override string ToString() => $"{span.TotalSeconds:0} s";
}
