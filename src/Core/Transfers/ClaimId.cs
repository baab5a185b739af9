using System.Buffers.Text;
using System.Text;
using LanguageExt;
using Marketplace.Core.Installations;
using static LanguageExt.Prelude;

namespace Marketplace.Core.Transfers;

/// <summary>Our name for one transfer; opaque to Vercel. Source: contract §B.5, <c>providerClaimId</c>.</summary>
/// <remarks>
/// Verify and accept name the target alone. The source is part of the id, so that every statement can say whose transfer it means.
/// </remarks>
public readonly record struct ClaimId(string Value)
{
    private const string Prefix = "claim_";

    private const char Separator = '.';

    /// <param name="unique">Chosen at random by the caller, of letters and digits: nobody can guess another's claim.</param>
    public static ClaimId Of(InstallationId source, string unique) =>
        new($"{Prefix}{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(source.Value))}{Separator}{unique}");

    /// <summary>The installation that gives; none where the text is not of our making, to the letter.</summary>
    public Option<InstallationId> Source
    {
        get
        {
            var end = Value.IndexOf(Separator, StringComparison.Ordinal);
            if (!Value.StartsWith(Prefix, StringComparison.Ordinal) || end <= Prefix.Length)
            {
                return None;
            }

            var (encoded, unique) = (Value[Prefix.Length..end], Value[(end + 1)..]);
            if (!Base64Url.IsValid(encoded) || unique.Length == 0 || !unique.All(char.IsAsciiLetterOrDigit))
            {
                return None;
            }

            // A NUL is no text to the store, and whatever is not spelled as we would spell it is not ours.
            var source = new InstallationId(Encoding.UTF8.GetString(Base64Url.DecodeFromChars(encoded)));
            return Of(source, unique) == this && !source.Value.Contains('\0', StringComparison.Ordinal) ? Some(source) : None;
        }
    }

    public override string ToString() => Value;
}
