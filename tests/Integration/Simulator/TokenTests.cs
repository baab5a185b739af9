using System.Buffers.Text;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Marketplace.Simulator;
using Marketplace.Simulator.Tokens;

namespace Marketplace.Integration.Simulator;

public sealed class TokenTests
{
    private static readonly DateTimeOffset Now = new(2027, 1, 21, 9, 0, 0, TimeSpan.Zero);
    private static readonly Person Ada = new("0123abcd", "0a", "0b", PersonRole.Admin, "ada@example.com", "Ada");

    [Fact]
    public async Task A_user_token_carries_the_documented_claims_in_virtual_time()
    {
        await using var vercel = await Start();

        var claims = Claims(vercel.Tokens.Sign(vercel.Tokens.ForUser(Ada, "icfg_1")));

        Assert.Equal(vercel.BaseUrl.ToString().TrimEnd('/'), (string?)claims["iss"]);
        Assert.Equal("oac_simulated", (string?)claims["aud"]);
        Assert.Matches("^account:[0-9a-fA-F]+:user:[0-9a-fA-F]+$", (string?)claims["sub"]);
        Assert.Equal("ADMIN", (string?)claims["user_role"]);
        Assert.Equal("icfg_1", (string?)claims["installation_id"]);
        Assert.Equal(Ada.UserId, (string?)claims["user_id"]);
        Assert.Equal("ada@example.com", (string?)claims["user_email"]);
        Assert.Equal(Now.ToUnixTimeSeconds(), (long?)claims["iat"]);
        Assert.Equal(Now.AddHours(1).ToUnixTimeSeconds(), (long?)claims["exp"]);
    }

    [Fact]
    public async Task A_system_token_has_no_role_and_may_have_no_installation()
    {
        await using var vercel = await Start();

        var claims = Claims(vercel.Tokens.Sign(vercel.Tokens.ForSystem(Ada.AccountId, installationId: null)));

        Assert.Equal("account:0123abcd", (string?)claims["sub"]);
        Assert.False(claims.ContainsKey("user_role"));
        Assert.True(claims.ContainsKey("installation_id"));
        Assert.Null(claims["installation_id"]);
    }

    [Fact]
    public async Task The_token_before_any_installation_has_a_null_subject_and_no_account()
    {
        await using var vercel = await Start();

        var claims = Claims(vercel.Tokens.Sign(vercel.Tokens.BeforeInstallation()));

        Assert.True(claims.ContainsKey("sub"));
        Assert.Null(claims["sub"]);
        Assert.False(claims.ContainsKey("account_id"));
    }

    [Fact]
    public async Task The_key_set_that_discovery_names_verifies_a_token_also_after_the_key_was_rotated()
    {
        await using var vercel = await Start();
        var before = vercel.Tokens.Sign(vercel.Tokens.ForUser(Ada, "icfg_1"));
        vercel.Tokens.RotateKey();
        var after = vercel.Tokens.Sign(vercel.Tokens.ForUser(Ada, "icfg_1"));

        Assert.True(await VerifiesByDiscovery(vercel, before));
        Assert.True(await VerifiesByDiscovery(vercel, after));

        vercel.Tokens.RotateKey(keepOldPublished: false);

        Assert.False(await VerifiesByDiscovery(vercel, after));
    }

    [Fact]
    public async Task A_forged_token_does_not_verify()
    {
        await using var vercel = await Start();
        using var foreign = SigningKey.Generate();
        var draft = vercel.Tokens.ForUser(Ada, "icfg_1");

        var forged = vercel.Tokens.Sign(draft.SignedBy(new TokenSignature.ByKey(foreign, vercel.Tokens.CurrentKey.KeyId)));

        Assert.False(await VerifiesByDiscovery(vercel, forged));
        Assert.EndsWith(".", vercel.Tokens.Sign(draft.SignedBy(new TokenSignature.None())), StringComparison.Ordinal);
    }

    private static Task<SimulatorServer> Start() =>
        SimulatorServer.Start(new SimulatorOptions { Now = Now }, TestContext.Current.CancellationToken);

    private static JsonObject Claims(string token) =>
        JsonNode.Parse(Base64Url.DecodeFromChars(token.Split('.')[1]))!.AsObject();

    private static async Task<bool> VerifiesByDiscovery(SimulatorServer vercel, string token)
    {
        var cancel = TestContext.Current.CancellationToken;
        using var http = new HttpClient();
        var discovery = await http.GetFromJsonAsync<JsonObject>(
            new Uri(vercel.BaseUrl, "/.well-known/openid-configuration"), cancel);
        var keys = await http.GetFromJsonAsync<JsonObject>((string)discovery!["jwks_uri"]!, cancel);

        var parts = token.Split('.');
        var keyId = (string?)JsonNode.Parse(Base64Url.DecodeFromChars(parts[0]))!["kid"];
        if (keys!["keys"]!.AsArray().FirstOrDefault(key => (string?)key!["kid"] == keyId) is not { } jwk)
        {
            return false;
        }

        using var rsa = RSA.Create(new RSAParameters
        {
            Modulus = Base64Url.DecodeFromChars((string)jwk["n"]!),
            Exponent = Base64Url.DecodeFromChars((string)jwk["e"]!),
        });
        return rsa.VerifyData(
            Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"),
            Base64Url.DecodeFromChars(parts[2]),
            HashAlgorithmName.SHA256,
            RSASignaturePadding.Pkcs1);
    }
}
