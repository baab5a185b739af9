using System.Buffers;

namespace Marketplace.Shell.Authentication;

/// <summary>The two forms of <c>sub</c>. Source: contract §A.1.</summary>
internal static class TokenSubject
{
    private static readonly SearchValues<char> Hexadecimal = SearchValues.Create("0123456789abcdefABCDEF");

    /// <summary><c>account:HEX</c></summary>
    public static bool IsOfAccount(ReadOnlySpan<char> subject) =>
        subject.StartsWith("account:", StringComparison.Ordinal) && IsHexadecimal(subject["account:".Length..]);

    /// <summary><c>account:HEX:user:HEX</c></summary>
    public static bool IsOfUser(ReadOnlySpan<char> subject)
    {
        const string Separator = ":user:";
        var end = subject.IndexOf(Separator, StringComparison.Ordinal);
        return end > 0 && IsOfAccount(subject[..end]) && IsHexadecimal(subject[(end + Separator.Length)..]);
    }

    private static bool IsHexadecimal(ReadOnlySpan<char> text) => !text.IsEmpty && !text.ContainsAnyExcept(Hexadecimal);
}
