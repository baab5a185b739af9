using System.Diagnostics.Metrics;
using System.Text.RegularExpressions;
using Marketplace.Integration.OperatorConsole;
using Marketplace.Jobs.Telemetry;
using Marketplace.Shell.OperatorConsole.Runbook;
using Marketplace.Shell.Telemetry;

namespace Marketplace.Integration.Telemetry;

/// <summary>The runbook, the rules of its alerts and the console speak of the same things, and each of them exists.</summary>
[Collection(TelemetryStory.Alone)]
public sealed partial class RunbookTests(ConsoleScene scene) : IClassFixture<ConsoleScene>
{
    private static readonly string Runbook = File.ReadAllText(Repository.File("docs/runbook.md"));
    private static readonly string Rules = File.ReadAllText(Repository.File("docs/examples/alerts.yml"));

    [Fact]
    public void Each_metric_that_is_named_is_one_that_is_exported()
    {
        using var gauges = new StoreGauges();
        Measures.SlotCame("sent");
        var exported = Exported();

        var named = Metrics().Matches(Runbook + Rules).Select(match => match.Value).Distinct(StringComparer.Ordinal).ToList();
        Assert.True(named.Count > 10);
        Assert.Empty(named.Except(exported, StringComparer.Ordinal));
    }

    /// <summary>A series that begins with its first event has no increase: the alert would wait for the second.</summary>
    [Fact]
    public void Each_counter_that_an_alert_waits_for_is_there_before_it_counts()
    {
        var begun = new System.Collections.Concurrent.ConcurrentBag<string>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, own) =>
        {
            if (instrument.Meter.Name == Measures.MeterName)
                own.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
        {
            foreach (var tag in tags)
                begun.Add($"{instrument.Name.Replace('.', '_')}_total{{{tag.Key}=\"{tag.Value}\"}}");
        });
        listener.Start();

        Measures.Begin();

        var awaited = Increases().Matches(Rules).Select(match => match.Groups["series"].Value).Distinct(StringComparer.Ordinal).ToList();
        Assert.True(awaited.Count > 3);
        Assert.Empty(awaited.Except(begun, StringComparer.Ordinal));
    }

    [Fact]
    public void Each_alert_has_its_rule_and_leads_to_its_place()
    {
        var alerts = Alerts().Matches(Rules).Select(match => (Name: match.Groups["name"].Value, Rule: match.Groups["rule"].Value.Replace("''", "'"), Place: match.Groups["place"].Value)).ToList();

        Assert.Equal(RunbookText.Alerts.Select(heading => heading.Title), alerts.Select(alert => alert.Name));
        Assert.All(alerts, alert => Assert.Equal($"/ops/runbook#{RunbookLinks.Anchor(alert.Name)}", alert.Place));
        Assert.Equal(alerts.Select(alert => alert.Rule), RunbookText.Blocks.OfType<RunbookBlock.Code>().Select(code => code.Text));
    }

    [Fact]
    public async Task Each_link_of_the_console_leads_to_a_heading_of_the_page_which_needs_nothing_from_elsewhere()
    {
        using var browser = await Operators.SignIn(scene.Server);

        var page = (await browser.Open("/ops/runbook")).Is(System.Net.HttpStatusCode.OK);

        Assert.All(RunbookLinks.All, link => Assert.Contains($"<h2 id=\"{link.Split('#')[1]}\">", page.Html, StringComparison.Ordinal));
        var within = Within().Matches(page.Html).Select(match => match.Groups["to"].Value).ToList();
        Assert.True(within.Count > RunbookText.Alerts.Count());
        Assert.All(within, to => Assert.Contains($"id=\"{to}\"", page.Html, StringComparison.Ordinal));
        Assert.Contains("<code>doctor</code>", page.Html, StringComparison.Ordinal);
        Assert.DoesNotContain("**", page.Html, StringComparison.Ordinal);
        Assert.DoesNotContain("](", page.Html, StringComparison.Ordinal);
        Assert.DoesNotContain("https://", page.Html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_is_for_operators_alone()
    {
        using var stranger = new SignOn.PlainBrowser(scene.Server);

        Assert.Equal("/ops/sign-in?to=%2Fops%2Frunbook", (await stranger.Open("/ops/runbook")).Location);
    }

    /// <summary>As a collector writes them for Prometheus: the unit at the end, and what kind of number it is.</summary>
    private static HashSet<string> Exported()
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, _) =>
        {
            if (instrument.Meter.Name is not (Measures.MeterName or "Microsoft.AspNetCore.Hosting"))
                return;
            var name = instrument.Name.Replace('.', '_') + (instrument.Unit == "s" ? "_seconds" : "");
            names.UnionWith(instrument switch
            {
                Histogram<double> => [$"{name}_bucket", $"{name}_count", $"{name}_sum", name],
                Counter<long> => [$"{name}_total"],
                _ => (string[])[name],
            });
        };
        listener.Start();
        return names;
    }

    [GeneratedRegex("\\b(marketplace|http_server)_[a-z_]+", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Metrics();

    [GeneratedRegex(@"- alert: (?<name>\w+)\s+expr: '(?<rule>[^\n]+)'\n(\s+for: \w+\n)?\s+labels:\s+severity: (page|ticket)\s+annotations:\s+summary: '[^\n]+'\s+runbook: (?<place>\S+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Alerts();

    [GeneratedRegex("increase\\((?<series>[a-z_]+_total\\{[^}]+\\})", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Increases();

    [GeneratedRegex("href=\"#(?<to>[^\"]+)\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Within();
}
