using System.Security.Cryptography;
using System.Text;
using Marketplace.Simulator.Tokens;

namespace Marketplace.Driver.Customers;

/// <summary>An installation with the tokens that Vercel would send for it, ready as the bytes of a request.</summary>
/// <param name="UserHead">The headers that are the same in every call of a person.</param>
/// <param name="SystemHead">The same of Vercel itself.</param>
internal sealed record Customer(byte[] Installation, byte[] UserHead, byte[] SystemHead)
{
    /// <summary>A team of its own with one administrator, and one token of each style, signed once.</summary>
    public static Customer Mint(TokenIssuer issuer)
    {
        var installation = $"icfg_{NewId()}";
        var person = new Person(NewId(), NewId(), NewId(), PersonRole.Admin, "ada@example.com", "Ada");
        return new Customer(
            Encoding.UTF8.GetBytes(installation),
            Head(issuer.Sign(issuer.ForUser(person, installation)), "user"),
            Head(issuer.Sign(issuer.ForSystem(person.AccountId, installation)), "system"));
    }

    public override string ToString() => Encoding.UTF8.GetString(Installation);

    private static string NewId() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(12));

    private static byte[] Head(string token, string style) =>
        Encoding.UTF8.GetBytes($" HTTP/1.1\r\nHost: marketplace\r\nAuthorization: Bearer {token}\r\nX-Vercel-Auth: {style}\r\n");
}
