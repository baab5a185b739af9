namespace Marketplace.Core.Installations;

/// <summary>Why a command on an installation is refused. Nothing has changed.</summary>
public abstract record InstallationRejection
{
    private InstallationRejection() { }

    /// <summary>The uninstall is pending: only its completion is left to do.</summary>
    public sealed record BeingUninstalled(InstallationId Id) : InstallationRejection;

    public sealed record AlreadyFinalized(InstallationId Id) : InstallationRejection;

    /// <summary>A team has at most one active native installation, and this one is the team's (contract §E.1).</summary>
    public sealed record TeamHasAnother(AccountId Team, InstallationId Active) : InstallationRejection;

    /// <summary>Resources are to be kept, and without its installation none can be.</summary>
    public sealed record ResourcesRemain(InstallationId Id, int Count) : InstallationRejection;

    /// <summary>Each resource has its own plan; there is none to change here.</summary>
    public sealed record BilledPerResource(InstallationId Id) : InstallationRejection;

    /// <summary>Completion was asked for, but nobody asked to uninstall.</summary>
    public sealed record NotBeingUninstalled(InstallationId Id) : InstallationRejection;
}
