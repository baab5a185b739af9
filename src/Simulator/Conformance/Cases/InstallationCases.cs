using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Marketplace.Simulator.Dashboard;

namespace Marketplace.Simulator.Conformance.Cases;

/// <summary>Installing, and installing again. Source: contract §B.1, §E.1.</summary>
internal static class InstallationCases
{
    /// <summary>In real time: nobody has to, so that nobody waits long for it.</summary>
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(3);

    private static readonly Source Upsert = Source.Partner("Upsert Installation");
    private static readonly Source Read = Source.Partner("Get Installation");
    private static readonly Source Update = Source.Partner("Update Installation");

    public static readonly ImmutableArray<ConformanceCase> All =
    [
        new("installations/install", "An installation is taken with 200, 201 or 204.", Upsert, Level.Required, trial => trial.NewInstallation()),
        new("installations/install-two-at-once", "Two teams install at the same moment, and both can provision.", Upsert, Level.Required, TwoAtOnce),
        new("installations/install-without-contact", "A team that names nobody to write to can install all the same.",
            Upsert, Level.Required, trial => InstallWith(trial, body => body["account"]!.AsObject().Remove("contact"))),
        new("installations/install-without-name", "An account without a name can install all the same.",
            Upsert, Level.Required, trial => InstallWith(trial, body => body["account"]!.AsObject().Remove("name"))),
        new("installations/again-keeps-resources", "The same installation once more replaces the credentials and keeps its resources.",
            Upsert, Level.Required, AgainKeepsResources),
        new("installations/again-at-once", "The same installation twice at the same moment is one installation, and can provision.",
            Upsert, Level.Required, AgainAtOnce),
        new("installations/again-after-lost-answer", "An installation whose answer was lost is installed by its repetition.",
            Upsert, Level.Required, AgainAfterLostAnswer),
        new("installations/again-uses-new-token", "What somebody buys who has installed again is looked up with the new token, and never with the old one.",
            Upsert, Level.Required, AgainUsesNewToken) { Needs = Need.PrepaymentPlan },
        new("installations/scopes-change", "The same installation with other scopes is taken, and keeps its resources.",
            Upsert, Level.Required, ScopesChange),
        new("installations/account-is-read", "The account is read from Vercel soon after an installation, for whom to write to may change.",
            Source.ApprovalChecklist, Level.Informational, AccountIsRead),
        new("installations/reinstall-inherits-nothing", "A team that installs anew gets nothing of its former installation.",
            Source.ApprovalChecklist, Level.Required, ReinstallInheritsNothing),
        new("installations/former-stays-gone", "What a team had before it uninstalled does not come back when it installs anew.",
            Source.ApprovalChecklist, Level.Required, FormerStaysGone),
        new("installations/read", "An installation can be read.", Read, Level.Required, CanBeRead) { Of = PartnerOperation.GetInstallation },
        new("installations/read-unknown", "An installation that nobody made cannot be read.", Read, Level.Required, UnknownIsNotRead)
        {
            Of = PartnerOperation.GetInstallation,
        },
        new("installations/update-nothing", "An update of an installation that changes nothing succeeds.", Update, Level.Recommended, UpdateNothing)
        {
            Of = PartnerOperation.UpdateInstallation,
        },
        new("installations/update-plan", "A plan of the installation can be chosen from those that are listed for it, and is then its plan.",
            Update, Level.Required, UpdatePlan) { Of = PartnerOperation.UpdateInstallation },
        new("installations/update-plan-unknown", "A plan that is not offered cannot be chosen for an installation.", Update, Level.Required, UpdateUnknownPlan)
        {
            Of = PartnerOperation.UpdateInstallation,
        },
    ];

    private static async Task TwoAtOnce(Trial trial)
    {
        var ids = await Task.WhenAll(trial.NewInstallation(), trial.NewInstallation());
        foreach (var id in ids)
        {
            await trial.NewResource(id, trial.Offer.Product, trial.Offer.Product.Plan);
        }
    }

    private static async Task InstallWith(Trial trial, Action<JsonObject> bend)
    {
        var installationId = await trial.NewInstallation();
        var body = trial.Customer.UpsertBody(installationId);
        bend(body);
        trial.ExpectSuccess(await trial.Send(PartnerCalls.UpsertInstallation(installationId, body, trial.AdminToken(installationId))));
        await trial.NewResource(installationId, trial.Offer.Product, trial.Offer.Product.Plan);
    }

    private static async Task AgainKeepsResources(Trial trial)
    {
        var tenant = await trial.NewTenant();
        trial.ExpectSuccess(await trial.Customer.InstallAgain(tenant.InstallationId, trial.Cancel));
        await ExpectKept(trial, tenant);
    }

    private static async Task AgainAtOnce(Trial trial)
    {
        var installationId = await trial.NewInstallation();
        var call = PartnerCalls.UpsertInstallation(installationId, trial.Customer.UpsertBody(installationId), trial.AdminToken(installationId));
        foreach (var exchange in await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => trial.Send(call))))
        {
            trial.Expect(
                exchange is { IsSuccess: true, Findings.IsEmpty: true } or { Status: 409 }, "each is taken, or told of a conflict", Trial.Told(exchange));
        }

        trial.ExpectSuccess(await trial.Send(call));
        await trial.NewResource(installationId, trial.Offer.Product, trial.Offer.Product.Plan);
    }

    private static async Task AgainAfterLostAnswer(Trial trial)
    {
        var installationId = await trial.NewInstallation();
        foreach (var patience in Repetition.Patiences)
        {
            await trial.Customer.InstallAgain(installationId, trial.Cancel, new CallOptions(HangsUpAfter: patience));
        }

        trial.ExpectSuccess(await trial.Customer.InstallAgain(installationId, trial.Cancel));
        await trial.NewResource(installationId, trial.Offer.Product, trial.Offer.Product.Plan);
    }

    /// <summary>The old token dies right after the answer: whoever still uses it hears 401.</summary>
    private static async Task AgainUsesNewToken(Trial trial)
    {
        trial.Require(PartnerOperation.ProvisionPurchase);
        var (tenant, amount) = await trial.NewPrepaidTenant();
        trial.ExpectSuccess(await trial.Customer.InstallAgain(tenant.InstallationId, trial.Cancel));
        trial.Vercel.Change(state =>
        {
            var installation = state.Installations[tenant.InstallationId];
            return state.With(installation with
            {
                Tokens = [.. installation.Tokens.SkipLast(1).Select(token => token with { RevokedAt = trial.Now }), installation.Tokens[^1]],
            });
        });
        var mark = trial.Vercel.Log.Mark();
        await trial.Buy(tenant, amount);
        var calls = trial.Vercel.Log.Since(mark).Calls.FindAll(call => call.Path.Contains(tenant.InstallationId, StringComparison.Ordinal));
        if (calls.IsEmpty)
        {
            throw trial.NotObserved("The purchase made the provider call nothing, which purchases/is-looked-up tells of.");
        }

        var refused = calls.Find(call => call.Status == 401);
        trial.Expect(refused is null, "every call is made with the newest token", $"{refused?.Method} {refused?.Operation} with one that is revoked");
    }

    private static async Task ScopesChange(Trial trial)
    {
        var tenant = await trial.NewTenant();
        trial.ExpectSuccess(await trial.Customer.ConfirmScopes(
            tenant.InstallationId, ["read-write:marketplace", "read-write:integration-resource"], trial.Cancel));
        await ExpectKept(trial, tenant);
    }

    private static async Task AccountIsRead(Trial trial)
    {
        var installationId = await trial.NewInstallation();
        var path = $"/v1/installations/{installationId}/account";
        if (trial.Offer.Has.HasFlag(Need.VirtualTime))
        {
            await trial.Advance(TimeSpan.FromHours(1));
        }

        await trial.Eventually(
            "GET …/account is called", () => trial.Vercel.Calls.Count(call => call.Path == path && call.Status == 200), count => count > 0, Soon);
    }

    private static async Task ReinstallInheritsNothing(Trial trial)
    {
        var (former, anew) = await Reinstall(trial);
        await trial.ExpectGone(anew, former.ResourceId);
        trial.ExpectTurnedDown(await trial.Send(PartnerCalls.DeleteResource(anew, former.ResourceId, trial.AdminToken(anew))));
        await trial.NewResource(anew, trial.Offer.Product, trial.Offer.Product.Plan);
    }

    private static async Task FormerStaysGone(Trial trial)
    {
        var (former, _) = await Reinstall(trial);
        await trial.ExpectGone(former.InstallationId, former.ResourceId);
    }

    private static async Task<(Tenant Former, string Anew)> Reinstall(Trial trial)
    {
        var former = await trial.NewTenant();
        trial.ExpectSuccess(await trial.Customer.Uninstall(former.InstallationId, trial.Cancel));
        var (anew, exchange) = await trial.Customer.Install(former.AccountId, trial.Cancel);
        trial.Owns(anew);
        trial.ExpectSuccess(exchange);
        return (former, anew);
    }

    private static async Task CanBeRead(Trial trial) =>
        trial.ExpectSuccess(await trial.Customer.GetInstallation((await trial.SharedTenant()).InstallationId, trial.Cancel));

    private static async Task UnknownIsNotRead(Trial trial)
    {
        var team = trial.NewTeam();
        var nobodys = $"icfg_{team.AccountId}";
        trial.ExpectTurnedDown(await trial.Send(PartnerCalls.GetInstallation(nobodys, trial.Tokens.ForSystem(team.AccountId, nobodys))));
    }

    private static async Task UpdateNothing(Trial trial)
    {
        var installationId = await trial.NewInstallation();
        trial.ExpectSuccess(await trial.Send(PartnerCalls.UpdateInstallation(installationId, [], trial.AdminToken(installationId))));
    }

    private static async Task UpdatePlan(Trial trial)
    {
        var installationId = await trial.NewInstallation();
        var plan = await trial.OtherPlanOfAll(installationId);
        trial.ExpectSuccess(await trial.Customer.ChangeInstallationPlan(installationId, plan.Id, trial.Cancel));
        if (trial.Offer.Lacks(PartnerOperation.GetInstallation))
        {
            return;
        }

        var read = await trial.Customer.GetInstallation(installationId, trial.Cancel);
        trial.ExpectSuccess(read);
        trial.Expect(read.Json?.Optional("billingPlan")?.OptionalText("id") == plan.Id, "the installation has the plan that was chosen", "it has another one");
    }

    private static async Task UpdateUnknownPlan(Trial trial)
    {
        var installationId = await trial.NewInstallation();
        trial.ExpectTurnedDown(await trial.Customer.ChangeInstallationPlan(installationId, "no-such-plan", trial.Cancel));
    }

    private static async Task ExpectKept(Trial trial, Tenant tenant)
    {
        var read = await trial.Customer.GetResource(tenant.InstallationId, tenant.ResourceId, trial.Cancel);
        trial.ExpectSuccess(read);
        trial.Expect(
            read.Json?.OptionalText("id") == tenant.ResourceId && read.Json?.OptionalText("status") != "uninstalled", "the resource is still there",
            Trial.Told(read));
    }
}
