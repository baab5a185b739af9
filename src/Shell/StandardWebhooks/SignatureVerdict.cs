namespace Marketplace.Shell.StandardWebhooks;

/// <summary>What the headers of a message say about who sent it.</summary>
public enum SignatureVerdict
{
    Good,

    /// <summary>A header is absent, or is not what it should be.</summary>
    Missing,

    /// <summary>Longer ago than the tolerance, or as far ahead: played again, or a clock is wrong.</summary>
    OutOfTime,

    /// <summary>None of the secrets has signed these bytes.</summary>
    Forged,
}
