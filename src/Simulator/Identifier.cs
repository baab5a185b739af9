using System.Security.Cryptography;

namespace Marketplace.Simulator;

/// <summary>Ids in the form that Vercel gives them: a kind, and characters without meaning.</summary>
internal static class Identifier
{
    public static string New(string kind) =>
        $"{kind}_{RandomNumberGenerator.GetString("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", 24)}";
}
