using Marketplace.Shell.Configuration;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;

namespace Marketplace.Shell.DataProtection;

/// <summary>Looks at the key ring at the start: without its keys nothing that is stored can be read.</summary>
internal sealed class KeyRing(IKeyManager keys, IDataProtectionProvider provider)
{
    /// <exception cref="StartRefusedException">A key of the ring does not open with what configuration names.</exception>
    /// <remarks>
    /// The framework would pass over keys that it cannot open and quietly make a new one. Then the start would succeed, and
    /// every token that was stored would be lost.
    /// </remarks>
    public void Open()
    {
        var stuck = keys.GetAllKeys().Count(key => !Opens(key));
        if (stuck > 0)
        {
            throw new StartRefusedException(
                $"Marketplace cannot start: {stuck} keys of the key ring in the database do not open with what is configured. "
                + "DataProtection__Key or DataProtection__Certificate must be the one that they were sealed with.");
        }

        // Makes the first key now, rather than within the first request.
        provider.CreateProtector("Marketplace.Start").Protect([]);
    }

    private static bool Opens(IKey key)
    {
        try
        {
            return key.CreateEncryptor() is not null;
        }
        catch (Exception fault) when (fault is not OutOfMemoryException)
        {
            // The framework wraps whatever the decryptor throws; each of them means the same.
            return false;
        }
    }
}
