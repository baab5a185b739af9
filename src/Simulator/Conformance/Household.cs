using System.Collections.Concurrent;

namespace Marketplace.Simulator.Conformance;

/// <summary>What several cases of a run look at: made, or played, by whoever needs it first.</summary>
internal sealed class Household
{
    private readonly Dictionary<string, Task> scenes = new(StringComparer.Ordinal);
    private readonly List<Trial> stages = [];
    private readonly ConcurrentDictionary<(string Product, string Plan), string> unready = new();
    private Task<MonthRecord>? month;
    private int targetsHarmed;

    public IEnumerable<string> Installations => stages.SelectMany(stage => stage.Installed);

    public Task<Tenant> Tenant(Trial trial) => Scene(trial, "household", stage => Make(stage, "household"));

    public Task<Tenant> Stranger(Trial trial) => Scene(trial, "stranger", stage => Make(stage, "stranger"));

    /// <summary>Played once: whoever comes later gets what came of it, also when that was the end of the first case.</summary>
    public Task<T> Scene<T>(Trial trial, string name, Func<Trial, Task<T>> play)
    {
        if (!scenes.TryGetValue(name, out var playing))
        {
            var stage = trial.OnStage(name);
            stages.Add(stage);
            scenes[name] = playing = play(stage);
        }

        return (Task<T>)playing;
    }

    /// <summary>One that stays as it is as long as the provider refuses what it has to refuse.</summary>
    public Task<Tenant> Target(Trial trial) => Scene(trial, $"target-{targetsHarmed}", stage => Make(stage, "target"));

    /// <summary>Something was done to the target: the next case gets another one.</summary>
    public void ReplaceTarget() => targetsHarmed++;

    /// <summary>
    /// The month that <see cref="ConformanceOptions.Installations"/> lived through, once for all cases that judge it. The first of them waits
    /// for minutes, and none needs anybody else's time afterwards.
    /// </summary>
    public Task<MonthRecord> Month(Trial trial) =>
        month ??= new VirtualMonth(trial.Vercel, trial.Offer, trial.Options.Installations, trial.Options.Seed).Live(trial.Cancel);

    /// <summary>
    /// How long a resource like it is waited for. Who waits for customers would be waited for in hundreds of cases, so that one look has to
    /// do after the first time; whoever was slow only may be quicker the next time.
    /// </summary>
    public TimeSpan PatienceFor(Tenant tenant, TimeSpan usual) => unready.GetValueOrDefault((tenant.ProductId, tenant.PlanId), "") switch
    {
        "" => usual,
        "onboarding" => TimeSpan.Zero,
        _ => usual / 4,
    };

    /// <param name="status">What came of the last one; nothing where it was made in time.</param>
    public void Note(Tenant tenant, string status) => unready[(tenant.ProductId, tenant.PlanId)] = status;

    private static async Task<Tenant> Make(Trial stage, string name) =>
        await stage.NewResource(await stage.NewInstallation(), stage.Offer.Product, stage.Offer.Product.Plan, name);
}
