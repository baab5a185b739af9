namespace Marketplace.Shell.Provisioning.Postgres;

/// <summary>Names and values inside statements that take no parameters, such as <c>CREATE ROLE</c>.</summary>
internal static class SqlText
{
    public static string Identifier(string name) => $"\"{WithoutNul(name).Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    /// <summary>Holds whatever <c>standard_conforming_strings</c> says: a backslash makes it an escape string.</summary>
    public static string Literal(string value)
    {
        var quoted = WithoutNul(value).Replace("'", "''", StringComparison.Ordinal);
        return quoted.Contains('\\', StringComparison.Ordinal)
            ? $"E'{quoted.Replace("\\", "\\\\", StringComparison.Ordinal)}'"
            : $"'{quoted}'";
    }

    private static string WithoutNul(string text) =>
        text.Contains('\0', StringComparison.Ordinal)
            ? throw new ArgumentException("PostgreSQL knows no zero character.", nameof(text))
            : text;
}
