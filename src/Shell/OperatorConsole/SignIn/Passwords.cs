using Marketplace.Shell.Configuration;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace Marketplace.Shell.OperatorConsole.SignIn;

/// <summary>The password of the bootstrap operator: the framework's own PBKDF2, of which the configuration holds the hash.</summary>
internal static class Passwords
{
    public const int CharactersMin = 12;
    public const int CharactersMax = 200;

    /// <summary>What a guess costs; a person does not notice.</summary>
    private const int Iterations = 300_000;

    /// <summary>The framework's third format: a marker, the function, the iterations, the length of the salt, salt and key.</summary>
    private const byte Format = 1;
    private const int HeaderBytes = 13;
    private const int BytesMin = HeaderBytes + 16 + 32;

    private static readonly PasswordHasher<BootstrapOperator> Hasher =
        new(Options.Create(new PasswordHasherOptions { IterationCount = Iterations }));

    public static string Hash(string password) => Hasher.HashPassword(null!, password);

    /// <summary>In the same time, whatever was given.</summary>
    public static bool Is(string given, BootstrapOperator one) =>
        Hasher.VerifyHashedPassword(one, one.PasswordHash, given) != PasswordVerificationResult.Failed;

    public static bool IsHash(string text)
    {
        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text, bytes, out var written) && written >= BytesMin && bytes[0] == Format;
    }
}
