namespace Marketplace.Simulator.Api;

/// <summary>What a caller shows to be let in. Source: contract §A.2, D.10, D.13.</summary>
internal enum Access
{
    /// <summary>The bearer token of the installation in the path.</summary>
    OwnInstallation,

    /// <summary>The bearer token of any installation; the operation itself looks whether what it is about is that team's.</summary>
    AnyInstallation,

    /// <summary>Client id and client secret in the body, which may be a form.</summary>
    ClientSecret,
}
