using Marketplace.Jobs.Outbox;

namespace Marketplace.Jobs.ProviderEvents;

/// <summary>Where events go.</summary>
public interface IProviderBackend
{
    /// <summary>Whether anybody listens, as this worker is configured. Else nothing is to be sent.</summary>
    bool IsListening { get; }

    /// <summary>Longer than any answer is waited for; real time. Leases have to outlast it.</summary>
    TimeSpan AnswerMax { get; }

    /// <summary>Sends it, and says what came of it; throws only when it is cancelled.</summary>
    Task<BackendAnswer> Send(KeptEvent sent, CancellationToken cancel);
}

/// <summary>What the backend said.</summary>
public abstract record BackendAnswer
{
    private BackendAnswer() { }

    /// <summary>It has the event, and keeps it.</summary>
    public sealed record Accepted : BackendAnswer;

    /// <summary>No success, or no answer: the event may have arrived all the same.</summary>
    /// <param name="RetryAfter">When the backend wants to be asked again.</param>
    public sealed record Failed(Setback Setback, TimeSpan? RetryAfter) : BackendAnswer;

    /// <summary>It wants no more events at this address.</summary>
    public sealed record Gone(Setback Setback) : BackendAnswer;
}
