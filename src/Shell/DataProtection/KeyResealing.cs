using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.XmlEncryption;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Marketplace.Shell.DataProtection;

/// <summary>
/// Seals every key of the ring with what is configured now, so that what sealed it before can be taken away. The keys stay what they are, and so
/// does everything that they have encrypted.
/// </summary>
internal sealed class KeyResealing(NpgsqlDataSource database, IOptions<KeyManagementOptions> options, IServiceProvider services)
{
    private const string SealedElement = "encryptedSecret";
    private const string UnsealedBy = "decryptorType";

    /// <summary>How many.</summary>
    /// <exception cref="System.Security.Cryptography.CryptographicException">One of them does not open; then none is changed.</exception>
    public async Task<int> SealAnew(CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var keys = await KeyRows.LoadForUpdate(transaction, cancel);
        foreach (var (id, key) in keys)
        {
            foreach (var element in key.Descendants().Where(element => element.Name.LocalName == SealedElement).ToList())
                SealAnew(element);
            await KeyRows.Save(transaction, id, key, cancel);
        }

        await transaction.CommitAsync(cancel);
        return keys.Count;
    }

    private void SealAnew(XElement element)
    {
        var unsealing = (IXmlDecryptor)ActivatorUtilities.CreateInstance(services, Type.GetType(element.Attribute(UnsealedBy)!.Value, throwOnError: true)!);
        var anew = options.Value.XmlEncryptor!.Encrypt(unsealing.Decrypt(new XElement(element.Elements().Single())));
        element.SetAttributeValue(UnsealedBy, anew.DecryptorType.AssemblyQualifiedName);
        element.ReplaceNodes(anew.EncryptedElement);
    }
}
