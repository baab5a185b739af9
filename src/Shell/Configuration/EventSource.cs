using LanguageExt;
using Marketplace.Shell.ProviderEvents;
using Marketplace.Shell.StandardWebhooks;

namespace Marketplace.Shell.Configuration;

/// <summary>Where the provider's own backend hears what happens, if it does.</summary>
internal static class EventSource
{
    private const string UrlKey = "Events:Url";
    private const string SecretsKey = "Events:Secrets";
    private const string TypesKey = "Events:Types";

    public static EventSettings Read(SettingsReader reader, IHostEnvironment environment)
    {
        var url = reader.Url(UrlKey, environment.IsDevelopment());
        var secrets = reader.SigningSecrets(SecretsKey);
        var types = Types(reader);
        if (reader.Optional(UrlKey) is null)
        {
            foreach (var key in new[] { SecretsKey, TypesKey }.Where(key => reader.Optional(key) is not null))
                reader.Wrong(key, "there", $"{SettingsReader.Spell(UrlKey)} beside it, or to be absent as well");
            return EventSettings.None;
        }

        if (reader.Optional(SecretsKey) is null)
            reader.Missing(SecretsKey, $"{SigningSecret.Form}, by which the backend knows that an event is ours; several with commas between");
        return url is null || secrets is null ? EventSettings.None : new EventSettings(new EventBackend(url, secrets, types));
    }

    /// <summary>The secrets of a key, with commas between; null when there are none, or not the right ones.</summary>
    public static SigningSecrets? SigningSecrets(this SettingsReader reader, string key)
    {
        if (reader.Optional(key) is not { } text)
            return null;

        var secrets = StandardWebhooks.SigningSecrets.Parse(text);
        if (secrets is null)
            reader.WrongSecret(key, "is no list of secrets", $"{SigningSecret.Form}; several with commas between");
        return secrets;
    }

    private static Seq<string>? Types(SettingsReader reader)
    {
        if (reader.Optional(TypesKey) is not { } text)
            return null;

        var types = text.Split([',', ' '], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).ToSeq().Strict();
        foreach (var unknown in types.Filter(type => !ProviderEventWire.Types.Contains(type, StringComparer.Ordinal)))
            reader.Wrong(TypesKey, unknown, $"names of events with commas between, of these: {string.Join(", ", ProviderEventWire.Types)}");
        return types;
    }
}
