using System.Text;
using Microsoft.AspNetCore.DataProtection;

namespace Marketplace.Shell.Persistence;

/// <summary>
/// Encryption at rest. The table and the row's key are part of the purpose, so a ciphertext that is copied to another row
/// does not open there.
/// </summary>
internal sealed class SecretBox(IDataProtectionProvider protection)
{
    private const string Application = "Marketplace";

    public byte[] Protect(ReadOnlySpan<byte> plain, string table, params ReadOnlySpan<string> row) =>
        Protector(table, row).Protect(plain.ToArray());

    public byte[] Protect(string plain, string table, params ReadOnlySpan<string> row) =>
        Protector(table, row).Protect(Encoding.UTF8.GetBytes(plain));

    public byte[] Unprotect(byte[] cipher, string table, params ReadOnlySpan<string> row) =>
        Protector(table, row).Unprotect(cipher);

    public string UnprotectText(byte[] cipher, string table, params ReadOnlySpan<string> row) =>
        Encoding.UTF8.GetString(Unprotect(cipher, table, row));

    private IDataProtector Protector(string table, ReadOnlySpan<string> row) =>
        protection.CreateProtector([Application, table, .. row]);
}
