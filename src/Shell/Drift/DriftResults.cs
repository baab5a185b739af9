using System.Globalization;
using LanguageExt;
using Marketplace.Core.Installations;
using Marketplace.Shell.Audit;
using Marketplace.Shell.Http;
using Marketplace.Shell.Installations;
using Marketplace.Shell.Persistence;
using Npgsql;

namespace Marketplace.Shell.Drift;

/// <summary>
/// Comparisons of one installation at a time, and what the last of each has found: a report on everybody asks Vercel for hours, and what a
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
        var findings = await Ask(id, summary, cancel);
        var result = new DriftResult(
            id, clock.GetUtcNow(), actor.Name, summary.Installations == 1, summary.Resources, findings.ConvertAll(DriftFindingWire.Of))
        {
            Differences = findings.Count(finding => finding.IsDrift),
        };
        var writes = new Writes();
        DriftResultRows.Save(writes, result);
        await writes.Commit(database, cancel);
        return result;
    }

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
