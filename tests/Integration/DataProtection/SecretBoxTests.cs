using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Marketplace.Integration.Postgres;
using Marketplace.Shell;
using Marketplace.Shell.Configuration;
using Marketplace.Shell.Persistence;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Marketplace.Integration.DataProtection;

/// <summary>Encryption at rest: who can open what, and what a wrong key does.</summary>
public sealed class SecretBoxTests : IAsyncLifetime
{
    private TestDatabase _database = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _database = await TestDatabase.Create(Cancel);

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task What_the_api_seals_the_worker_opens_also_after_a_restart()
    {
        byte[] cipher;
        await using (var api = await Start(Role.Api))
        {
            cipher = Box(api).Protect("the-token", "installation", "icfg_1");
        }

        await using var worker = await Start(Role.Worker);
        Assert.Equal("the-token", Box(worker).UnprotectText(cipher, "installation", "icfg_1"));
    }

    [Fact]
    public async Task Processes_that_start_together_on_a_fresh_database_have_one_key()
    {
        // The schema first: its lock would make the processes come one after the other.
        await new Migrations(_database.DataSource, NullLogger<Migrations>.Instance).Apply(Cancel);

        var servers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(() => Start(Role.Api))));
        foreach (var server in servers)
        {
            await server.DisposeAsync();
        }

        Assert.Single(await KeyRows());
    }

    [Fact]
    public async Task A_ciphertext_opens_only_in_the_row_that_it_was_sealed_for()
    {
        await using var server = await Start(Role.Api);
        var cipher = Box(server).Protect("the-token", "installation", "icfg_1");

        Assert.ThrowsAny<CryptographicException>(() => Box(server).UnprotectText(cipher, "installation", "icfg_2"));
        Assert.ThrowsAny<CryptographicException>(() => Box(server).UnprotectText(cipher, "secret", "icfg_1"));
        Assert.ThrowsAny<CryptographicException>(() => Box(server).UnprotectText(cipher, "installation", "icfg", "_1"));
        cipher[^1] ^= 1;
        Assert.ThrowsAny<CryptographicException>(() => Box(server).UnprotectText(cipher, "installation", "icfg_1"));
    }

    [Fact]
    public async Task The_key_ring_in_the_database_is_sealed_itself()
    {
        await using var server = await Start(Role.Api);

        var rows = await KeyRows();

        Assert.NotEmpty(rows);
        Assert.All(rows, row =>
        {
            Assert.Contains("encryptedSecret", row, StringComparison.Ordinal);
            Assert.DoesNotContain("<masterKey", row, StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task Another_key_stops_the_start_instead_of_losing_every_token()
    {
        await using (await Start(Role.Api))
        {
        }

        var other = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));
        var refused = await Assert.ThrowsAsync<StartRefusedException>(() => Start(Role.Api, ("DataProtection:Key", other)));

        Assert.Contains("DataProtection__Key", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(other, refused.Message, StringComparison.Ordinal);
        Assert.Single(await KeyRows());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_certificate_seals_the_ring_and_another_one_stops_the_start(bool pem)
    {
        var folder = Directory.CreateTempSubdirectory("marketplace-certificate-");
        try
        {
            var first = Certificate(Path.Combine(folder.FullName, "first"), pem);
            var second = Certificate(Path.Combine(folder.FullName, "second"), pem);
            byte[] cipher;
            await using (var server = await Start(Role.Api, first))
            {
                cipher = Box(server).Protect("the-token", "installation", "icfg_1");
                Assert.DoesNotContain("<masterKey", Assert.Single(await KeyRows()), StringComparison.Ordinal);
            }

            await using (var again = await Start(Role.Api, first))
            {
                Assert.Equal("the-token", Box(again).UnprotectText(cipher, "installation", "icfg_1"));
            }

            await Assert.ThrowsAsync<StartRefusedException>(() => Start(Role.Api, second));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task With_both_the_certificate_seals_and_the_key_still_opens_what_it_once_sealed()
    {
        var folder = Directory.CreateTempSubdirectory("marketplace-certificate-");
        try
        {
            byte[] cipher;
            await using (var server = await Start(Role.Api))
            {
                cipher = Box(server).Protect("the-token", "installation", "icfg_1");
            }

            await using var later = await Start(Role.Api, [.. Certificate(Path.Combine(folder.FullName, "one"), pem: false), Key]);
            Assert.Equal("the-token", Box(later).UnprotectText(cipher, "installation", "icfg_1"));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static readonly (string, string) Key = ("DataProtection:Key", "dGhpcyBpcyB0aGUga2V5IG9mIHRoZSB0ZXN0cyEgISE=");

    private Task<TestServer> Start(Role role, params (string Key, string Value)[] dataProtection)
    {
        var settings = new Dictionary<string, string>(StringComparer.Ordinal) { ["DataProtection:Key"] = "" };
        foreach (var (key, value) in dataProtection.Length == 0 ? [Key] : dataProtection)
        {
            settings[key] = value;
        }

        return TestServer.Start(
            new TestServerOptions { Role = role, ConnectionString = _database.ConnectionString, Settings = settings }, Cancel);
    }

    private static SecretBox Box(TestServer server) => server.Services.GetRequiredService<SecretBox>();

    private async Task<List<string>> KeyRows()
    {
        await using var command = _database.DataSource.CreateCommand("select xml from data_protection_key");
        await using var reader = await command.ExecuteReaderAsync(Cancel);
        var rows = new List<string>();
        while (await reader.ReadAsync(Cancel))
        {
            rows.Add(reader.GetString(0));
        }

        return rows;
    }

    /// <summary>Self-signed, with a password on its private key.</summary>
    private static (string Key, string Value)[] Certificate(string path, bool pem)
    {
        const string Password = "p4ssw0rd";
        using var key = RSA.Create(2048);
        var now = DateTimeOffset.UtcNow;
        using var certificate = new CertificateRequest("CN=tests", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            .CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        if (pem)
        {
            var encrypted = key.ExportEncryptedPkcs8PrivateKeyPem(
                Password, new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000));
            File.WriteAllText(path, certificate.ExportCertificatePem() + "\n" + encrypted, Encoding.ASCII);
        }
        else
        {
            File.WriteAllBytes(path, certificate.Export(X509ContentType.Pfx, Password));
        }

        return [("DataProtection:Certificate", path), ("DataProtection:CertificatePassword", Password)];
    }
}
