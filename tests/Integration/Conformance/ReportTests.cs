using System.Text.Json;
using System.Xml.Linq;
using Marketplace.Simulator.Conformance;
using Marketplace.Simulator.Conformance.Reports;

namespace Marketplace.Integration.Conformance;

/// <summary>One run, told in three forms.</summary>
public sealed class ReportTests
{
    private static readonly Verdict Broken = new Verdict.Broken("one credit of <10.00>", "two\u0000 & more");

    [Fact]
    public void A_build_turns_red_exactly_when_a_required_rule_is_broken()
    {
        var required = XDocument.Parse(JUnitReport.Of(Report(Played(Level.Required, Broken), Played(Level.Required, new Verdict.Kept()))));
        var recommended = XDocument.Parse(JUnitReport.Of(Report(Played(Level.Recommended, Broken), Played(Level.Required, new Verdict.NotOffered("Resource REPL")))));
        Assert.Equal("1", required.Root!.Attribute("failures")!.Value);
        Assert.Contains("one credit of <10.00>", Assert.Single(required.Descendants("failure")).Attribute("message")!.Value, StringComparison.Ordinal);
        Assert.Equal("0", recommended.Root!.Attribute("failures")!.Value);
        Assert.Equal("2", recommended.Root!.Attribute("skipped")!.Value);
        Assert.Empty(recommended.Descendants("failure"));
    }

    [Fact]
    public void A_provider_that_cannot_be_tried_turns_a_build_red()
    {
        var report = Report() with { Problem = "Nobody can install." };
        Assert.False(report.IsConformant);
        Assert.Equal("Nobody can install.", Assert.Single(XDocument.Parse(JUnitReport.Of(report)).Descendants("failure")).Attribute("message")!.Value);
    }

    [Theory]
    [InlineData(nameof(Level.Required), false)]
    [InlineData(nameof(Level.Recommended), true)]
    [InlineData(nameof(Level.Informational), true)]
    public void Only_what_is_required_decides_whether_a_provider_is_conformant(string level, bool isConformant) =>
        Assert.Equal(isConformant, Report(Played(Enum.Parse<Level>(level), Broken)).IsConformant);

    [Fact]
    public void A_broken_rule_says_what_was_expected_what_came_and_how_to_see_it_again()
    {
        using var json = JsonDocument.Parse(JsonReport.Of(Report(Played(Level.Required, Broken)) with { IsOnVirtualTime = true }));
        var told = json.RootElement.GetProperty("cases")[0];
        Assert.Equal("broken", told.GetProperty("verdict").GetString());
        Assert.Equal("one credit of <10.00>", told.GetProperty("expected").GetString());
        Assert.Equal("two\u0000 & more", told.GetProperty("came").GetString());
        Assert.Equal("./run conformance --seed 7 --now 2027-01-25T09:00:00Z --case purchases/once", told.GetProperty("replay").GetString());
        Assert.Equal(1, json.RootElement.GetProperty("summary").GetProperty("required").GetProperty("broken").GetInt32());
    }

    [Fact]
    public void A_provider_that_keeps_real_time_is_tried_again_at_real_time() =>
        Assert.Equal("./run conformance --seed 7 --case purchases/once", Report().Replay(Played(Level.Required, Broken)));

    /// <summary>A server that does nothing right breaks hundreds of rules; whoever looks at the terminal wants the first.</summary>
    [Fact]
    public void A_terminal_names_the_commands_of_the_first_twenty_broken_rules_and_counts_the_others()
    {
        using var output = new StringWriter();

        ConsoleReport.On(output, isPlain: true).End(Report(Enumerable.Repeat(Played(Level.Required, Broken), 23)));

        var lines = output.ToString().Split('\n');
        Assert.Equal(20, lines.Count(line => line.StartsWith("again: ./run conformance --seed 7 --case purchases/once", StringComparison.Ordinal)));
        Assert.Contains(lines, line => line.StartsWith("3 more are broken; ", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("Not conformant. required: 0 of 23 kept", StringComparison.Ordinal));
    }

    [Fact]
    public async Task People_read_the_rule_its_source_and_what_came_in_one_file_that_loads_nothing()
    {
        var html = await HtmlReport.Of(Report(Played(Level.Required, Broken), Played(Level.Required, new Verdict.NotObserved("No webhook URL is known."))));
        Assert.Contains("Credit is given once.", html, StringComparison.Ordinal);
        Assert.Contains("one credit of &lt;10.00&gt;", html, StringComparison.Ordinal);
        Assert.Contains("No webhook URL is known.", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<link", html, StringComparison.Ordinal);
        Assert.DoesNotContain("src=", html, StringComparison.Ordinal);
    }

    private static Outcome Played(Level level, Verdict verdict) => new(
        new ConformanceCase("purchases/once", "Credit is given once.", Source.Billing, level, _ => Task.CompletedTask), verdict,
        new DateTimeOffset(2027, 1, 25, 9, 0, 0, TimeSpan.Zero), TimeSpan.FromMilliseconds(12), [], []);

    private static ConformanceReport Report(params IEnumerable<Outcome> outcomes) => new(
        new Uri("http://127.0.0.1:3000"), Seed: 7, new DateTimeOffset(2027, 1, 25, 9, 0, 0, TimeSpan.Zero), TimeSpan.FromSeconds(1), [.. outcomes],
        "./run conformance", Problem: null);
}
