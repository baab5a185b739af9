namespace Marketplace.Shell.Authentication;

/// <summary>The styles of authentication that an endpoint takes. Source: contract §A.1, the table of endpoints.</summary>
[Flags]
public enum Accepts
{
    None = 0,

    /// <summary>A person at work in Vercel's dashboard.</summary>
    User = 1,

    /// <summary>Vercel itself: top-ups, synchronization, the cleanup after a deleted account.</summary>
    System = 2,

    Either = User | System,
}
