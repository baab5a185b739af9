using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Marketplace.Shell.Configuration;

/// <summary>Reads settings one by one and collects what is wrong, so that a person learns of all of it at once.</summary>
internal sealed class SettingsReader(IConfiguration configuration)
{
    private readonly List<SettingProblem> problems = [];
    private readonly HashSet<string> asked = new(StringComparer.OrdinalIgnoreCase);

    public IReadOnlyCollection<SettingProblem> Problems => problems;

    /// <summary>The keys that anybody has asked for: there are no others.</summary>
    public IReadOnlySet<string> Asked => asked;

    /// <summary>Blank counts as absent: that is how an unset variable often arrives from a compose file.</summary>
    public string? Optional(string key)
    {
        asked.Add(key);
        return configuration[key] is { } value && !string.IsNullOrWhiteSpace(value) ? value.Trim() : null;
    }

    public string Required(string key, string wants)
    {
        if (Optional(key) is { } value)
        {
            return value;
        }

        Missing(key, wants);
        return "";
    }

    /// <summary>Whether somebody said yes; nothing else is one.</summary>
    public bool Flag(string key) => Optional(key) is "true" or "True";

    /// <summary>An absolute http or https address. Plain http would show tokens to the network, so it must stay on this machine.</summary>
    public Uri? Url(string key, bool plainHttpAnywhere) => Optional(key) is { } value ? Url(key, value, plainHttpAnywhere) : null;

    public Uri Url(string key, Uri fallback, bool plainHttpAnywhere) => Url(key, plainHttpAnywhere) ?? fallback;

    public TimeSpan Duration(string key, TimeSpan fallback, TimeSpan min, TimeSpan max)
    {
        if (Optional(key) is not { } value)
        {
            return fallback;
        }

        if (TryParseDuration(value, out var duration) && duration >= min && duration <= max)
        {
            return duration;
        }

        Wrong(key, value, $"a duration as hours:minutes:seconds, like 24:00:00, from {min:c} to {max.TotalHours} hours");
        return fallback;
    }

    public int Number(string key, int fallback, int min, int max)
    {
        if (Optional(key) is not { } value)
        {
            return fallback;
        }

        if (int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max)
        {
            return number;
        }

        Wrong(key, value, string.Create(CultureInfo.InvariantCulture, $"a whole number from {min} to {max}"));
        return fallback;
    }

    public void Missing(string key, string wants) => problems.Add(new SettingProblem(Spell(key), "is missing", wants));

    public void Wrong(string key, string found, string wants) => problems.Add(new SettingProblem(Spell(key), $"is \"{found}\"", wants));

    /// <summary>For a value that nobody should see.</summary>
    public void WrongSecret(string key, string found, string wants) => problems.Add(new SettingProblem(Spell(key), found, wants));

    /// <summary>As an environment variable spells a key.</summary>
    public static string Spell(string key) => key.Replace(":", "__", StringComparison.Ordinal);

    private Uri? Url(string key, string value, bool plainHttpAnywhere)
    {
        if (Uri.TryCreate(value, UriKind.Absolute, out var url)
            && url is { Query: "", Fragment: "", UserInfo: "" }
            && (url.Scheme == Uri.UriSchemeHttps || (url.Scheme == Uri.UriSchemeHttp && (plainHttpAnywhere || url.IsLoopback))))
        {
            return url;
        }

        Wrong(key, value, plainHttpAnywhere
            ? "an absolute http or https address"
            : "an absolute https address (plain http only on this machine, or in the environment Development)");
        return null;
    }

    /// <summary>The framework's own parser takes 24:00:00 for an overflow, and 1:30 for an hour and a half.</summary>
    private static bool TryParseDuration(string value, [NotNullWhen(true)] out TimeSpan duration)
    {
        var parts = value.Split(':');
        if (parts.Length == 3
            && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var hours) && hours < 100_000
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var minutes) && minutes < 60
            && int.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds < 60)
        {
            duration = new TimeSpan(hours, minutes, seconds);
            return true;
        }

        return TimeSpan.TryParseExact(value, "c", CultureInfo.InvariantCulture, out duration);
    }
}
