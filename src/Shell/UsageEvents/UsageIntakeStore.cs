using Marketplace.Core.Products;
using Marketplace.Core.UsageEvents;
using Marketplace.Shell.Configuration;
using Marketplace.Shell.Products;
using Npgsql;

namespace Marketplace.Shell.UsageEvents;

/// <summary>Takes reported events in: one look at whose they are, one write, and an answer for each.</summary>
internal sealed class UsageIntakeStore(NpgsqlDataSource database, CatalogueInForce catalogue, UsageEventSettings settings, TimeProvider clock)
{
    private const int AttemptsMax = 5;

    public async Task<IntakeOutcome> Take(ReportedEvents reported, CancellationToken cancel)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                if (await TryTake(reported, cancel) is { } outcome)
                    return outcome;
            }
            catch (PostgresException crossed) when (crossed.SqlState == PostgresErrorCodes.DeadlockDetected && attempt < AttemptsMax)
            {
                // Somebody sends the same events in another order at the same time: one of the two goes first.
            }
        }
    }

    /// <summary>Null when a period was closed or a resource has left in between, so that the events have to be judged anew.</summary>
    private async Task<IntakeOutcome?> TryTake(ReportedEvents reported, CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        var judged = Judged(reported, await Homes(reported.Events, cancel), now);
        var kinds = new[] { judged.Amounts, judged.Readings }.Where(events => events.Count > 0).ToList();
        var fresh = kinds.Count == 0 ? 0 : await UsageEventRows.Store(database, kinds, now, cancel);
        if (fresh is not { } accepted)
            return null;

        // Nobody is told that an event is refused which was counted before.
        var counted = judged.Late.Count == 0 ? [] : await UsageEventRows.Known(database, judged.Late, cancel);
        var refused = judged.Refused.Where(one => !counted.Contains(one.Index)).OrderBy(one => one.Index).ToList();
        return new IntakeOutcome(reported.Received, (int)accepted, reported.Received - (int)accepted - refused.Count, refused);
    }

    private async Task<ILookup<string, MeteredHome>> Homes(List<ReportedEvent> events, CancellationToken cancel)
    {
        var installations = new System.Collections.Generic.HashSet<string>(StringComparer.Ordinal);
        var resources = new System.Collections.Generic.HashSet<string>(StringComparer.Ordinal);
        var everywhere = false;
        foreach (var one in events)
        {
            resources.Add(one.Usage.Resource.Value);
            if (one.Installation is { } named)
                installations.Add(named);
            else
                everywhere = true;
        }

        var homes = resources.Count == 0
            ? []
            : await UsageEventRows.Homes(database, catalogue.Now, everywhere ? null : [.. installations], [.. resources], cancel);
        return homes.ToLookup(home => home.Resource.Value, StringComparer.Ordinal);
    }

    private Judgement Judged(ReportedEvents reported, ILookup<string, MeteredHome> homes, DateTimeOffset now)
    {
        var judged = new Judgement(reported);
        var known = new Dictionary<(string Resource, string? Installation), MeteredHome[]>();
        foreach (var one in reported.Events)
        {
            var key = (one.Usage.Resource.Value, one.Installation);
            if (!known.TryGetValue(key, out var candidates))
            {
                candidates = [.. homes[key.Value].Where(home => one.Installation is null || home.Installation.Value == one.Installation)];
                known.Add(key, candidates);
            }

            judged.Add(one, UsageIntake.Judge(one.Usage, candidates, catalogue.Now.Billing.LateUsage, settings.AcceptedFor, now));
        }

        return judged;
    }
}

/// <summary>What became of a request's events.</summary>
/// <param name="Accepted">Were not known before.</param>
/// <param name="Duplicates">Were known before, or are in the request twice.</param>
internal sealed record IntakeOutcome(int Received, int Accepted, int Duplicates, IReadOnlyList<RefusedEvent> Refused);
