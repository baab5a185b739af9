using Marketplace.Simulator.Conformance;

namespace Marketplace.Integration.Conformance;

/// <summary>The suite accuses nobody falsely, and says the same at every run.</summary>
public sealed class HonestVerdictTests
{
    /// <summary>What the shelves do not have: nothing takes time to be made or rotated, there is one product, and no plan is retired or bought for all at once.</summary>
    private static readonly string[] NotSold =
    [
        "resources/pending-is-told", "deletion/while-pending", "resources/provision-plan-of-another-product", "plans/disabled-is-refused",
        "purchases/of-installation", "outage/pending-untold", "outage/secrets-untold",
    ];

    [Fact]
    public async Task Who_keeps_the_contract_is_found_to_keep_every_rule_and_the_suite_sees_all_of_it()
    {
        await using var market = await Market.Open(seed: 7);

        var report = await market.Judge();

        Assert.Null(report.Problem);
        Assert.Empty(report.Broken.Where(outcome => outcome.Case.Level != Level.Informational).Select(Told));
        Assert.Empty(report.Outcomes
            .Where(outcome => outcome is { Case.Level: Level.Required, Verdict: Verdict.NotOffered or Verdict.NotObserved } && !NotSold.Contains(outcome.Case.Id))
            .Select(Told));
    }

    [Fact]
    public async Task One_seed_gives_the_same_verdicts_and_the_same_calls_at_every_run()
    {
        Assert.Equal(await Run(), await Run());

        static async Task<List<string>> Run()
        {
            await using var market = await Market.Open(seed: 11);
            var report = await market.Judge("installations");
            // Whatever Vercel gives: the ids of resources are the provider's own.
            return
            [
                .. market.Vercel.State.Installations.Keys,
                .. report.Outcomes.Select(outcome => outcome.ToString()),
                // In no order: some are made at the same moment.
                .. report.Outcomes.SelectMany(outcome => outcome.Exchanges)
                    .Select(exchange => $"{exchange.Operation} {exchange.IdempotencyKey} {exchange.Status}")
                    .Order(StringComparer.Ordinal),
            ];
        }
    }

    internal static string Told(Outcome outcome) => $"{outcome.Case.Id}: {outcome.Case.Rule} {outcome.Verdict}";
}
