using Marketplace.Core.Installations;

namespace Marketplace.Jobs.Vercel;

/// <summary>The tokens themselves. Nothing of this is repeated by itself. Source: contract §D.3.</summary>
public interface IVercelCredentials
{
    /// <summary>
    /// A new token beside the one by whose power it is made, and which goes on working. Without an answer there may be one that nobody knows: it does no harm.
    /// </summary>
    Task<VercelAnswer<AccessToken>> Rotate(InstallationId installation, AccessToken by, CancellationToken cancel);

    /// <summary>Does this token work (§D.2 Get Account)?</summary>
    Task<VercelAnswer<Nothing>> Try(InstallationId installation, AccessToken token, CancellationToken cancel);

    /// <summary>Ends a token, by the power of another. One that is ended already is no mistake.</summary>
    Task<VercelAnswer<Nothing>> Revoke(InstallationId installation, AccessToken token, AccessToken by, CancellationToken cancel);
}
