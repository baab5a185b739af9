using System.Net;
using LanguageExt;

namespace Marketplace.Shell.Configuration;

/// <summary>Reads which machines stand in front of this one and may be believed about whom they speak for.</summary>
internal static class ProxySource
{
    private const string Key = "Proxies:Known";
    private const string Wants = "addresses or networks with commas between, like 10.0.0.7, 10.1.0.0/16";

    public static ProxySettings Read(SettingsReader reader)
    {
        if (reader.Optional(Key) is not { } text)
            return ProxySettings.None;

        var parsed = text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(Network).ToList();
        if (parsed.Count == 0 || parsed.Contains(null))
            reader.Wrong(Key, text, Wants);
        else if (parsed.Exists(network => network!.Value.PrefixLength == 0))
            reader.Wrong(Key, text, $"{Wants}; whoever believes everybody believes nobody");
        return new ProxySettings(parsed.OfType<IPNetwork>().ToSeq().Strict());
    }

    private static IPNetwork? Network(string text) =>
        IPAddress.TryParse(text, out var address) ? new IPNetwork(address, address.GetAddressBytes().Length * 8)
        : IPNetwork.TryParse(text, out var network) ? network
        : null;
}
