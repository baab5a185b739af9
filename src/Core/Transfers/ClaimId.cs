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

    /// <param name="unique">Chosen at random by the caller, without a dot: nobody can guess another's claim.</param>
    public static ClaimId Of(InstallationId source, string unique) =>
        new($"{Prefix}{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(source.Value))}{Separator}{unique}");

    /// <summary>The installation that gives; none where the text is not of our making.</summary>
    public Option<InstallationId> Source
    {
        get
        {
            var end = Value.IndexOf(Separator, StringComparison.Ordinal);
            if (!Value.StartsWith(Prefix, StringComparison.Ordinal) || end <= Prefix.Length || end == Value.Length - 1)
            {
                return None;
            }

            var encoded = Value.AsSpan(Prefix.Length, end - Prefix.Length);
            return Base64Url.IsValid(encoded)
                ? Some(new InstallationId(Encoding.UTF8.GetString(Base64Url.DecodeFromChars(encoded))))
                : None;
        }
    }

    public override string ToString() => Value;
}
