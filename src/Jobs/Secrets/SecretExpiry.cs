using Marketplace.Jobs.Scheduling;

namespace Marketplace.Jobs.Secrets;

/// <summary>Ends old secrets when the delay that was asked at their rotation is over. The sweep of operations does the work.</summary>
public sealed class SecretExpiry(ISecretExpiries expiries) : IScheduledJob
{
    public string Id => "secret-expiry";

    public string Does => "Ends old secrets when the delay that was asked at their rotation is over.";

    public JobSchedule Schedule => JobSchedule.EverySeconds(2);

    public Task RunOnce(DateTimeOffset now, CancellationToken cancel) => expiries.Request(now, cancel);
}

/// <summary>The store of secrets whose time is over.</summary>
public interface ISecretExpiries
{
    /// <summary>Commits one operation for each generation that is due; asking again adds none.</summary>
    Task Request(DateTimeOffset now, CancellationToken cancel);
}
