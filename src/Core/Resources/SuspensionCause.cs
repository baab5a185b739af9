namespace Marketplace.Core.Resources;

/// <summary>
/// What keeps a resource out of service. Each is lifted by whoever it came from, and the last one that goes brings the resource back.
/// </summary>
public enum SuspensionCause
{
    /// <summary>An invoice of the installation is not paid, and its time is over. Source: contract §E.14.</summary>
    NonPayment,

    /// <summary>What was paid before use is used up.</summary>
    EmptyBalance,

    /// <summary>The provider's own: abuse, a limit, a person's decision.</summary>
    Provider,
}
