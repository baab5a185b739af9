using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.DataProtection;

namespace Marketplace.Shell.DataProtection;

/// <summary>
/// Encrypts what the database may not show: access tokens, secret values. A ciphertext opens only for the row that it
/// was sealed for, so one that is copied to another row is worthless there.
/// </summary>
public sealed class SecretBox(IDataProtectionProvider provider)
{
    private readonly IDataProtector root = provider.CreateProtector("Marketplace.SecretBox.v1");

    public byte[] Protect(SecretPlace place, string value) =>
        root.CreateProtector(place.Purposes).Protect(Encoding.UTF8.GetBytes(value));

    /// <exception cref="CryptographicException">It was sealed for another place, or was changed.</exception>
    public string Unprotect(SecretPlace place, byte[] sealedValue) =>
        Encoding.UTF8.GetString(root.CreateProtector(place.Purposes).Unprotect(sealedValue));
}

/// <summary>The one place where a ciphertext may be: a column of one row.</summary>
public sealed record SecretPlace
{
    private SecretPlace(string[] purposes) => Purposes = purposes;

    internal string[] Purposes { get; }

    /// <param name="column">As <c>table.column</c>.</param>
    /// <param name="rowKey">The row's whole primary key, the installation first.</param>
    public static SecretPlace Of(string column, params ReadOnlySpan<string> rowKey) => new([column, .. rowKey]);

    public override string ToString() => string.Join('/', Purposes);
}
