using System.Globalization;
using System.Runtime.CompilerServices;
using LanguageExt;
using Marketplace.Core.Installations;
using Marketplace.Shell.Audit;
using Marketplace.Shell.Http;
using Marketplace.Shell.Installations;
using Marketplace.Shell.Persistence;
using Npgsql;

namespace Marketplace.Shell.Drift;

/// <summary>
/// Comparisons, whoever asks for them, and what the last of each installation has found: a report on everybody asks Vercel for hours, and what a
/// person looks at must be there at once.
/// </summary>
internal sealed class DriftResults(NpgsqlDataSource database, DriftReport report, TimeProvider clock)
{
    /// <summary>A person waits for it. Real time.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>Asks Vercel and the provisioners, and keeps what they say. Null when there is no such installation.</summary>
    public async Task<DriftResult?> Compare(InstallationId id, Actor actor, CancellationToken cancel)
    {
        var loads = new Loads();
        var installation = InstallationRows.Load(loads, id);
        await loads.Read(database, cancel);
        if (installation.Value is null)
            return null;

        var summary = new DriftSummary();
        return await Keep(id, actor, summary, await Ask(id, summary, cancel), cancel);
    }

    /// <summary>The same without an end to the patience, each finding as soon as it is known; kept with the last.</summary>
    /// <param name="id">Of one that there is.</param>
    public async IAsyncEnumerable<DriftFinding> Of(InstallationId id, DriftSummary summary, Actor actor, [EnumeratorCancellation] CancellationToken cancel)
    {
        var findings = new List<DriftFinding>();
        await foreach (var finding in report.Of(id, summary, cancel))
        {
            findings.Add(finding);
            yield return finding;
        }

        await Keep(id, actor, summary, findings, cancel);
    }

    /// <summary>Everybody's, kept as the report goes on.</summary>
    public IAsyncEnumerable<DriftFinding> Everybody(DriftSummary summary, Actor actor, CancellationToken cancel) =>
        report.Everybody(summary, new DriftKeeping(database, actor, clock), cancel);

    /// <summary>The last one; null when it was never compared.</summary>
    /// <param name="isThere">Whether there is such an installation at all.</param>
    public async Task<(DriftResult? Last, bool IsThere)> Find(InstallationId id, CancellationToken cancel)
    {
        var loads = new Loads();
        var installation = InstallationRows.Load(loads, id);
        var result = DriftResultRows.Load(loads, id);
        await loads.Read(database, cancel);
        return (result.Value, installation.Value is not null);
    }

    /// <summary>Everybody's, newest first unless asked otherwise.</summary>
    /// <param name="from">Where the page before ended; null for the first one.</param>
    public async Task<Seq<DriftResult>> List(bool differing, NewestFirst? from, bool isOldestFirst, int max, CancellationToken cancel)
    {
        var loads = new Loads();
        var start = isOldestFirst ? new NewestFirst(DateTimeOffset.UnixEpoch, "") : NewestFirst.Start;
        var found = DriftResultRows.List(loads, differing, from ?? start, isOldestFirst, max);
        await loads.Read(database, cancel);
        return found.Value;
    }

    private async Task<DriftResult> Keep(
        InstallationId id, Actor actor, DriftSummary summary, IReadOnlyList<DriftFinding> findings, CancellationToken cancel)
    {
        var result = DriftResult.Of(id, clock.GetUtcNow(), actor, summary.Installations == 1, summary.Resources, findings);
        var writes = new Writes();
        DriftResultRows.Keep(writes, result);
        await writes.Commit(database, cancel);
        return result;
    }

    /// <summary>What was found until the patience was at its end, which is a finding too.</summary>
    private async Task<List<DriftFinding>> Ask(InstallationId id, DriftSummary summary, CancellationToken cancel)
    {
        var findings = new List<DriftFinding>();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(Patience);
        try
        {
            await foreach (var finding in report.Of(id, summary, limit.Token))
                findings.Add(finding);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            findings.Add(new DriftFinding.NotCompared(id, string.Create(CultureInfo.InvariantCulture, $"no answer within {Patience.TotalSeconds} seconds")));
        }

        return findings;
    }
}
