namespace Marketplace.Shell.Clock;

/// <summary>
/// Does everything that has become due when a virtual clock has jumped. The clock waits for it before it goes on, so
/// that no hour passes unnoticed.
/// </summary>
public interface ICatchUp
{
    /// <summary>Returns when nothing is due at <paramref name="now"/> any more.</summary>
    Task WorkOff(DateTimeOffset now, CancellationToken cancel);
}
