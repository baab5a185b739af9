namespace Marketplace.Shell.Audit;

/// <summary>Why somebody did what only people decide: kept with who it was.</summary>
internal static class AuditReason
{
    public const int CharactersMax = 500;

    /// <summary>What is wrong with it, if anything.</summary>
    public static string? Problem(string? reason) =>
        string.IsNullOrWhiteSpace(reason) ? "A reason is required: it is kept with who asked."
        : reason.Trim().Length > CharactersMax ? $"A reason has at most {CharactersMax} characters."
        : reason.Contains('\0', StringComparison.Ordinal) ? "U+0000 cannot be stored."
        : null;
}
