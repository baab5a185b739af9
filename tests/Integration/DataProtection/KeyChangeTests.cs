using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Marketplace.Integration.Postgres;

namespace Marketplace.Integration.DataProtection;

/// <summary>What protects the key ring is changed, for another key and for a certificate, and taken away when it is not needed any more.</summary>
public sealed class KeyChangeTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("keys-").FullName;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task A_former_key_opens_what_it_sealed_until_everything_is_sealed_anew()
    {
        await using var database = await TestDatabase.Create(Cancel);
        var (first, second, certificate) = (NewKey(), NewKey(), NewCertificate("one.pem"));
        // Its start makes the first key of the ring.
        await using (await TestServer.Start(
            new TestServerOptions { ConnectionString = database.ConnectionString, Settings = new Dictionary<string, string>(StringComparer.Ordinal) { ["DataProtection:Key"] = first } }, Cancel))
        {
        }

        Assert.Equal(2, await Reseal(database, ("Key", second)));
        Assert.Equal(0, await Reseal(database, ("Key", second), ("FormerKeys", $"{NewKey()}, {first}")));
        Assert.Equal(0, await Reseal(database, ("Key", second)));
        Assert.Equal(2, await Reseal(database, ("Key", first)));

        Assert.Equal(0, await Reseal(database, ("Certificate", certificate), ("FormerKeys", second)));
        Assert.Equal(0, await Reseal(database, ("Certificate", certificate)));
        var other = NewCertificate("other.pem");
        Assert.Equal(2, await Reseal(database, ("Certificate", other)));
        Assert.Equal(0, await Reseal(database, ("Certificate", other), ("FormerCertificates", certificate)));
        Assert.Equal(0, await Reseal(database, ("Certificate", other)));
    }

    /// <summary>A server would not start with such a key, also where nothing is sealed yet.</summary>
    [Fact]
    public async Task A_ring_without_anything_sealed_by_it_opens_with_its_own_key_alone_and_the_refusal_is_one_sentence()
    {
        await using var database = await TestDatabase.Create(Cancel);
        var key = NewKey();
        await using (await TestServer.Start(
            new TestServerOptions { ConnectionString = database.ConnectionString, Settings = new Dictionary<string, string>(StringComparer.Ordinal) { ["DataProtection:Key"] = key } }, Cancel))
        {
        }

        Assert.Equal(0, await Run(database, "verify", ("Key", key)));
        Assert.Equal(2, await Run(database, "verify", ("Key", NewKey())));
        Assert.Equal(0, await Run(database, "verify", ("Key", key)));
    }

    private static Task<int> Reseal(TestDatabase database, params (string Key, string Value)[] settings) => Run(database, "reseal", settings);

    private static async Task<int> Run(TestDatabase database, string word, params (string Key, string Value)[] settings)
    {
        await using var command = ServerProcess.Start(
            ["key-ring", word],
            settings.Select(setting => KeyValuePair.Create($"DataProtection__{setting.Key}", setting.Value))
                .Append(KeyValuePair.Create("ConnectionStrings__Marketplace", database.ConnectionString)).ToDictionary(StringComparer.Ordinal));
        var code = await command.Ended(Cancel);
        Assert.True(code is 0 or 2, command.Errors);
        Assert.DoesNotContain("Exception", command.Output + command.Errors, StringComparison.Ordinal);
        return code;
    }

    private static string NewKey() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

    private string NewCertificate(string name)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=marketplace", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch.AddYears(55), DateTimeOffset.UnixEpoch.AddYears(90));
        var path = Path.Combine(folder, name);
        File.WriteAllText(path, $"{certificate.ExportCertificatePem()}\n{key.ExportPkcs8PrivateKeyPem()}\n");
        return path;
    }
}
