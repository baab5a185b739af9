using System.Runtime.CompilerServices;
using LanguageExt;
using Marketplace.Core.Installations;
using Marketplace.Core.Products;
using Marketplace.Core.Resources;
using Marketplace.Jobs.Provisioning;
using Marketplace.Jobs.Vercel;
using Marketplace.Shell.Installations;
using Marketplace.Shell.Persistence;
using Marketplace.Shell.Products;
using Marketplace.Shell.Resources;
using Npgsql;

namespace Marketplace.Shell.Drift;

/// <summary>
/// Compares what we hold, what the provisioners hold and what Vercel holds: installation by installation, a few at a time. Only the names of
/// what the provisioners have are held in memory.
/// </summary>
/// <remarks>The system is not held still for the report: what changed while it was asked around is left to the next one.</remarks>
internal sealed class DriftReport(NpgsqlDataSource database, Provisioners provisioners, IVercel vercel, CatalogueInForce catalogue)
{
    private const int PageSize = 100;

    /// <summary>So many ask Vercel at the same time: a report must not use up what Vercel grants to the worker.</summary>
    private const int AskedTogetherMax = 8;

    /// <summary>Of everybody. The numbers are in <paramref name="summary"/> when the last finding was told.</summary>
    public async IAsyncEnumerable<DriftFinding> Everybody(DriftSummary summary, DriftKeeping keeping, [EnumeratorCancellation] CancellationToken cancel)
    {
        var holdings = new Dictionary<string, Holding>(StringComparer.Ordinal);
        foreach (var provisioner in provisioners.All)
        {
            if (await Holding.Of(provisioner, cancel) is { } holding)
                holdings.Add(provisioner.Name, holding);
        }

        using var gate = new SemaphoreSlim(AskedTogetherMax);
        for (var after = ""; await DriftRows.Installations(database, after, PageSize, cancel) is { Count: > 0 } page; after = page[^1].Value)
        {
            var comparisons = page.Select(id => Compare(id, gate, cancel)).ToList();
            var kept = new List<(InstallationId, Compared)>();
            foreach (var (id, comparison) in page.Zip(comparisons))
            {
                var compared = await comparison;
                kept.Add((id, compared));
                Watch(holdings, compared);
                summary.Count(compared);
                foreach (var finding in compared.Findings)
                    yield return summary.Count(finding);
            }

            await keeping.Keep(kept, cancel);
        }

        foreach (var holding in holdings.Values)
        {
            var late = await Confirmed(holding, cancel);
            await keeping.Keep(late, cancel);
            foreach (var finding in late)
                yield return summary.Count(finding);
        }
    }

    /// <summary>Of one installation; empty when there is none.</summary>
    public async IAsyncEnumerable<DriftFinding> Of(InstallationId id, DriftSummary summary, [EnumeratorCancellation] CancellationToken cancel)
    {
        using var gate = new SemaphoreSlim(1);
        var holdings = new Dictionary<string, Holding>(StringComparer.Ordinal);
        var compared = await Compare(id, gate, cancel);
        foreach (var name in compared.Held.Select(ProvisionerOf).OfType<string>().Distinct(StringComparer.Ordinal))
        {
            if (await Holding.Of(provisioners.Named(name), cancel) is { } holding)
                holdings.Add(name, holding with { IsWhole = false });
        }

        Watch(holdings, compared);
        summary.Count(compared);
        foreach (var finding in compared.Findings)
            yield return summary.Count(finding);
        foreach (var holding in holdings.Values)
        {
            foreach (var finding in await Confirmed(holding, cancel))
                yield return summary.Count(finding);
        }
    }

    private async Task<Compared> Compare(InstallationId id, SemaphoreSlim gate, CancellationToken cancel)
    {
        await gate.WaitAsync(cancel);
        try
        {
            if (await Load(id, cancel) is not { } held)
                return Compared.Nothing;
            if (held.Installation is not Installation.Active)
                return new Compared(held.All, [new DriftFinding.Leaves(id, held.Installation is Installation.Finalized)], IsCompared: false);

            var (findings, isCompared) = AtVercel(held, await vercel.ListResources(id, cancel));
            return new Compared(held.All, findings.Any(finding => finding.Resource is not null) ? await Lasting(held, findings, cancel) : findings, isCompared);
        }
        catch (CorruptRowException unreadable)
        {
            return new Compared([], [new DriftFinding.NotCompared(id, unreadable.Message)], IsCompared: false);
        }
        finally
        {
            gate.Release();
        }
    }

    private (IReadOnlyList<DriftFinding> Findings, bool IsCompared) AtVercel(Held held, VercelAnswer<Seq<VercelResource>> answer)
    {
        var id = held.Installation.Id;
        return answer switch
        {
            VercelAnswer<Seq<VercelResource>>.Accepted(var listed) => ([.. Differences(held, listed)], true),
            VercelAnswer<Seq<VercelResource>>.Gone gone => ([new DriftFinding.Closed(id, gone.Reason)], false),
            VercelAnswer<Seq<VercelResource>>.TokenRefused refused => ([new DriftFinding.Closed(id, refused.Reason)], false),
            VercelAnswer<Seq<VercelResource>>.Refused refused => ([new DriftFinding.NotCompared(id, $"{refused.Status}: {refused.Reason}")], false),
            VercelAnswer<Seq<VercelResource>>.NotFound missing => ([new DriftFinding.NotCompared(id, $"404: {missing.Reason}")], false),
            VercelAnswer<Seq<VercelResource>>.Unknown unknown => ([new DriftFinding.NotCompared(id, unknown.Reason)], false),
            _ => throw new System.Diagnostics.UnreachableException(answer.GetType().Name),
        };
    }

    private IEnumerable<DriftFinding> Differences(Held held, Seq<VercelResource> listed)
    {
        var (owner, theirs) = (held.Installation, listed.ToDictionary(resource => resource.Id));
        foreach (var gone in listed.Where(resource => held.Of(resource.Id) is null or { Lives: false, IsUnderWay: false }))
            yield return new DriftFinding.NotOurs(owner.Id, gone.Id);
        foreach (var ours in held.All.Where(resource => resource is { Lives: true, IsUnderWay: false }))
        {
            if (!theirs.TryGetValue(ours.Id, out var known))
                yield return new DriftFinding.UnknownToVercel(owner.Id, ours.Id);
            else
                foreach (var finding in FieldDrift.Of(catalogue.Now, owner, ours.Resource, known))
                    yield return finding;
        }
    }

    /// <summary>Only what is about something that stayed as it was while Vercel was asked.</summary>
    private async Task<IReadOnlyList<DriftFinding>> Lasting(Held before, IReadOnlyList<DriftFinding> findings, CancellationToken cancel) =>
        await Load(before.Installation.Id, cancel) is { } now && now.Installation.OwnPlan == before.Installation.OwnPlan
            ? [.. findings.Where(finding => finding.Resource is not { } id || before.Of(id) == now.Of(id))]
            : [];

    private async Task<Held?> Load(InstallationId id, CancellationToken cancel)
    {
        var loads = new Loads();
        var installation = InstallationRows.Load(loads, id);
        var resources = ResourceRows.LoadAll(loads, id);
        var underWay = DriftRows.UnderWay(loads, id);
        await loads.Read(database, cancel);
        var busy = underWay.Value.ToHashSet();
        return installation.Value is { } known
            ? new Held(known, [.. resources.Value.Select(resource => new HeldResource(id, resource, busy.Contains(resource.Id)))])
            : null;
    }

    /// <summary>What is needed of what the provisioners hold, and what they should hold and do not.</summary>
    private void Watch(Dictionary<string, Holding> holdings, Compared compared)
    {
        foreach (var resource in compared.Held)
        {
            if (ProvisionerOf(resource) is not { } name || !holdings.TryGetValue(name, out var holding))
                continue;
            if (resource is { IsMade: true, IsUnderWay: false } && !holding.Theirs.Contains(resource.Id))
                holding.Missing.Add(resource);
            if (resource.Lives || resource.IsUnderWay)
                holding.Needed.Add(resource.Id);
        }
    }

    /// <summary>Asked once more, because things are made and taken down while the report is being made.</summary>
    private async Task<IReadOnlyList<DriftFinding>> Confirmed(Holding holding, CancellationToken cancel)
    {
        var left = holding.IsWhole ? holding.Theirs.Except(holding.Needed).ToList() : [];
        if (left.Count == 0 && holding.Missing.Count == 0)
            return [];

        if ((await holding.Provisioner.List(cancel)).Case is not SomeCase<Seq<ResourceId>>(var listed))
            return [];

        var again = listed.ToHashSet();
        var findings = new List<DriftFinding>();
        foreach (var some in left.Where(again.Contains).Chunk(PageSize))
        {
            var needed = await DriftRows.Needed(database, some, cancel);
            findings.AddRange(some.Where(id => !needed.Contains(id)).Select(id => new DriftFinding.LeftBehind(id, holding.Provisioner.Name)));
        }

        foreach (var missing in holding.Missing.Where(resource => !again.Contains(resource.Id)))
        {
            if ((await Load(missing.Installation, cancel))?.Of(missing.Id) is { IsMade: true, IsUnderWay: false })
                findings.Add(new DriftFinding.NotMade(missing.Installation, missing.Id, holding.Provisioner.Name));
        }

        return findings;
    }

    /// <summary>Null where its product left the catalogue.</summary>
    private string? ProvisionerOf(HeldResource resource) =>
        catalogue.Now.Product(resource.Resource.Facts.Product).MatchUnsafe<string?>(product => product.Provisioner, () => null);

    /// <summary>An installation and all resources that it has or had.</summary>
    private sealed record Held(Installation Installation, IReadOnlyList<HeldResource> All)
    {
        public HeldResource? Of(ResourceId id) => All.FirstOrDefault(resource => resource.Id == id);
    }

    /// <summary>What a provisioner has, and what comes to light about it.</summary>
    private sealed record Holding(IProvisioner Provisioner, System.Collections.Generic.HashSet<ResourceId> Theirs)
    {
        /// <summary>Whether everybody was looked at, so that what nobody needs is left behind.</summary>
        public bool IsWhole { get; init; } = true;

        public System.Collections.Generic.HashSet<ResourceId> Needed { get; } = [];

        public List<HeldResource> Missing { get; } = [];

        /// <summary>Null where it cannot say what it has.</summary>
        public static async Task<Holding?> Of(IProvisioner provisioner, CancellationToken cancel) =>
            (await provisioner.List(cancel)).MatchUnsafe<Holding?>(theirs => new Holding(provisioner, theirs.ToHashSet()), () => null);
    }
}

/// <summary>One installation, compared with Vercel.</summary>
/// <param name="Held">All that it has or had.</param>
internal sealed record Compared(IReadOnlyList<HeldResource> Held, IReadOnlyList<DriftFinding> Findings, bool IsCompared)
{
    public int Living => Held.Count(resource => resource.Lives);

    public static readonly Compared Nothing = new([], [], IsCompared: false);
}

/// <param name="IsUnderWay">Something is still being done about it.</param>
internal sealed record HeldResource(InstallationId Installation, Resource Resource, bool IsUnderWay)
{
    public ResourceId Id => Resource.Id;

    /// <summary>Vercel should have it.</summary>
    public bool Lives => Resource is not Resource.Uninstalled;

    /// <summary>Its provisioner should have it, which has nothing to do with what was made elsewhere.</summary>
    public bool IsMade => Resource is not (Resource.Uninstalled or Resource.Pending or Resource.Error) && Resource.Facts.IsOurs;
}

/// <summary>How much was compared, and how much differs.</summary>
internal sealed class DriftSummary
{
    public int Installations { get; private set; }

    public int Resources { get; private set; }

    public int Differences { get; private set; }

    public int Final { get; private set; }

    public void Count(Compared compared)
    {
        if (!compared.IsCompared)
            return;
        Installations++;
        Resources += compared.Living;
    }

    public DriftFinding Count(DriftFinding finding)
    {
        if (finding.IsDrift)
            Differences++;
        else if (finding is DriftFinding.Leaves { IsFinal: true })
            Final++;
        return finding;
    }
}
