namespace Marketplace.Core.Installations;

/// <summary>What an installation is for. A team has at most one active of each kind, and neither knows of the other. Source: contract §E.1.</summary>
public enum InstallationKind
{
    /// <summary>Sold and billed through Vercel.</summary>
    Native,

    /// <summary>An account with the provider, connected to one at Vercel. Source: contract §D.13.</summary>
    Connectable,
}
