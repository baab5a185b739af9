using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using LanguageExt;

namespace Marketplace.Shell.Configuration;

/// <summary>Finds what protects the key ring: a certificate, a key, or in development a key file that it makes itself.</summary>
internal static class DataProtectionSource
{
    private const string CertificateKey = "DataProtection:Certificate";
    private const string PasswordKey = "DataProtection:CertificatePassword";
    private const string KeyKey = "DataProtection:Key";
    private const string FormerKeysKey = "DataProtection:FormerKeys";
    private const string FormerCertificatesKey = "DataProtection:FormerCertificates";
    private const string FormerPasswordKey = "DataProtection:FormerCertificatePassword";
    private const string KeyWants = "32 random bytes in base64, as `openssl rand -base64 32` prints them";
    private const int KeyBytes = 32;

    public static DataProtectionSettings Read(SettingsReader reader, IHostEnvironment environment)
    {
        var certificate = reader.Optional(CertificateKey) is { } path ? Certificate(reader, CertificateKey, PasswordKey, path, environment) : null;
        var key = reader.Optional(KeyKey) is { } text ? Key(reader, KeyKey, text) : null;
        if (reader.Optional(CertificateKey) is null && reader.Optional(KeyKey) is null)
        {
            if (environment.IsDevelopment())
            {
                key = DevelopmentKey(Path.Combine(environment.ContentRootPath, ".data", "data-protection.key"), reader);
            }
            else
            {
                reader.Missing(KeyKey, $"{KeyWants}; or name a certificate in {SettingsReader.Spell(CertificateKey)}");
            }
        }

        return new DataProtectionSettings(certificate, key)
        {
            FormerKeys = List(reader, FormerKeysKey).Select(former => Key(reader, FormerKeysKey, former)).OfType<byte[]>().ToSeq().Strict(),
            FormerCertificates = List(reader, FormerCertificatesKey)
                .Select(former => Certificate(reader, FormerCertificatesKey, FormerPasswordKey, former, environment)).OfType<X509Certificate2>().ToSeq().Strict(),
        };
    }

    private static string[] List(SettingsReader reader, string key) =>
        reader.Optional(key)?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];

    private static byte[]? Key(SettingsReader reader, string key, string text)
    {
        var bytes = new byte[KeyBytes + 1];
        if (Convert.TryFromBase64String(text, bytes, out var written) && written == KeyBytes)
        {
            return bytes[..KeyBytes];
        }

        reader.WrongSecret(key, "is not the base64 of 32 bytes", KeyWants);
        return null;
    }

    private static X509Certificate2? Certificate(
        SettingsReader reader, string key, string passwordKey, string given, IHostEnvironment environment)
    {
        const string Wants = "the path of a PFX or PEM file with an RSA certificate and its private key";
        var path = Path.GetFullPath(given, environment.ContentRootPath);
        var password = reader.Optional(passwordKey);
        try
        {
            var certificate = IsPem(path)
                ? (password is null
                    ? X509Certificate2.CreateFromPemFile(path)
                    : X509Certificate2.CreateFromEncryptedPemFile(path, password))
                : X509CertificateLoader.LoadPkcs12FromFile(path, password);
            using var privateKey = certificate.GetRSAPrivateKey();
            if (privateKey is not null)
            {
                return certificate;
            }

            reader.Wrong(key, given, $"{Wants}; this one has no private RSA key");
        }
        catch (Exception fault) when (fault is CryptographicException or IOException or UnauthorizedAccessException)
        {
            reader.Wrong(key, given,
                $"{Wants}, with its password in {SettingsReader.Spell(passwordKey)} if it has one; this one cannot be read");
        }

        return null;
    }

    private static bool IsPem(string path) =>
        File.Exists(path) && File.ReadLines(path).FirstOrDefault()?.Contains("-----BEGIN", StringComparison.Ordinal) == true;

    /// <summary>Made once and kept beside the data. Two processes that start together agree on whichever file is first.</summary>
    private static byte[]? DevelopmentKey(string path, SettingsReader reader)
    {
        try
        {
            if (!File.Exists(path))
            {
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                var draft = $"{path}.{Guid.NewGuid():N}";
                using (var file = new FileStream(draft, DraftFile()))
                {
                    file.Write(System.Text.Encoding.ASCII.GetBytes(Convert.ToBase64String(RandomNumberGenerator.GetBytes(KeyBytes))));
                }

                try
                {
                    File.Move(draft, path, overwrite: false);
                }
                catch (IOException) when (File.Exists(path))
                {
                    File.Delete(draft);
                }
            }

            return Key(reader, KeyKey, File.ReadAllText(path).Trim());
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            reader.Missing(KeyKey, $"{KeyWants}; the key file for development cannot be kept at {path}");
            return null;
        }
    }

    private static FileStreamOptions DraftFile()
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return options;
    }
}
