using System.Text.RegularExpressions;
using Marketplace.Core.ProviderEvents;
using Marketplace.Shell.ProviderEvents;

namespace Marketplace.Integration.ProviderEvents;

/// <summary>What a backend's author reads is what is sent.</summary>
public sealed partial class EventDocumentTests
{
    private static readonly string Document = File.ReadAllText(Repository.File("docs/events.md"));

    [Fact]
    public void Every_type_is_described_with_its_data_and_no_other() =>
        Assert.Equal(
            ProviderEventWire.Types.Append(ProviderEventWire.Test).Order(StringComparer.Ordinal),
            Rows().SelectMany(row => Names().Matches(row.Split('|')[1])).Select(name => name.Groups["name"].Value).Order(StringComparer.Ordinal));

    [Fact]
    public void Every_event_has_one_of_the_names_and_every_name_an_event()
    {
        var cases = typeof(ProviderEvent).GetNestedTypes().Where(type => type.IsSubclassOf(typeof(ProviderEvent))).ToList();

        Assert.Equal(ProviderEventWire.Types.Count, cases.Count);
        Assert.Equal(ProviderEventWire.Types.Count, ProviderEventWire.Types.Distinct().Count());
    }

    private static IEnumerable<string> Rows() => Document.Split('\n').Where(line => line.StartsWith("| `", StringComparison.Ordinal));

    [GeneratedRegex("`(?<name>[a-z_.]+)`", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Names();
}
