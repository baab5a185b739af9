using System.Text.Json.Nodes;
using Marketplace.Integration.Crashes;
using Marketplace.Simulator.Conformance;
using Marketplace.Simulator.IntegrationConsole;

namespace Marketplace.Integration.Conformance;

/// <summary>What we ask of every provider holds for our own server, as it is shipped: a process with API and worker on a real PostgreSQL.</summary>
public sealed class OwnServerTests
{
    private static readonly DateTimeOffset Start = new(2027, 1, 21, 9, 0, 0, TimeSpan.Zero);

    /// <summary>What the example's catalogue gives no occasion for; <see cref="OwnCatalogueTests"/> judges it with other ones.</summary>
    private static readonly List<string> SoldElsewhere =
    [
        "installations/update-plan", "idempotency/update-installation/", "purchases/of-installation", "plans/disabled-is-refused",
        "resources/pending-is-told", "deletion/while-pending", "outage/pending-untold", "outage/secrets-untold",
    ];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Our_own_server_keeps_every_required_and_recommended_rule()
    {
        await using var server = await RealServer.Start(Start, seed: 1);

        var report = await Judge(server);
        await KeptReports.Keep(report, "own-server");

        Assert.Null(report.Problem);
        Assert.Empty(report.Broken.Where(outcome => outcome.Case.Level != Level.Informational).Select(
            outcome => $"{HonestVerdictTests.Told(outcome)} {report.Replay(outcome)}"));
        Assert.Empty(report.Outcomes
            .Where(outcome => outcome is { Case.Level: Level.Required, Verdict: Verdict.NotOffered or Verdict.NotObserved }
                && !SoldElsewhere.Exists(family => outcome.Case.Id.StartsWith(family, StringComparison.Ordinal)))
            .Select(HonestVerdictTests.Told));
    }

    internal static async Task<ConformanceReport> Judge(RealServer server, params IEnumerable<string> cases)
    {
        while (!server.Vercel.IsFollowed)
        {
            await Task.Delay(20, Cancel);
        }

        return await ConformanceSuite.Run(
            server.Vercel,
            new ConformanceOptions
            {
                Products = Sold().Products, Cases = [.. cases], SignOnStart = $"{server.Vercel.Provider}sso/{{{{installationId}}}}",
            },
            outcome => TestContext.Current.SendDiagnosticMessage($"{outcome} {outcome.Elapsed.TotalSeconds:0.0} s"), Cancel);
    }

    /// <summary>The example's catalogue, as its seller would enter it in the Integration Console.</summary>
    private static IntegrationSettings Sold()
    {
        var products = JsonNode.Parse(File.ReadAllText(Repository.File("catalog.json")))!["products"]!.AsArray();
        return Market.Read(new JsonObject
        {
            ["products"] = new JsonArray(
            [
                .. products.Where(product => (string)product!["id"]! == "acme-postgres").Select(product => new JsonObject
                {
                    ["id"] = (string)product!["id"]!,
                    ["name"] = (string)product["name"]!,
                    ["protocols"] = new JsonArray("storage"),
                    ["metadataSchema"] = product["metadata"]!.DeepClone(),
                    ["secretProbe"] = new JsonObject { ["postgres"] = "{{DATABASE_URL}}" },
                }),
                .. products.Where(product => (string)product!["id"]! == "acme-keys").Select(product => new JsonObject
                {
                    ["id"] = (string)product!["id"]!,
                    ["name"] = (string)product["name"]!,
                    ["protocols"] = new JsonArray("experimentation"),
                    ["metadataSchema"] = product["metadata"]!.DeepClone(),
                }),
            ]),
        }.ToJsonString());
    }
}
