using Marketplace.Core.Installations;
using Marketplace.Shell.Audit;
using Marketplace.Shell.Persistence;
using Npgsql;

namespace Marketplace.Shell.Drift;

/// <summary>Keeps what a report on everybody finds, page by page, for whoever looks later.</summary>
internal sealed class DriftKeeping(NpgsqlDataSource database, Actor actor, TimeProvider clock)
{
    private readonly DateTimeOffset begun = clock.GetUtcNow();

    public async Task Keep(IReadOnlyList<(InstallationId Installation, Compared Compared)> page, CancellationToken cancel)
    {
        var writes = new Writes();
        foreach (var (installation, compared) in page)
        {
            DriftResultRows.Keep(writes, DriftResult.Of(
                installation, clock.GetUtcNow(), actor, compared.IsCompared, compared.IsCompared ? compared.Living : 0, compared.Findings));
        }

        await writes.Commit(database, cancel);
    }

    /// <summary>What comes to light at the end, when the provisioners were asked once more.</summary>
    public async Task Keep(IReadOnlyList<DriftFinding> late, CancellationToken cancel)
    {
        var writes = new Writes();
        foreach (var finding in late)
            DriftResultRows.Add(writes, finding, actor, begun);
        if (!writes.IsEmpty)
            await writes.Commit(database, cancel);
    }
}
