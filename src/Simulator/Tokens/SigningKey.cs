using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Marketplace.Simulator.Tokens;

/// <summary>An RSA key that signs tokens, with the id under which the key set publishes its public half.</summary>
public sealed class SigningKey : IDisposable
{
    private readonly RSA key;

    private SigningKey(string keyId, RSA key)
    {
        KeyId = keyId;
        this.key = key;
    }

    public string KeyId { get; }

    public static SigningKey Generate() => new(NewKeyId(), RSA.Create(2048));

    public static SigningKey FromPkcs8(string keyId, string base64)
    {
        var rsa = RSA.Create();
        rsa.ImportPkcs8PrivateKey(Convert.FromBase64String(base64), out _);
        return new(keyId, rsa);
    }

    public string ToPkcs8() => Convert.ToBase64String(key.ExportPkcs8PrivateKey());

    /// <summary>The RS256 signature of a token's first two parts.</summary>
    public string Sign(string headerAndPayload) =>
        Base64Url.EncodeToString(
            key.SignData(Encoding.ASCII.GetBytes(headerAndPayload), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));

    /// <summary>The public half as one entry of a JSON Web Key Set.</summary>
    public JsonObject ToPublicJwk()
    {
        var parameters = key.ExportParameters(includePrivateParameters: false);
        return new JsonObject
        {
            ["kty"] = "RSA",
            ["use"] = "sig",
            ["alg"] = "RS256",
            ["kid"] = KeyId,
            ["n"] = Base64Url.EncodeToString(parameters.Modulus),
            ["e"] = Base64Url.EncodeToString(parameters.Exponent),
        };
    }

    /// <summary>The public half as text, which anybody could take for a shared secret.</summary>
    public string ToPublicPem() => key.ExportSubjectPublicKeyInfoPem();

    public void Dispose() => key.Dispose();

    private static string NewKeyId() => "key_" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));
}
