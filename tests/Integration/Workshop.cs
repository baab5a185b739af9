using System.Collections.Concurrent;
using System.Security.Cryptography;
using LanguageExt;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Deployments;
using Marketplace.Core.Installations;
using Marketplace.Core.Products;
using Marketplace.Core.Repl;
using Marketplace.Core.Resources;
using Marketplace.Core.Secrets;
using Marketplace.Core.Usage;
using Marketplace.Jobs.Provisioning;

namespace Marketplace.Integration;

/// <summary>
/// What Acme makes when it makes no databases: at once, unless a test says that a resource of this name is slow, fails or is refused.
/// It keeps which keys open what, as a real one would.
/// </summary>
public sealed class Workshop : IReplProvisioner, IDeploymentProvisioner, IHealthProvisioner
{
    private readonly ConcurrentDictionary<(string Call, string Name), Queue<WorkshopEvent>> planned = new();
    private readonly ConcurrentDictionary<ResourceId, Made> made = new();
    private readonly ConcurrentQueue<(string Call, ResourceId Resource)> calls = new();
    private readonly ConcurrentDictionary<string, decimal> counters = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<ResourceId, int> underWay = new();
    private readonly ConcurrentDictionary<DeploymentActionId, bool> stamps = new();
    private int togetherMax;

    public string Name => "workshop";

    /// <summary>Plans what the next calls of one kind bring, for the resource of this name; after these it works again.</summary>
    public void Plan(string call, string name, params WorkshopEvent[] events) => planned[(call, name)] = new Queue<WorkshopEvent>(events);

    /// <summary>Whether somebody with this key gets in now.</summary>
    public bool Opens(string key) => made.Values.Any(resource => !resource.IsSuspended && resource.Keys.Values.Contains(key));

    public bool Holds(string resource) => made.ContainsKey(new ResourceId(resource));

    public int Calls(string call, string resource) => calls.Count(done => done == (call, new ResourceId(resource)));

    /// <summary>What was asked of one resource, in order; without the readings of its meter.</summary>
    public IReadOnlyList<string> Calls(string resource) =>
        [.. calls.Where(done => done.Resource == new ResourceId(resource) && done.Call != nameof(Measure)).Select(done => done.Call)];

    /// <summary>How many calls were under way on one resource at the same time, at most.</summary>
    public int TogetherMax => Volatile.Read(ref togetherMax);

    /// <summary>From now on the counter of the resource of this name stands there.</summary>
    public void Count(string name, decimal jobs) => counters[name] = jobs;

    /// <summary>Somebody takes a resource away, or puts one in, behind our back.</summary>
    public void Lose(string resource) => made.TryRemove(new ResourceId(resource), out _);

    public void Find(string resource) => made[new ResourceId(resource)] = new Made("none", IsSuspended: false, new());

    public string PlanOf(string resource) => made[new ResourceId(resource)].Plan;

    public Task<ProvisionerAnswer<Seq<Secret>>> Provision(
        ProvisionedResource resource, OperationId operation, CancellationToken cancel) =>
        Mint(nameof(Provision), resource, operation, cancel);

    public Task<ProvisionerAnswer<Seq<Secret>>> Rotate(
        ProvisionedResource resource, OperationId operation, CancellationToken cancel) =>
        Mint(nameof(Rotate), resource, operation, cancel);

    public Task<ProvisionerAnswer<Unit>> ChangePlan(ProvisionedResource resource, OperationId operation, CancellationToken cancel) =>
        Do(nameof(ChangePlan), resource, cancel, () => made[resource.Id] = made[resource.Id] with { Plan = PlanOf(resource) });

    public Task<ProvisionerAnswer<Unit>> Suspend(ProvisionedResource resource, OperationId operation, CancellationToken cancel) =>
        Do(nameof(Suspend), resource, cancel, () => made[resource.Id] = made[resource.Id] with { IsSuspended = true });

    public Task<ProvisionerAnswer<Unit>> Resume(ProvisionedResource resource, OperationId operation, CancellationToken cancel) =>
        Do(nameof(Resume), resource, cancel, () => made[resource.Id] = made[resource.Id] with { IsSuspended = false });

    public Task<ProvisionerAnswer<Unit>> ExpireSecrets(
        ProvisionedResource resource, OperationId operation, Seq<OperationId> minted, CancellationToken cancel) =>
        Do(nameof(ExpireSecrets), resource, cancel, () =>
        {
            foreach (var mint in minted)
                made[resource.Id].Keys.TryRemove(mint, out _);
        });

    public Task<ProvisionerAnswer<Unit>> Deprovision(ProvisionedResource resource, OperationId operation, CancellationToken cancel) =>
        Do(nameof(Deprovision), resource, cancel, () => made.TryRemove(resource.Id, out _));

    public async Task<Seq<Measurement>> Measure(ProvisionedResource resource, DateTimeOffset now, CancellationToken cancel)
    {
        await Happen(nameof(Measure), resource, cancel);
        return made.ContainsKey(resource.Id)
            ? Prelude.Seq1(new Measurement(resource.Id, new MetricId("jobs"), now, counters.GetValueOrDefault(resource.Name)))
            : Seq<Measurement>.Empty;
    }

    public IReadOnlyCollection<string> DeploymentActions { get; } = ["stamp"];

    /// <summary>A stamp for each deployment; whoever asks again gets the same.</summary>
    public async Task<Either<ProvisionerRefusal, ActionOutcome>> Act(
        ProvisionedResource resource, DeploymentActionId action, Seq<Secret> current, CancellationToken cancel)
    {
        if (await Happen(nameof(Act), resource, cancel) is WorkshopEvent.Refuses refusal)
            return new ProvisionerRefusal(refusal.Reason);

        stamps.TryAdd(action, true);
        return new ActionOutcome(
            "Stamped.", Prelude.Seq1(new Secret("ACME_STAMP", $"stamp-{action.Deployment}", Option<string>.None, EnvironmentOverrides.None)));
    }

    public async Task Undo(ProvisionedResource resource, DeploymentActionId action, CancellationToken cancel)
    {
        await Happen(nameof(Undo), resource, cancel);
        stamps.TryRemove(action, out _);
    }

    /// <summary>Whether there is a stamp of the deployment.</summary>
    public bool Stamped(string deployment) => stamps.Keys.Any(action => action.Deployment == deployment);

    public async Task<ResourceHealth> Check(ProvisionedResource resource, Seq<Secret> current, CancellationToken cancel) =>
        await Happen(nameof(Check), resource, cancel) is WorkshopEvent.Refuses ill ? new ResourceHealth(Serves: false, ill.Reason) : new ResourceHealth(Serves: true, "All is well.");

    /// <summary>Does what it is told, and says what that was.</summary>
    public async Task Run(ProvisionedResource resource, ReplCommand command, IReplScreen screen, CancellationToken cancel)
    {
        var refusal = await Happen(nameof(Run), resource, cancel) as WorkshopEvent.Refuses;
        await screen.Show(ReplBlock.Sentence(refusal?.Reason ?? $"Done: {command.Input}"), cancel);
    }

    public Task<Option<Seq<ResourceId>>> List(CancellationToken cancel) => Task.FromResult(Prelude.Some(made.Keys.ToSeq().Strict()));

    /// <summary>What is left when the tests are over, by its id alone.</summary>
    internal static ProvisionedResource Leftover(ResourceId id) =>
        new(new InstallationId("icfg_left"), id, new ProductId("left"), "left", Map<string, MetadataValue>.Empty, Option<BillingPlan>.None);

    private async Task<ProvisionerAnswer<Seq<Secret>>> Mint(
        string call, ProvisionedResource resource, OperationId operation, CancellationToken cancel)
    {
        switch (await Happen(call, resource, cancel))
        {
            case WorkshopEvent.Refuses refuses:
                return new ProvisionerRefusal(refuses.Reason);
            case WorkshopEvent.Defers:
                return new ProvisionerAnswer<Seq<Secret>>.Pending(AskAfter: null);
        }

        var key = $"key-{RandomNumberGenerator.GetHexString(24, lowercase: true)}";
        made.GetOrAdd(resource.Id, _ => new Made(PlanOf(resource), IsSuspended: false, new())).Keys[operation] = key;
        return Prelude.Seq(
            new Secret("ACME_KEY", key, Option<string>.None, EnvironmentOverrides.None),
            new Secret("ACME_URL", $"https://{resource.Id}.tools.example.test", Option<string>.None, EnvironmentOverrides.None));
    }

    private async Task<ProvisionerAnswer<Unit>> Do(string call, ProvisionedResource resource, CancellationToken cancel, Action act)
    {
        switch (await Happen(call, resource, cancel))
        {
            case WorkshopEvent.Refuses refuses:
                return new ProvisionerRefusal(refuses.Reason);
            case WorkshopEvent.Defers:
                return new ProvisionerAnswer<Unit>.Pending(AskAfter: null);
            default:
                act();
                return Prelude.unit;
        }
    }

    /// <summary>What comes of the call instead of success, once it is time: a no, or not yet; null where it goes well.</summary>
    private async Task<WorkshopEvent?> Happen(string call, ProvisionedResource resource, CancellationToken cancel)
    {
        calls.Enqueue((call, resource.Id));
        var together = underWay.AddOrUpdate(resource.Id, 1, (_, count) => count + 1);
        InterlockedMax(ref togetherMax, call == nameof(Measure) ? 1 : together);
        try
        {
            return await Next(call, resource, cancel);
        }
        finally
        {
            underWay.AddOrUpdate(resource.Id, 0, (_, count) => count - 1);
        }
    }

    private async Task<WorkshopEvent?> Next(string call, ProvisionedResource resource, CancellationToken cancel)
    {
        if (!planned.TryGetValue((call, resource.Name), out var events) || !events.TryDequeue(out var next))
            return null;

        switch (next)
        {
            case WorkshopEvent.Fails:
                throw new HttpRequestException("the workshop is closed");
            case WorkshopEvent.Refuses or WorkshopEvent.Defers:
                return next;
            case WorkshopEvent.Waits waits:
                await waits.Until.Task.WaitAsync(cancel);
                return waits.Refusal is { } reason ? new WorkshopEvent.Refuses(reason) : null;
            default:
                throw new System.Diagnostics.UnreachableException(next.GetType().Name);
        }
    }

    private static void InterlockedMax(ref int most, int value)
    {
        int seen;
        while ((seen = Volatile.Read(ref most)) < value && Interlocked.CompareExchange(ref most, value, seen) != seen)
        {
        }
    }

    private static string PlanOf(ProvisionedResource resource) => resource.Plan.Match(plan => plan.Id.Value, () => "none");

    private sealed record Made(string Plan, bool IsSuspended, ConcurrentDictionary<OperationId, string> Keys);
}

/// <summary>What one call to the <see cref="Workshop"/> brings, other than success.</summary>
public abstract record WorkshopEvent
{
    private WorkshopEvent() { }

    /// <summary>A fault: trying again may help.</summary>
    public sealed record Fails : WorkshopEvent;

    /// <summary>A final no.</summary>
    public sealed record Refuses(string Reason) : WorkshopEvent;

    /// <summary>It was taken on, and nothing is done yet.</summary>
    public sealed record Defers : WorkshopEvent;

    /// <summary>Nothing happens until the test says so, or the time limit of the call is over.</summary>
    public sealed record Waits(TaskCompletionSource Until, string? Refusal = null) : WorkshopEvent;
}
