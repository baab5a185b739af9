using LanguageExt;
using Marketplace.Core;

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

    /// <summary>A blank one is none.</summary>
    public static Option<string> Given(string? reason) => string.IsNullOrWhiteSpace(reason) ? Option<string>.None : reason.Trim();

    /// <summary>As it is kept; none where none was given, unless it is needed.</summary>
    public static Validation<FieldError, Option<string>> Parse(string? reason, bool isNeeded) =>
        (isNeeded || Given(reason).IsSome) && Problem(reason) is { } problem
            ? new FieldError("reason", problem)
            : Prelude.Success<FieldError, Option<string>>(Given(reason));
}
