using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Marketplace.Integration.Conformance.Provider;
using Marketplace.Simulator.Conformance;
using Marketplace.Simulator.IntegrationConsole;

namespace Marketplace.Integration.Conformance;

/// <summary>
/// The families that are made from the table of operations and from the schemas of bodies: who keeps the contract passes all of them, and
/// who breaks it is told.
/// </summary>
public sealed class GeneratedCasesTests
{
    private static readonly string[] Families = ["authorization", "answers", "bodies", "errors"];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Our_server_keeps_every_rule_where_its_clock_stands_still()
    {
        await using var acme = await Acme.Open(new AcmeOptions { Adapt = WithSomethingToFillIn });
        var options = new ConformanceOptions { Products = Sold, Cases = [.. Families] };

        var report = await ConformanceSuite.Run(acme.Vercel, options, _ => { }, Cancel);

        Assert.Null(report.Problem);
        Assert.Empty(report.Outcomes.Where(outcome => outcome.Verdict is Verdict.NotOffered or Verdict.NotObserved).Select(HonestVerdictTests.Told));
        AssertKept(report);
    }

    /// <summary>What a provider breaks is told by the case that is about it.</summary>
    [Theory]
    [InlineData(nameof(Breakage.IgnoresSignature), "authorization/get-resource/strangers-key", "authorization/rotate-secrets/altered")]
    [InlineData(nameof(Breakage.AcceptsUnsignedTokens), "authorization/get-resource/unsigned", "authorization/delete-installation/unsigned")]
    [InlineData(nameof(Breakage.IgnoresIssuer), "authorization/update-resource/other-issuer", "authorization/update-resource/no-issuer")]
    [InlineData(nameof(Breakage.IgnoresAudience), "authorization/provision-resource/other-audience", "authorization/list-product-plans/no-audience")]
    [InlineData(nameof(Breakage.IgnoresExpiry), "authorization/rotate-secrets/expired", "authorization/list-product-plans/before-installation-expired")]
    [InlineData(nameof(Breakage.IgnoresNotBefore), "authorization/get-installation/not-yet-valid")]
    [InlineData(nameof(Breakage.NeverFetchesKeysAgain), "authorization/signing-keys/new-key", "authorization/signing-keys/withdrawn-key")]
    [InlineData(nameof(Breakage.KeepsWithdrawnKeys), "authorization/signing-keys/withdrawn-key")]
    [InlineData(nameof(Breakage.RefusesAfterTheDeed), "authorization/update-resource/expired", "authorization/delete-installation/viewer")]
    [InlineData(nameof(Breakage.IgnoresInstallation), "authorization/get-resource/other-installation", "authorization/delete-resource/no-installation")]
    [InlineData(nameof(Breakage.IgnoresRole), "authorization/delete-resource/viewer", "authorization/rotate-secrets/viewer-said-to-be-vercel")]
    [InlineData(nameof(Breakage.IgnoresStyle), "authorization/update-resource/vercel-itself", "authorization/get-resource/a-person")]
    [InlineData(nameof(Breakage.TakesSystemForViewer), "authorization/rotate-secrets/vercel", "authorization/delete-installation/vercel")]
    [InlineData(nameof(Breakage.HidesPlansBeforeInstallation), "authorization/list-product-plans/before-installation")]
    [InlineData(nameof(Breakage.ServesForeignResources), "authorization/get-resource/others-resource", "authorization/rotate-secrets/others-resource")]
    [InlineData(nameof(Breakage.OffersForeignResources), "authorization/create-transfer/others-resource")]
    [InlineData(nameof(Breakage.RefusesInPlainText), "errors/get-resource/forbidden-body", "errors/provision-resource/unknown-plan")]
    [InlineData(nameof(Breakage.RefusesInAnotherShape), "errors/get-resource/forbidden-body", "bodies/provision-resource/wrong-fields-are-400")]
    [InlineData(nameof(Breakage.FailsOnUnknownPaths), "errors/routes/unknown-path", "errors/routes/all-installations")]
    [InlineData(nameof(Breakage.RefusesUnknownFields), "bodies/provision-resource/unknown-field", "bodies/upsert-installation/unknown-field")]
    [InlineData(nameof(Breakage.FailsOnBrokenJson), "bodies/provision-resource/no-json", "bodies/rotate-secrets/cut-off")]
    [InlineData(nameof(Breakage.FailsOnDeleteBody), "answers/delete-installation/as-documented")]
    [InlineData(nameof(Breakage.ForgetsSecretsOfAnswer), "answers/provision-resource/as-documented")]
    [InlineData(nameof(Breakage.ShowsSecretsToReaders), "answers/get-resource/no-secrets")]
    [InlineData(nameof(Breakage.DescribesNoPlan), "answers/list-product-plans/as-documented", "answers/plans/name-and-description")]
    [InlineData(nameof(Breakage.WritesAmountsAsNumbers), "answers/plans/minimum", "answers/list-product-plans/as-documented")]
    [InlineData(nameof(Breakage.AcceptsAnyMetadata), "bodies/provision-resource/metadata-property-of-another-kind", "bodies/provision-resource/form-is-held")]
    [InlineData(nameof(Breakage.AcceptsAnyPlan), "errors/provision-resource/unknown-plan", "errors/update-resource/unknown-plan")]
    [InlineData(nameof(Breakage.TakesWhatItRefuses), "errors/provision-resource/unknown-plan", "errors/update-resource/unknown-plan")]
    [InlineData(nameof(Breakage.RepeatsOldSecrets), "answers/rotate-secrets/new-values")]
    [InlineData(nameof(Breakage.AcceptsAnyDelay), "bodies/rotate-secrets/delay-old-secrets-expiration-hours-too-large")]
    public async Task Who_breaks_it_is_told(string breakage, params string[] cases)
    {
        await using var market = await Market.Open(Enum.Parse<Breakage>(breakage), seed: 5);

        // A key that is never fetched is waited for.
        var report = await market.Judge(options => options with { Patience = TimeSpan.FromSeconds(2) }, cases);

        Assert.Equal(cases.Order(StringComparer.Ordinal), report.Broken.Select(outcome => outcome.Case.Id).Order(StringComparer.Ordinal));
    }

    /// <summary>Whoever does what he has to refuse is told of that alone: the other cases find what they need.</summary>
    [Fact]
    public async Task What_somebody_breaks_is_not_told_of_the_other_rules()
    {
        await using var market = await Market.Open(Breakage.IgnoresAudience, seed: 2);

        var report = await market.Judge(["authorization/delete-installation", "authorization/delete-resource", "errors/delete-installation", "errors/delete-resource"]);

        Assert.All(
            report.Broken.Select(outcome => outcome.Case.Id),
            id => Assert.True(id.EndsWith("-audience", StringComparison.Ordinal) || id.EndsWith("/forbidden-body", StringComparison.Ordinal), id));
        Assert.Equal(6, report.Broken.Count);
    }

    [Fact]
    public void There_are_more_than_three_hundred_of_them() =>
        Assert.InRange(ConformanceSuite.All.Count(one => Families.Contains(one.Family)), 301, int.MaxValue);

    [Fact]
    public async Task Who_keeps_the_contract_passes()
    {
        await using var market = await Market.Open(seed: 3);

        var report = await market.Judge(Families);

        Assert.Null(report.Problem);
        AssertKept(report);
    }

    /// <summary>Two products: one whose form has a value of every kind, and one that makes databases.</summary>
    private static ImmutableList<ConsoleProduct> Sold
    {
        get
        {
            var catalogue = JsonNode.Parse(File.ReadAllText(Repository.File("tests/Integration/acme.catalog.json")))!;
            WithSomethingToFillIn(catalogue);
            var filled = new JsonObject { ["region"] = "iad1", ["workers"] = 2, ["backups"] = true, ["tags"] = new JsonArray("blue") };
            return Market.Read(new JsonObject
            {
                ["products"] = new JsonArray(
                [
                    .. catalogue["products"]!.AsArray().Select(product => new JsonObject
                    {
                        ["id"] = (string)product!["id"]!,
                        ["name"] = (string)product["name"]!,
                        ["metadataSchema"] = product["metadata"]!.DeepClone(),
                        ["sampleMetadata"] = (string)product["id"]! == "acme-tools" ? filled.DeepClone() : new JsonObject { ["region"] = "fra1" },
                    }),
                ]),
            }.ToJsonString()).Products;
        }
    }

    /// <summary>Else every field of the forms has a default.</summary>
    private static void WithSomethingToFillIn(JsonNode catalogue) => catalogue["products"]![0]!["metadata"]!["required"]!.AsArray().Add("workers");

    private static void AssertKept(ConformanceReport report)
    {
        var broken = report.Broken.Where(outcome => outcome.Case.Level != Level.Informational).Select(HonestVerdictTests.Told).ToList();
        Assert.True(broken.Count == 0, string.Join('\n', broken));
    }
}
