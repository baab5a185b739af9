using Marketplace.Core.Installations;
using Marketplace.Core.Resources;

namespace Marketplace.Shell.Drift;

/// <summary>What the report has found.</summary>
/// <param name="Installation">Null where nobody knows whose it is.</param>
/// <param name="Resource">Null where the installation as a whole is concerned.</param>
internal abstract record DriftFinding(InstallationId? Installation, ResourceId? Resource)
{
    /// <summary>Whether anything differs, or could not be compared. The rest is said, so that nobody wonders.</summary>
    public virtual bool IsDrift => true;

    /// <summary>A field of a resource says otherwise at Vercel.</summary>
    /// <param name="Ours">As text; null where there is none.</param>
    public sealed record Field(InstallationId Of, ResourceId Id, string Name, string? Ours, string? Theirs) : DriftFinding(Of, Id);

    /// <summary>It lives here, and Vercel does not have it.</summary>
    public sealed record UnknownToVercel(InstallationId Of, ResourceId Id) : DriftFinding(Of, Id);

    /// <summary>Vercel has it, and it is gone here, or never was.</summary>
    public sealed record NotOurs(InstallationId Of, ResourceId Id) : DriftFinding(Of, Id);

    /// <summary>Vercel did not answer, or we cannot read what we have.</summary>
    public sealed record NotCompared(InstallationId Of, string Reason) : DriftFinding(Of, null);

    /// <summary>It is in service here, and its provisioner does not have it.</summary>
    public sealed record NotMade(InstallationId Of, ResourceId Id, string Provisioner) : DriftFinding(Of, Id);

    /// <summary>Its provisioner has it, and nobody needs it any more.</summary>
    public sealed record LeftBehind(ResourceId Id, string Provisioner) : DriftFinding(null, Id);

    /// <summary>It is uninstalled, or on its way out: Vercel shows nothing of it any more.</summary>
    public sealed record Leaves(InstallationId Of, bool IsFinal) : DriftFinding(Of, null)
    {
        public override bool IsDrift => false;
    }

    /// <summary>Vercel says that the installation is over (410), or does not take its token (401): nothing can be asked.</summary>
    public sealed record Closed(InstallationId Of, string Reason) : DriftFinding(Of, null)
    {
        public override bool IsDrift => false;
    }
}
