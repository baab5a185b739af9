using Marketplace.Shell.Configuration;
using Marketplace.Shell.Persistence;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.AuthenticatedEncryption;
using Microsoft.AspNetCore.DataProtection.AuthenticatedEncryption.ConfigurationModel;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Marketplace.Shell.DataProtection;

internal static class DataProtectionRegistration
{
    public static IServiceCollection AddSecretBox(this IServiceCollection services, DataProtectionSettings settings)
    {
        // The name is part of every ciphertext: api and worker share it, and it never changes.
        // One pass over the text instead of two. What another algorithm encrypted stays readable, because each key says which it is for.
        var builder = services.AddDataProtection().SetApplicationName("Marketplace").UseCryptographicAlgorithms(
            new AuthenticatedEncryptorConfiguration { EncryptionAlgorithm = EncryptionAlgorithm.AES_256_GCM });
        services.AddSingleton<IConfigureOptions<KeyManagementOptions>>(provider =>
            new ConfigureOptions<KeyManagementOptions>(options =>
            {
                options.XmlRepository = new KeyRows(provider.GetRequiredService<NpgsqlDataSource>());
                if (settings is { Certificate: null, Key: { } key })
                {
                    options.XmlEncryptor = new KeySeal(key);
                }
            }));
        if (settings.Certificate is { } certificate)
        {
            builder.ProtectKeysWithCertificate(certificate);
        }

        if (!settings.FormerCertificates.IsEmpty)
        {
            builder.UnprotectKeysWithAnyCertificate([.. settings.FormerCertificates]);
        }

        return services.AddSingleton<KeyRing>().AddSingleton<KeyResealing>().AddSingleton<SecretBox>();
    }
}
