namespace Marketplace.Shell;

/// <summary>What one process of the server does. Any number of each may run against one database.</summary>
[Flags]
public enum Role
{
    None = 0,

    /// <summary>Answers requests.</summary>
    Api = 1,

    /// <summary>Does what is due.</summary>
    Worker = 2,

    All = Api | Worker,
}
