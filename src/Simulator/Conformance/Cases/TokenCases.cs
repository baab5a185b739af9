using System.Collections.Immutable;
using Marketplace.Simulator.Api;
using Marketplace.Simulator.Installations;

namespace Marketplace.Simulator.Conformance.Cases;

/// <summary>With what a provider calls Vercel: the newest token of the installation that it is about, which nobody else sees. Source: contract §A.2, §B.1.</summary>
internal static class TokenCases
{
    private static readonly Source Upsert = Source.Partner("Upsert Installation");

    private static readonly Source Calls = new("Marketplace Vercel API: authentication", new("https://vercel.com/docs/integrations/create-integration/marketplace-api"));

    public static readonly ImmutableArray<ConformanceCase> All =
    [
        new("tokens/newest", "When an installation comes again, its new token takes the place of the old one in what the provider does by itself.", Upsert, Level.Required, UsesTheNewest)
        {
            Needs = Need.VirtualTime | Need.SubscriptionPlan, TimeLimit = TimeSpan.FromMinutes(5),
        },
        new("tokens/own", "No installation is called for with the token of another.", Calls, Level.Required, UsesItsOwn) { Needs = Need.VirtualTime, TimeLimit = MonthCase.Playing },
        new("tokens/accepted", "No call is made without a token, or with one that never was.", Calls, Level.Required, HasOne) { Needs = Need.VirtualTime, TimeLimit = MonthCase.Playing },
        new("tokens/not-in-url", "No token stands in a URL, where logs keep it.", Calls, Level.Required, NeverInUrl) { Needs = Need.VirtualTime, TimeLimit = MonthCase.Playing },
        new("tokens/never-shown", "What a provider answers holds no token of Vercel's API.", Upsert, Level.Required, NeverShown),
        new("tokens/never-on-a-page", "No page holds a token of Vercel's API, or the client secret.", Upsert, Level.Required, NeverOnAPage) { Needs = Need.RedirectLogin },
    ];

    /// <summary>The old one is revoked meanwhile, so that whoever still has it is refused.</summary>
    private static async Task UsesTheNewest(Trial trial)
    {
        var product = trial.Offer.WithPlan(Fits) ?? trial.Offer.WithPlan(plan => !plan.IsPrepayment)!;
        var tenant = await trial.NewTenant(product, product.Plans.Find(Fits) ?? product.Plans.First(plan => !plan.IsPrepayment));
        trial.ExpectSuccess(await trial.Customer.InstallAgain(tenant.InstallationId, trial.Cancel));
        trial.Vercel.Change(state =>
        {
            var installation = state.Installations[tenant.InstallationId];
            return state.With(installation with { Tokens = Revoked(installation.Tokens, trial.Now) });
        });

        using var watch = new CallWatch(trial.Vercel.Log);
        await trial.Advance(TimeSpan.FromHours(3));
        var calls = watch.Of(tenant.InstallationId);
        if (calls.IsEmpty)
        {
            throw trial.NotObserved("The provider called nothing for the installation in three hours.");
        }

        var refused = calls.Find(call => call.Status == 401);
        trial.Expect(refused is null, "calls with the new token", $"{refused}");

        static bool Fits(OfferedPlan plan) => plan is { NeedsPaymentMethod: true, IsPrepayment: false, IsForInstallation: false };
    }

    private static ImmutableList<AccessToken> Revoked(ImmutableList<AccessToken> tokens, DateTimeOffset now) =>
        [.. tokens.Select((token, at) => at == tokens.Count - 1 ? token : token with { RevokedAt = now })];

    private static async Task UsesItsOwn(Trial trial) => await None(trial, call => call is { Status: 403, IsDisturbed: false } && Says(call, "belongs to another"));

    private static async Task HasOne(Trial trial) =>
        await None(trial, call => call is { Status: 401, IsDisturbed: false } && (Says(call, "no bearer token") || Says(call, "is not valid")));

    private static async Task NeverInUrl(Trial trial) => await None(trial, call => call.Findings.Exists(finding => finding.Contains("token stands in the URL", StringComparison.Ordinal)));

    /// <summary>Of a month of calls.</summary>
    private static async Task None(Trial trial, Func<ApiCall, bool> isWrong)
    {
        var month = await Arrears.Month(trial);
        var wrong = month.Installations.SelectMany(one => one.Refusals).Concat(trial.Vercel.Calls).FirstOrDefault(isWrong);
        trial.Expect(wrong is null, "nothing of the kind", $"{wrong}");
    }

    private static bool Says(ApiCall call, string text) => call.Answer?.Contains(text, StringComparison.Ordinal) == true;

    private static async Task NeverShown(Trial trial)
    {
        var tenant = await trial.NewTenant();
        trial.ExpectSuccess(await trial.Customer.GetInstallation(tenant.InstallationId, trial.Cancel));
        trial.ExpectSuccess(await trial.Customer.GetResource(tenant.InstallationId, tenant.ResourceId, trial.Cancel));
        var tokens = trial.Customer.Installation(tenant.InstallationId).Tokens;
        var showing = trial.Vercel.Exchanges.Find(exchange => tokens.Exists(token => exchange.Body.Contains(token.Value, StringComparison.Ordinal)));
        trial.Expect(showing is null, "no token in any answer", $"one in the answer to {showing?.Operation}");
    }

    private static async Task NeverOnAPage(Trial trial)
    {
        var (tenant, visit) = await SignOnCases.Landing(trial);
        var tokens = trial.Customer.Installation(tenant.InstallationId).Tokens;
        trial.Expect(!tokens.Exists(token => visit.Page.Contains(token.Value, StringComparison.Ordinal)), "no token on the page", "one");
        trial.Expect(!visit.Page.Contains(trial.Vercel.Deliveries.ClientSecret, StringComparison.Ordinal), "no client secret on the page", "it is there");
    }
}
