using Marketplace.Core.Installations;

namespace Marketplace.Shell.SignOn;

/// <summary>Why somebody is not signed on. Nothing has changed.</summary>
internal abstract record SignOnRefusal
{
    private SignOnRefusal() { }

    /// <summary>What came back from Vercel has no code, or is no sign-on.</summary>
    public sealed record Incomplete : SignOnRefusal;

    /// <summary>It names a sign-on of ours that this browser did not begin, that is over, or that has come back before.</summary>
    public sealed record NotBegunHere(InstallationId Installation) : SignOnRefusal;

    /// <summary>Vercel does not take the code: it is old, or was used.</summary>
    /// <param name="Installation">Known where the sign-on began here.</param>
    public sealed record CodeOver(InstallationId? Installation) : SignOnRefusal;

    /// <summary>Vercel says that the person has no access, or that we are not who we say.</summary>
    public sealed record Barred : SignOnRefusal;

    /// <summary>Vercel cannot be asked.</summary>
    public sealed record VercelSilent(InstallationId? Installation) : SignOnRefusal;

    /// <summary>What Vercel says of the person does not hold.</summary>
    public sealed record PersonUnproven : SignOnRefusal;

    /// <summary>It came back for another installation than it began for.</summary>
    public sealed record OtherInstallation : SignOnRefusal;

    public sealed record NotInstalled : SignOnRefusal;

    /// <summary>The installation is over.</summary>
    public sealed record Uninstalled : SignOnRefusal;
}
