using Marketplace.Integration.Conformance.Provider;
using Marketplace.Simulator.Conformance;

namespace Marketplace.Integration.Conformance;

/// <summary>The suite can fail: whoever breaks the contract in one place is accused of that, and of nothing else.</summary>
/// <remarks>What breaks the families that are generated is in <see cref="GeneratedCasesTests"/>.</remarks>
public sealed class BreakageTests
{
    /// <summary>
    /// The rules that each breakage breaks, of all required and recommended ones in their families. A pattern stands for those that belong
    /// together, of which one at least is broken.
    /// </summary>
    private static readonly Dictionary<Breakage, string[]> Caught = new()
    {
        [Breakage.LosesDataAtReconsent] = ["installations/again-keeps-resources", "installations/again-uses-new-token", "installations/scopes-change"],
        [Breakage.KeepsFirstToken] = ["installations/again-uses-new-token"],
        [Breakage.ServesAfterUninstall] = ["installations/former-stays-gone"],
        [Breakage.ForgetsNewName] = ["resources/update-name", "resources/update-everything", "resources/update-at-once"],
        [Breakage.ForgetsNewPlan] = ["resources/update-plan", "resources/update-everything"],
        [Breakage.RefusesSecondDelete] = ["deletion/again-succeeds"],
        [Breakage.ServesAfterDelete] = ["deletion/*-after", "deletion/secrets-end"],
        [Breakage.ForgetsIdempotencyKeys] = ["idempotency/provision/*", "idempotency/rotate/*", "idempotency/offer-transfer/*"],
        [Breakage.RacesIdempotencyKeys] = ["idempotency/provision/*", "idempotency/rotate/*", "idempotency/offer-transfer/*"],
        [Breakage.MixesIdempotencyKeys] = ["idempotency/*/of-another-installation", "idempotency/key-for-another*"],
        [Breakage.KillsOldSecretsAtRotation] =
            ["rotation/old-live-on", "rotation/second-in-overlap", "rotation/old-end-in-time", "rotation/*"],
        [Breakage.KeepsOldSecretsForever] =
        [
            "rotation/delay-0-ends-old", "rotation/without-delay-ends-old", "rotation/second-without-delay", "rotation/old-end-in-time",
            "rotation/fraction-ends-in-time",
        ],
        [Breakage.WritesInReadOnlyConsole] = ["repl/read-only-is-kept"],
        [Breakage.CreditsEveryCall] =
            ["purchases/once-under-new-key", "purchases/once-under-five-keys", "purchases/hours-later", "purchases/after-hang-up"],
        [Breakage.CreditsConcurrentCalls] = ["purchases/once-under-five-keys", "purchases/*"],
        [Breakage.CreditsUnpaid] =
            ["purchases/unpaid", "purchases/unpaid-then-paid", "purchases/notpaid", "purchases/overdue", "purchases/refunded"],
        [Breakage.StatesWhatWasBought] = ["purchases/*"],
        [Breakage.CreditsByWebhookToo] = ["webhooks/twice-credits-once"],
        [Breakage.AcceptsOwnTransfer] = ["transfers/accept-by-source-refused"],
        [Breakage.OffersForeignResources] =
            ["transfers/offer-of-another-installation", "transfers/offer-is-whole", "transfers/accept-second-offer"],
        [Breakage.AcceptsTransferTwice] =
        [
            "transfers/accept-is-final", "transfers/accept-two-at-once", "transfers/accept-four-at-once", "transfers/verify-after-accept*",
            "transfers/accept-after-accept-conflict",
        ],
        [Breakage.AcceptsExpiredTransfer] = ["transfers/accept-expired"],
        [Breakage.RefusesWinnersRepetition] = ["transfers/accept-again-by-winner"],
        [Breakage.ForgetsTransferredResources] = ["transferred/is-listed"],
        [Breakage.KillsSecretsAtTransfer] = ["transferred/keeps-secrets*"],
        [Breakage.IgnoresWebhookSignature] = ["webhooks/forged/*"],
        [Breakage.SignsWhatWasParsed] = ["webhooks/raw-bytes/*", "webhooks/forged/body-lengthened", "webhooks/forged/re-serialized"],
        [Breakage.RefusesUnknownWebhooks] = ["webhooks/types/deployment-*", "webhooks/unknown-type"],
        [Breakage.TrustsAnyCode] = ["sign-on/code/*", "sign-on/state/wrong", "sign-on/exchange/*"],
        [Breakage.RedirectsAnywhere] = ["sign-on/url/foreign/*"],
        [Breakage.TrustsAnyState] = ["sign-on/from-provider/other-browser"],
        [Breakage.SkipsHours] = ["usage/hourly", "invoices/no-findings"],
        [Breakage.LetsTotalsFall] = ["usage/totals-never-fall", "usage/amounts-never-fall", "usage/no-findings", "invoices/no-more"],
        [Breakage.InvoicesPrepaidPlans] = ["invoices/limit-1", "invoices/limit-3", "invoices/accepted", "invoices/complete*"],
        [Breakage.InvoicesTwiceAfterLostAnswer] = ["invoices/lost-answer", "invoices/limit-1", "invoices/accepted"],
        [Breakage.InvoicesUnderRandomIds] = ["invoices/lost-answer", "invoices/limit-1", "invoices/accepted"],
        [Breakage.NeverInvoices] = ["uninstall/final-invoice", "invoices/complete*"],
        [Breakage.FinalizesUnbilled] = ["uninstall/final-invoice", "invoices/complete*"],
        [Breakage.FinalizesUnpaid] = ["uninstall/open-invoice/not-asked"],
        [Breakage.DestroysAtFirstFailure] = ["dunning/not-destroyed*", "dunning/resumes"],
        [Breakage.NeverResumes] = ["dunning/resumes"],
    };

    public static TheoryData<string> Breakages => [.. Caught.Keys.Select(breakage => breakage.ToString())];

    [Theory]
    [MemberData(nameof(Breakages))]
    public async Task Who_breaks_the_contract_in_one_place_is_accused_of_that_and_of_nothing_else(string name)
    {
        var breakage = Enum.Parse<Breakage>(name);
        await using var market = await Market.Open(breakage, seed: 5);

        var report = await market.Judge(Impatient, Families(Caught[breakage]));

        Assert.Null(report.Problem);
        Assert.DoesNotContain(Caught[breakage], rule => !report.Broken.Exists(outcome => Fits([rule], outcome.Case.Id)));
        Assert.Empty(report.Broken.FindAll(outcome => outcome.Case.Level != Level.Informational && !Fits(Caught[breakage], outcome.Case.Id))
            .ConvertAll(HonestVerdictTests.Told));
    }

    /// <summary>What real providers have lost money and data by, all at once.</summary>
    [Fact]
    public async Task Who_does_everything_wrong_is_caught_on_every_count()
    {
        Breakage[] counts =
        [
            Breakage.CreditsEveryCall, Breakage.AcceptsTransferTwice, Breakage.OffersForeignResources, Breakage.IgnoresWebhookSignature,
            Breakage.ForgetsIdempotencyKeys, Breakage.KillsOldSecretsAtRotation, Breakage.ForgetsTransferredResources,
            Breakage.InvoicesTwiceAfterLostAnswer,
        ];
        await using var market = await Market.Open([.. counts], seed: 5);

        var report = await market.Judge(Impatient, Families(counts.SelectMany(count => Caught[count])));
        await KeptReports.Keep(report, "broken-provider");

        Assert.False(report.IsConformant);
        var accused = report.Broken.FindAll(outcome => outcome.Case.Level == Level.Required).ConvertAll(outcome => outcome.Case.Id);
        Assert.DoesNotContain(counts, count => !accused.Exists(id => Fits(Caught[count], id)));
    }

    [Fact]
    public void No_breakage_is_left_out()
    {
        var generated = typeof(GeneratedCasesTests).GetMethods()
            .SelectMany(method => method.GetCustomAttributes(typeof(InlineDataAttribute), inherit: false).Cast<InlineDataAttribute>())
            .Select(data => Enum.Parse<Breakage>((string)data.Data[0]!));
        Assert.Empty(Enum.GetValues<Breakage>().Except(Caught.Keys).Except(generated));
    }

    /// <summary>The provider does everything at once, or never.</summary>
    private static ConformanceOptions Impatient(ConformanceOptions options) => options with { Patience = TimeSpan.FromSeconds(5) };

    private static IEnumerable<string> Families(IEnumerable<string> rules) =>
        rules.Select(rule => rule[..rule.IndexOf('/', StringComparison.Ordinal)]).Distinct(StringComparer.Ordinal);

    private static bool Fits(string[] rules, string id) => rules.Any(rule => rule.Split('*') switch
    {
        [var begin, var end] => id.StartsWith(begin, StringComparison.Ordinal) && id.EndsWith(end, StringComparison.Ordinal),
        _ => id == rule,
    });
}
