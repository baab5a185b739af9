using System.Security.Cryptography;
using System.Text;
using System.Xml.Linq;
using LanguageExt;
using Marketplace.Shell.Configuration;
using Microsoft.AspNetCore.DataProtection.XmlEncryption;

namespace Marketplace.Shell.DataProtection;

/// <summary>Seals the keys of the ring with the key from configuration (AES-256-GCM).</summary>
internal sealed class KeySeal(byte[] key) : IXmlEncryptor
{
    private const string ElementName = "aesGcm";
    private static readonly int NonceBytes = AesGcm.NonceByteSizes.MaxSize;
    private static readonly int TagBytes = AesGcm.TagByteSizes.MaxSize;

    public EncryptedXmlInfo Encrypt(XElement plaintextElement)
    {
        var plaintext = Encoding.UTF8.GetBytes(plaintextElement.ToString(SaveOptions.DisableFormatting));
        var sealedBytes = new byte[NonceBytes + plaintext.Length + TagBytes];
        var nonce = sealedBytes.AsSpan(0, NonceBytes);
        RandomNumberGenerator.Fill(nonce);
        using var cipher = new AesGcm(key, TagBytes);
        cipher.Encrypt(nonce, plaintext, sealedBytes.AsSpan(NonceBytes, plaintext.Length), sealedBytes.AsSpan(^TagBytes));
        CryptographicOperations.ZeroMemory(plaintext);
        return new EncryptedXmlInfo(new XElement(ElementName, Convert.ToBase64String(sealedBytes)), typeof(KeyUnseal));
    }

    internal static XElement Decrypt(byte[] key, XElement element)
    {
        var sealedBytes = Convert.FromBase64String(element.Value);
        var plaintext = new byte[sealedBytes.Length - NonceBytes - TagBytes];
        using var cipher = new AesGcm(key, TagBytes);
        cipher.Decrypt(
            sealedBytes.AsSpan(0, NonceBytes), sealedBytes.AsSpan(NonceBytes, plaintext.Length), sealedBytes.AsSpan(^TagBytes), plaintext);
        return XElement.Parse(Encoding.UTF8.GetString(plaintext));
    }
}

/// <summary>Opens what <see cref="KeySeal"/> sealed. The framework finds it by the name that is stored with the key.</summary>
internal sealed class KeyUnseal(IServiceProvider services) : IXmlDecryptor
{
    public XElement Decrypt(XElement encryptedElement)
    {
        var settings = services.GetRequiredService<DataProtectionSettings>();
        foreach (var key in settings.Key is { } current ? current.Cons(settings.FormerKeys) : settings.FormerKeys)
        {
            try
            {
                return KeySeal.Decrypt(key, encryptedElement);
            }
            catch (AuthenticationTagMismatchException)
            {
                // Another one has sealed it.
            }
        }

        throw new CryptographicException("The key was sealed with a DataProtection__Key that is not configured.");
    }
}
