using System.Security.Cryptography;
using System.Text;

namespace Marketplace.Shell.Provisioning.Postgres;

/// <summary>
/// What PostgreSQL keeps instead of a password (RFC 5802, SCRAM-SHA-256). Made here, so that no statement, and therefore no
/// log of the server, of a driver or of a tracer, ever contains the password.
/// </summary>
internal static class ScramVerifier
{
    /// <summary>PostgreSQL's own default; more would buy nothing, since the passwords are random.</summary>
    private const int Iterations = 4096;
    private const int SaltLength = 16;

    public static string Of(string password) => Of(password, RandomNumberGenerator.GetBytes(SaltLength));

    public static string Of(string password, byte[] salt)
    {
        var salted = Rfc2898DeriveBytes.Pbkdf2(
            Encoding.UTF8.GetBytes(password), salt, Iterations, HashAlgorithmName.SHA256, SHA256.HashSizeInBytes);
        var storedKey = SHA256.HashData(HMACSHA256.HashData(salted, "Client Key"u8));
        var serverKey = HMACSHA256.HashData(salted, "Server Key"u8);
        return $"SCRAM-SHA-256${Iterations}:{Convert.ToBase64String(salt)}${Convert.ToBase64String(storedKey)}:{Convert.ToBase64String(serverKey)}";
    }
}
