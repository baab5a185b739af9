using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Marketplace.Simulator.Installations;
using Marketplace.Simulator.State;
using Marketplace.Simulator.Webhooks;

namespace Marketplace.Simulator.Dashboard;

internal sealed partial class CustomerDashboard
{
    /// <summary>Accepts the terms and installs. Vercel knows the installation and its token before the provider answers.</summary>
    public async Task<(string InstallationId, Exchange Exchange)> Install(
        string accountId, CancellationToken cancel, CallOptions? options = null)
    {
        partner.RequireProvider();
        var now = clock.GetUtcNow();
        var installation = store.Change(state =>
        {
            RequireNoneOf(state, accountId);
            var (next, identity) = state.Identify("icfg", accountId);
            (next, var token) = next.Identify("vct", identity.Id);
            var begun = new Installation
            {
                Id = identity.Id,
                AccountId = accountId,
                Stage = InstallationStage.Installing,
                InstalledAt = now,
                Tokens = [new AccessToken(token.Token, now, RevokedAt: null)],
            };
            return (next.With(begun), begun);
        });
        return (installation.Id, await Upsert(installation.Id, options, cancel));
    }

    /// <summary>The same installation once more: consent to new terms, or the repetition of an install that got no answer.</summary>
    public Task<Exchange> InstallAgain(string installationId, CancellationToken cancel, CallOptions? options = null)
    {
        store.Change(state =>
        {
            var (next, identity) = state.Identify("vct", installationId);
            var installation = next.Installations[installationId];
            return next.With(installation with { Tokens = installation.Tokens.Add(new AccessToken(identity.Token, clock.GetUtcNow(), RevokedAt: null)) });
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
        var before = RequireNative(installationId).Stage;
        store.Change(state => state.With(state.Installations[installationId] with { Stage = InstallationStage.PendingDeletion }));
        var call = PartnerCalls.DeleteInstallation(installationId, body, UserToken(installationId, options));
        var exchange = await Call(call, options, cancel);
        store.Change(state => Uninstalled(state, installationId, before, exchange, clock.GetUtcNow()));
        work.Wake();
        return exchange;
    }

    /// <summary>The customer consents to other scopes, and the provider hears of it twice: by webhook, and by the same installation again.</summary>
    public Task<Exchange> ConfirmScopes(
        string installationId, ImmutableList<string> scopes, CancellationToken cancel, CallOptions? options = null)
    {
        store.Change(state =>
        {
            var changed = Known(state, installationId) with { Scopes = scopes };
            return state.With(changed).Send(WebhookPayloads.ScopeChangeConfirmed(changed, clock.GetUtcNow()));
        });
        work.Wake();
        return InstallAgain(installationId, cancel, options);
    }

    /// <summary>Lets the integration reach the given projects, or all of them.</summary>
    public void SelectProjects(string installationId, ImmutableList<string>? projectIds)
    {
        store.Change(state =>
        {
            var before = Known(state, installationId);
            var after = before with { SelectedProjects = projectIds };
            return state.With(after).Send(WebhookPayloads.PermissionUpgraded(before, after, clock.GetUtcNow()));
        });
        work.Wake();
    }

    /// <summary>
    /// Another team takes over the whole installation: id, token and resources stay. Projects stay with the team that had it, so that
    /// nothing is connected to them any more. A connected account goes the same way. Source: contract §E.11.
    /// </summary>
    public void TransferInstallation(string installationId, string toAccountId)
    {
        var now = clock.GetUtcNow();
        TeamOf(toAccountId);
        store.Change(state =>
        {
            var installation = Known(state, installationId);
            if (installation.Stage != InstallationStage.Installed || installation.AccountId == toAccountId)
            {
                throw new InvalidOperationException("Only an installation that is installed goes to another team.");
            }

            RequireNoneOf(state, toAccountId, installation.Kind);
            var moved = installation.Resources.Values.Aggregate(
                installation with { AccountId = toAccountId, SelectedProjects = null },
                (so, resource) => so.With(resource with { Connections = [] }));
            return state
                .With(moved)
                .Send(
                    from resource in installation.Resources.Values
                    from connection in resource.Connections
                    select WebhookPayloads.ProjectDisconnected(installation, resource, connection, now))
                .Send(WebhookPayloads.InstallationTransferred(moved, installation.AccountId, now));
        });
        work.Wake();
    }

    private Installation RequireNative(string installationId) =>
        Installation(installationId) is { Kind: InstallationKind.Native } native
            ? native
            : throw new InvalidOperationException($"The installation {installationId} is no Marketplace installation.");

    /// <summary>A team has one native installation of the integration at most. Source: contract §E.1.</summary>
    private static void RequireNoneOf(VercelState state, string accountId, InstallationKind kind = InstallationKind.Native)
    {
        if (state.ActiveOf(accountId, kind) is { } active)
        {
            throw new InvalidOperationException($"The team has an installation already, {active.Id}.");
        }
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

    /// <summary>What Vercel says of an installation, with the token that is good now. It holds secrets.</summary>
    public JsonObject UpsertBody(string installationId)
    {
        var installation = Installation(installationId);
        var team = store.Current.Teams[installation.AccountId];
        var accepted = Wire.Text(clock.GetUtcNow());
        var body = new JsonObject
        {
            ["scopes"] = Wire.Write(installation.Scopes),
            ["acceptedPolicies"] = new JsonObject(PolicyIds.Select(policy => KeyValuePair.Create(policy, (JsonNode?)accepted))),
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

        return body;
    }

    private async Task<Exchange> Upsert(string installationId, CallOptions? options, CancellationToken cancel)
    {
        var call = PartnerCalls.UpsertInstallation(installationId, UpsertBody(installationId), UserToken(installationId, options));
        var exchange = await Call(call, options, cancel);
        if (exchange.IsSuccess)
        {
            store.Change(state => state.With(state.Installations[installationId] with { Stage = InstallationStage.Installed }));
        }

        Accept(exchange, (state, answer) =>
            state.With(ProviderAnswers.Apply(state.Installations[installationId], answer, clock.GetUtcNow())));
        return exchange;
    }

    /// <summary>Where none is known, those that Vercel asks of every integration.</summary>
    private IEnumerable<string> PolicyIds =>
        integration.Policies.IsEmpty ? ["eula", "privacy"] : integration.Policies.Select(policy => policy.Id);
}
