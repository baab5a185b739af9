using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Marketplace.Core.Installations;
using Marketplace.Core.Resources;

namespace Marketplace.Shell.Provisioning.Keys;

/// <summary>A key of Acme Keys: says where it is kept, and proves itself by 256 random bits.</summary>
/// <remarks>The installation is in it because no partition of the store knows what is in the others.</remarks>
internal sealed record ApiKey(string Text)
{
    private const int RandomBytes = 32;

    public static ApiKey New(InstallationId installation, ResourceId resource)
    {
        Span<byte> random = stackalloc byte[RandomBytes];
        RandomNumberGenerator.Fill(random);
        return new ApiKey(
            $"ak.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(installation.Value))}.{resource.Value}.{Base64Url.EncodeToString(random)}");
    }

    /// <summary>What is kept of it. So much chance cannot be guessed, so that a plain hash is as good as a slow one.</summary>
    public byte[] Hash() => SHA256.HashData(Encoding.ASCII.GetBytes(Text));

    /// <summary>Records print every property, and logs print records: the key stays out.</summary>
    public override string ToString() => nameof(ApiKey);
}
