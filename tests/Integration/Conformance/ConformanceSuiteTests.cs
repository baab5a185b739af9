using Marketplace.Simulator.Conformance;
using Marketplace.Simulator.IntegrationConsole;

namespace Marketplace.Integration.Conformance;

/// <summary>The suite itself: what it holds, and how a run of it goes.</summary>
public sealed class ConformanceSuiteTests
{
    private static readonly Uri NobodyListens = new("http://127.0.0.1:9");

    [Fact]
    public void Every_case_has_an_id_of_its_own_with_a_family_and_a_rule_in_one_sentence()
    {
        Assert.Equal(ConformanceSuite.All.Length, ConformanceSuite.All.Select(one => one.Id).Distinct(StringComparer.Ordinal).Count());
        Assert.All(ConformanceSuite.All, one => Assert.Matches("^[a-z][a-z-]*/[a-z0-9][a-z0-9-]*(/[a-z0-9-]+)*$", one.Id));
        Assert.All(ConformanceSuite.All, one => Assert.True(char.IsUpper(one.Rule[0]) && one.Rule.EndsWith('.'), one.Rule));
    }

    [Fact]
    public async Task A_rule_that_is_kept_is_told_as_kept()
    {
        await using var acme = await Acme.Open(new AcmeOptions());
        var report = await ConformanceSuite.Run(acme.Vercel, Options("installations/install*", "installations/again-*"), _ => { }, TestContext.Current.CancellationToken);
        Assert.Null(report.Problem);
        Assert.NotEmpty(report.Outcomes);
        Assert.All(report.Outcomes, outcome => Assert.IsType<Verdict.Kept>(outcome.Verdict));
    }

    [Fact]
    public async Task A_run_that_is_interrupted_tells_what_it_has_seen_and_does_not_pass()
    {
        await using var acme = await Acme.Open(new AcmeOptions());
        using var interrupt = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var report = await ConformanceSuite.Run(acme.Vercel, Options("installations"), _ => interrupt.Cancel(), interrupt.Token);
        Assert.False(report.IsConformant);
        Assert.NotNull(report.Ended);
        Assert.Single(report.Outcomes, outcome => outcome.Verdict is Verdict.Kept);
        Assert.Equal(ConformanceSuite.All.Count(one => one.Family == "installations"), report.Outcomes.Count);
    }

    [Fact]
    public async Task A_provider_that_answers_nothing_any_more_ends_the_run_and_what_was_not_played_is_not_held_against_it()
    {
        await using var market = await Market.Open();
        var played = 0;
        void DieAfterThree(Outcome outcome)
        {
            if (++played == 3)
                market.Vercel.Provider = NobodyListens;
        }

        var report = await market.Judge(options => options with { Patience = TimeSpan.FromSeconds(1) }, DieAfterThree, "installations");

        Assert.False(report.IsConformant);
        Assert.Contains("as the provider answered nothing any more within 1 s", report.Ended, StringComparison.Ordinal);
        Assert.Equal(3, report.Outcomes.Count(outcome => outcome.Verdict is Verdict.Kept));
        Assert.Single(report.Broken);
        Assert.All(report.Outcomes.Where(outcome => outcome.Verdict is Verdict.NotObserved { Reason: var reason } && reason == report.Ended), outcome => Assert.Empty(outcome.Exchanges));
    }

    private static ConformanceOptions Options(params string[] cases) => new()
    {
        Products = [new ConsoleProduct("acme-tools", "Acme Tools", MetadataSchema.Nothing)],
        Cases = [.. cases],
    };
}
