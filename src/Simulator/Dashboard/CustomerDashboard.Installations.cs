using System.Text.Json.Nodes;
using Marketplace.Simulator.Installations;
using Marketplace.Simulator.State;

namespace Marketplace.Simulator.Dashboard;

internal sealed partial class CustomerDashboard
{
    /// <summary>Accepts the terms and installs. Vercel knows the installation and its token before the provider answers.</summary>
    public async Task<(string InstallationId, Exchange Exchange)> Install(
        string accountId, CancellationToken cancel, CallOptions? options = null)
    {
        partner.RequireProvider();
        var now = clock.GetUtcNow();
        var installation = new Installation
        {
            Id = Identifier.New("icfg"),
            AccountId = accountId,
            Stage = InstallationStage.Installing,
            InstalledAt = now,
            Tokens = [new AccessToken(CredentialOperations.NewToken(), now, RevokedAt: null)],
        };
        store.Change(state => state.With(installation));
        return (installation.Id, await Upsert(installation.Id, options, cancel));
    }

    /// <summary>The same installation once more: consent to new terms, or the repetition of an install that got no answer.</summary>
    public Task<Exchange> InstallAgain(string installationId, CancellationToken cancel, CallOptions? options = null)
    {
        var token = new AccessToken(CredentialOperations.NewToken(), clock.GetUtcNow(), RevokedAt: null);
        store.Change(state =>
        {
            var installation = state.Installations[installationId];
            return state.With(installation with { Tokens = installation.Tokens.Add(token) });
        });
        return Upsert(installationId, options, cancel);
    }

    public async Task<Exchange> ChangeInstallationPlan(
        string installationId, string planId, CancellationToken cancel, CallOptions? options = null)
    {
        var call = PartnerCalls.UpdateInstallation(
            installationId, new JsonObject { ["billingPlanId"] = planId }, UserToken(installationId, options));
        var exchange = await Call(call, options, cancel);
        Accept(exchange, (state, answer) =>
            state.With(ProviderAnswers.Apply(state.Installations[installationId], answer, clock.GetUtcNow())));
        return exchange;
    }

    public async Task<Exchange> GetInstallation(string installationId, CancellationToken cancel, CallOptions? options = null)
    {
        var exchange = await Call(
            PartnerCalls.GetInstallation(installationId, SystemToken(installationId, options)), options, cancel);
        Accept(exchange, (state, answer) =>
            state.With(ProviderAnswers.Apply(state.Installations[installationId], answer, clock.GetUtcNow())));
        return exchange;
    }

    /// <summary>
    /// Uninstalls: gone at once when the provider says that it is finalized, else pending for the window in which the rest is
    /// billed.
    /// </summary>
    public async Task<Exchange> Uninstall(
        string installationId, CancellationToken cancel, CallOptions? options = null, bool cascade = true, string? reason = null)
    {
        var body = new JsonObject { ["cascadeResourceDeletion"] = cascade };
        if (reason is not null)
        {
            body["reason"] = reason;
        }

        // The provider may send its last invoice before it answers, so the window opens now.
        var before = Installation(installationId).Stage;
        store.Change(state => state.With(state.Installations[installationId] with { Stage = InstallationStage.PendingDeletion }));
        var call = PartnerCalls.DeleteInstallation(installationId, body, UserToken(installationId, options));
        var exchange = await Call(call, options, cancel);
        store.Change(state => Uninstalled(state, installationId, before, exchange, clock.GetUtcNow()));
        work.Wake();
        return exchange;
    }

    private static VercelState Uninstalled(
        VercelState state, string installationId, InstallationStage before, Exchange exchange, DateTimeOffset now)
    {
        var installation = state.Installations[installationId];
        if (!exchange.IsSuccess)
        {
            return state.With(installation with { Stage = before });
        }

        var isFinalized = exchange.Json?.OptionalFlag("finalized") ?? false;
        var leaving = installation.Stage == InstallationStage.Finalized || before == InstallationStage.PendingDeletion
            ? installation
            : Finalization.Request(installation, now);
        return isFinalized && leaving.Stage != InstallationStage.Finalized
            ? Finalization.Complete(state, leaving, now)
            : state.With(leaving);
    }

    private async Task<Exchange> Upsert(string installationId, CallOptions? options, CancellationToken cancel)
    {
        var installation = Installation(installationId);
        var team = store.Current.Teams[installation.AccountId];
        var accepted = Wire.Text(clock.GetUtcNow());
        var body = new JsonObject
        {
            ["scopes"] = new JsonArray("read:integration-configuration", "read-write:marketplace", "read-write:integration-resource"),
            ["acceptedPolicies"] = new JsonObject { ["eula"] = accepted, ["privacy"] = accepted },
            ["credentials"] = new JsonObject
            {
                ["access_token"] = installation.Tokens[^1].Value,
                ["token_type"] = "Bearer",
            },
            ["account"] = new JsonObject { ["name"] = team.Name, ["url"] = team.Url },
        };
        if (team.Contact is { } contact)
        {
            body["account"]!["contact"] = contact.ToJson();
        }

        var call = PartnerCalls.UpsertInstallation(installationId, body, UserToken(installationId, options));
        var exchange = await Call(call, options, cancel);
        if (exchange.IsSuccess)
        {
            store.Change(state => state.With(state.Installations[installationId] with { Stage = InstallationStage.Installed }));
        }

        Accept(exchange, (state, answer) =>
            state.With(ProviderAnswers.Apply(state.Installations[installationId], answer, clock.GetUtcNow())));
        return exchange;
    }
}
