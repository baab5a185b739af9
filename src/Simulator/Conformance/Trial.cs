using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Marketplace.Simulator.Dashboard;
using Marketplace.Simulator.Resources;
using Marketplace.Simulator.Tokens;

namespace Marketplace.Simulator.Conformance;

/// <summary>
/// What one case plays with: Vercel's side, the customer's hand, and what the provider offers. Cases are played one after the other, so
/// that a case may turn the clock and plan disturbances: both are put right after it.
/// </summary>
internal sealed partial class Trial(SimulatorServer vercel, ConformanceCase played, ConformanceOptions options, Offer offer, Household household, TimeLimit limit)
{
    private readonly CancellationToken cancel = limit.Token;
    private readonly ConcurrentQueue<string> installed = new();
    private int teams;

    public SimulatorServer Vercel => vercel;

    public CustomerDashboard Customer => vercel.Dashboard;

    public TokenIssuer Tokens => vercel.Tokens;

    public Offer Offer => offer;

    public ConformanceOptions Options => options;

    public CancellationToken Cancel => cancel;

    public DateTimeOffset Now => vercel.Clock.GetUtcNow();

    /// <summary>What was installed for this case alone, and is uninstalled after it.</summary>
    public IReadOnlyList<string> Installed => [.. installed];

    /// <summary>A team of its own, whose ids follow from the seed and the case.</summary>
    public Team NewTeam() => Customer.CreateTeam($"{played.Id} {++teams}");

    /// <summary>An installation of its own, without resources.</summary>
    public Task<string> NewInstallation() => InstallationOf(NewTeam().AccountId);

    /// <summary>One more of a team that has none any more.</summary>
    public async Task<string> InstallationOf(string accountId)
    {
        var (installationId, exchange) = await Customer.Install(accountId, cancel);
        installed.Enqueue(installationId);
        ExpectSuccess(exchange);
        return installationId;
    }

    /// <summary>An installation of its own with a resource that is ready, on the plan that is easiest to have.</summary>
    public Task<Tenant> NewTenant() => NewTenant(offer.Product, offer.Product.Plan);

    public async Task<Tenant> NewTenant(OfferedProduct product, OfferedPlan plan)
    {
        var installationId = await NewInstallation();
        return await NewResource(installationId, product, plan);
    }

    /// <summary>Who has what was provisioned.</summary>
    public Tenant Tenant(string installationId, Exchange provisioned, OfferedProduct product, OfferedPlan plan) =>
        new(TeamOf(installationId).AccountId, installationId, Id(provisioned), product.Id, plan.Id);

    /// <summary>One more resource that is ready.</summary>
    public async Task<Tenant> NewResource(string installationId, OfferedProduct product, OfferedPlan plan, string name = "conformance")
    {
        var exchange = await Customer.Provision(installationId, product.Id, name, plan.Id, product.Metadata, cancel);
        ExpectSuccess(exchange);
        var tenant = Tenant(installationId, exchange, product, plan);
        await Ready(tenant);
        return tenant;
    }

    /// <summary>An installation with a resource that all cases look at. Whoever changes it, or lets it be changed, takes one of its own.</summary>
    public Task<Tenant> SharedTenant() => household.Tenant(this);

    /// <summary>Another team's, that all cases look at: a stranger to the first.</summary>
    public Task<Tenant> SharedStranger() => household.Stranger(this);

    /// <summary>What was observed of a month, which is lived once in a run. The case needs <see cref="Need.VirtualTime"/>, and minutes.</summary>
    public Task<MonthRecord> Month() => household.Month(this);

    /// <summary>Somebody whom anything may happen to, also his end.</summary>
    public Task<Tenant> SharedVictim() => Scene("victim", stage => stage.NewTenant());

    /// <summary>
    /// A story that several cases look at: played by the first of them, on a stage of its own, and left as it ended until all is over.
    /// </summary>
    public Task<T> Scene<T>(string name, Func<Trial, Task<T>> play) => household.Scene(this, name, play);

    /// <summary>For a scene: its ids follow from the seed and its name, whichever case plays it.</summary>
    public Trial OnStage(string scene) => new(vercel, played with { Id = $"scenes/{scene}" }, options, offer, household, limit);

    /// <summary>
    /// A tenant that cases try to do to what the provider has to refuse. Whoever saw that something was done says so by
    /// <see cref="ReplaceTarget"/>, and the next case gets another one.
    /// </summary>
    public Task<Tenant> SharedTarget() => household.Target(this);

    public void ReplaceTarget() => household.ReplaceTarget();

    public Resource Resource(Tenant tenant) => Customer.Resource(tenant.InstallationId, tenant.ResourceId);

    /// <summary>
    /// Waits until the provider has said, by itself or when asked, that the resource is ready and its secrets are there. How long that may
    /// take, nobody says: one that is still being made, or that waits for its customer, is no broken rule.
    /// </summary>
    public async Task Ready(Tenant tenant)
    {
        var status = await Made(tenant, household.PatienceFor(tenant, options.Patience));
        household.Note(tenant, IsBeingMade(status) ? status : "");
        if (IsBeingMade(status))
        {
            throw NotObserved(StillBeingMade(tenant, status));
        }

        Expect(status is "ready" or "resumed", $"the resource {tenant.ResourceId} is ready", status);
    }

    /// <summary>Its status, once it is no longer being made, or when there is no time left to wait for that.</summary>
    public async Task<string> Made(Tenant tenant, TimeSpan within)
    {
        limit.BeginAnew(within);
        var (status, _) = await Await(
            async () =>
            {
                if (IsBeingMade(Resource(tenant).Status))
                {
                    await Customer.GetResource(tenant.InstallationId, tenant.ResourceId, cancel);
                }

                return Resource(tenant).Status;
            },
            status => status is "ready" or "resumed", within);
        limit.BeginAnew();
        return status;
    }

    /// <summary>Without being asked. Whoever is asked afterwards and is still not ready had nothing to tell.</summary>
    public async Task ExpectToldReady(Tenant tenant, TimeSpan within)
    {
        limit.BeginAnew(within);
        var (came, isTold) = await Await(() => Task.FromResult(Resource(tenant).Status), status => status is "ready" or "resumed", within);
        limit.BeginAnew();
        if (!isTold && IsBeingMade((await Read(tenant)).OptionalText("status") ?? ""))
        {
            throw NotObserved(StillBeingMade(tenant, came));
        }

        Expect(isTold, $"the resource is told to be ready within {within.TotalSeconds:0} s", came);
    }

    /// <summary>From now on the case has all of its time once more, as what it plays has no end that could be told before.</summary>
    public void BeginAnew() => limit.BeginAnew();

    /// <summary>Neither is limited in time. Source: contract §C.2.</summary>
    public static bool IsBeingMade(string status) => status is "pending" or "onboarding";

    public string StillBeingMade(Tenant tenant, string status) => status == "onboarding"
        ? $"A resource on the plan {tenant.PlanId} waits for its customer to be through with the onboarding: give a plan that is ready by itself."
        : $"A resource on the plan {tenant.PlanId} was still {status} after {options.Patience.TotalSeconds:0} s: --patience waits longer.";

    /// <summary>Says that a case has installed by itself, so that it is uninstalled after it.</summary>
    public void Owns(string installationId) => installed.Enqueue(installationId);

    /// <summary>A key of its own for one operation.</summary>
    public string NewKey() => vercel.NewKey(played.Id);

    /// <summary>Makes one call of the Partner API just as it is given; Vercel's view does not change by it.</summary>
    public Task<Exchange> Send(PartnerCall call) => vercel.Partner.Call(call, cancel);

    /// <summary>The same, bent by the options. The token of the call stays the one to bend.</summary>
    public Task<Exchange> Send(PartnerCall call, CallOptions bends) =>
        Send(bends.Bent(call) with { Token = bends.Token is { } bend ? bend(call.Token) : call.Token });

    /// <summary>A token of the team's admin; a test bends it.</summary>
    public TokenDraft AdminToken(string installationId) => Tokens.ForUser(TeamOf(installationId).Admin, installationId);

    /// <summary>A token of somebody who may only look.</summary>
    public TokenDraft ViewerToken(string installationId) => Tokens.ForUser(TeamOf(installationId).Viewer, installationId);

    public TokenDraft SystemToken(string installationId) => Tokens.ForSystem(TeamOf(installationId).AccountId, installationId);

    public Team TeamOf(string installationId) => vercel.State.Teams[Customer.Installation(installationId).AccountId];

    /// <summary>Time passes on both sides, hour by hour. The case needs <see cref="Need.VirtualTime"/>.</summary>
    public Task Advance(TimeSpan span) => vercel.Advance(span, cancel);

    /// <summary>Webhooks and re-reads that are due are done.</summary>
    public Task Settle() => vercel.Settle(cancel);

    /// <summary>A name that is a resource's on Vercel, and no other case's.</summary>
    public JsonObject ProvisionBody(OfferedProduct product, OfferedPlan plan, string name = "conformance") => new()
    {
        ["productId"] = product.Id,
        ["name"] = name,
        ["metadata"] = product.Metadata,
        ["billingPlanId"] = plan.Id,
    };
}
