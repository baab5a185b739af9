using System.Text.Json.Nodes;
using Marketplace.Simulator.Installations;
using Marketplace.Simulator.Resources;
using Marketplace.Simulator.State;
using Marketplace.Simulator.Tokens;

namespace Marketplace.Simulator.Dashboard;

/// <summary>
/// The customer's hand in Vercel's dashboard: each method is something that a person does there, and the call of the Partner
/// API that it causes. What the provider answers becomes Vercel's view, unless it breaks the contract.
/// </summary>
internal sealed partial class CustomerDashboard(
    VercelStore store, PartnerClient partner, TokenIssuer issuer, BrowserAddresses addresses, DueWork work, TimeProvider clock)
{
    public Team CreateTeam(string name) => Create(Team.New(name));

    /// <summary>The account of one person.</summary>
    public Team CreatePersonalAccount(string name) => Create(Team.NewPersonal(name));

    private Team Create(Team team)
    {
        store.Change(state => state.With(team));
        return team;
    }

    public Project CreateProject(string accountId, string name)
    {
        var project = new Project(Identifier.New("prj"), name);
        store.Change(state =>
        {
            var team = state.Teams[accountId];
            return state.With(team with { Projects = team.Projects.SetItem(project.Id, project) });
        });
        return project;
    }

    public Installation Installation(string id) =>
        store.Current.Installations.GetValueOrDefault(id) ?? throw new KeyNotFoundException($"There is no installation {id}.");

    public Resource Resource(string installationId, string resourceId) => Find(store.Current, installationId, resourceId).Resource;

    /// <summary>The plans of a product, also before there is any installation.</summary>
    public Task<Exchange> ProductPlans(
        string productSlug, JsonObject? metadata, CancellationToken cancel, string? installationId = null, CallOptions? options = null)
    {
        var token = installationId is null
            ? issuer.BeforeInstallation()
            : issuer.ForSystem(Installation(installationId).AccountId, installationId);
        return Call(PartnerCalls.ProductPlans(productSlug, metadata, Bent(token, options)), options, cancel);
    }

    public Task<Exchange> InstallationPlans(string installationId, CancellationToken cancel, CallOptions? options = null) =>
        Call(PartnerCalls.InstallationPlans(installationId, SystemToken(installationId, options)), options, cancel);

    public Task<Exchange> ResourcePlans(
        string installationId, string resourceId, JsonObject? metadata, CancellationToken cancel, CallOptions? options = null) =>
        Call(PartnerCalls.ResourcePlans(installationId, resourceId, metadata, SystemToken(installationId, options)), options, cancel);

    /// <summary>A token as Vercel would mint it for the call, bent by a test where it wants.</summary>
    private TokenDraft UserToken(string installationId, CallOptions? options)
    {
        var installation = Installation(installationId);
        return options is { AsSystem: true }
            ? SystemToken(installationId, options)
            : Bent(issuer.ForUser(options?.Person ?? store.Current.Teams[installation.AccountId].Admin, installationId), options);
    }

    private TokenDraft SystemToken(string installationId, CallOptions? options) =>
        Bent(issuer.ForSystem(Installation(installationId).AccountId, installationId), options);

    private static TokenDraft Bent(TokenDraft token, CallOptions? options) => options?.Token is { } bend ? bend(token) : token;

    private async Task<Exchange> Call(PartnerCall call, CallOptions? options, CancellationToken cancel)
    {
        var exchange = await partner.Call(call with { IdempotencyKey = options?.IdempotencyKey }, cancel);
        store.Change(state => state.Add(exchange.Findings.Select(finding => new Finding(exchange.At, call.Operation, finding))));
        return exchange;
    }

    /// <summary>Takes an answer into Vercel's view when it is a success of the documented shape.</summary>
    private void Accept(Exchange exchange, Func<VercelState, System.Text.Json.JsonElement, VercelState> accept)
    {
        if (exchange is { IsSuccess: true, Findings.IsEmpty: true, Json: { } answer })
        {
            store.Change(state => accept(state, answer));
        }

        work.Wake();
    }
}
