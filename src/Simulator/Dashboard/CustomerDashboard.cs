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
    SimulatorOptions integration, VercelStore store, PartnerClient partner, TokenIssuer issuer, BrowserAddresses addresses, DueWork work,
    TimeProvider clock)
{
    /// <summary>
    /// Under a seed, the root fixes the ids of the team and of all that it will have. Whoever makes teams that must not change each other's
    /// ids, such as the cases of a suite, gives each a root of its own, say the case's name; the second team of a root has other ids
    /// than the first.
    /// </summary>
    /// <param name="root">The team's name when absent.</param>
    public Team CreateTeam(string name, string? root = null) => store.Change(state => state.Found(name, root ?? name, isPersonal: false));

    /// <summary>The account of one person.</summary>
    public Team CreatePersonalAccount(string name, string? root = null) => store.Change(state => state.Found(name, root ?? name, isPersonal: true));

    public Project CreateProject(string accountId, string name) => store.Change(state =>
    {
        var (next, identity) = state.Identify("prj", accountId, name);
        var (team, project) = (next.Teams[accountId], new Project(identity.Id, name));
        return (next.With(team with { Projects = team.Projects.SetItem(project.Id, project) }), project);
    });

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
        var exchange = await partner.Call((options ?? CallOptions.Default).Bent(call), cancel);
        store.Change(state => state.Add(exchange.Findings.Concat(exchange.Remarks).Select(finding => new Finding(exchange.At, call.Operation, finding))));
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
