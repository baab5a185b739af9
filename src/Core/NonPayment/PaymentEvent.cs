using Marketplace.Core.Installations;

namespace Marketplace.Core.NonPayment;

/// <summary>What happened to an installation's standing. <c>At</c> is when we learned of it.</summary>
public abstract record PaymentEvent(InstallationId Id, DateTimeOffset At)
{
    public sealed record Warned(InstallationId Id, Arrears Arrears, DateTimeOffset At) : PaymentEvent(Id, At);

    public sealed record Degraded(InstallationId Id, Arrears Arrears, DateTimeOffset At) : PaymentEvent(Id, At);

    public sealed record Suspended(InstallationId Id, Arrears Arrears, DateTimeOffset At) : PaymentEvent(Id, At);

    /// <summary>It is owed more, or less, and stands as before.</summary>
    public sealed record ArrearsChanged(InstallationId Id, Arrears Arrears, DateTimeOffset At) : PaymentEvent(Id, At);

    /// <summary>All is paid, cancelled or given back.</summary>
    public sealed record Restored(InstallationId Id, DateTimeOffset At) : PaymentEvent(Id, At);
}
