using LanguageExt;
using Marketplace.Core.Installations;
using Marketplace.Core.Products;
using Marketplace.Core.Resources;
using Marketplace.Core.Time;
using Marketplace.Core.Usage;
using Marketplace.Jobs.Billing;
using Marketplace.Jobs.Telemetry;
using Marketplace.Jobs.Usage;
using Marketplace.Jobs.Vercel;
using Marketplace.Shell.Billing;
using Marketplace.Shell.Installations;
using Marketplace.Shell.Operations;
using Marketplace.Shell.Persistence;
using Marketplace.Shell.Products;
using Marketplace.Shell.Resources;
using Npgsql;

namespace Marketplace.Shell.Usage;

/// <summary>Usage in PostgreSQL.</summary>
internal sealed class UsageLedger(
    NpgsqlDataSource database, BillingAccounts accounts, IMeasurements measurements, CatalogueInForce catalogue) : IUsageLedger
{
    /// <summary>A provisioner that cannot be reached for the last reading must not cost the final invoice.</summary>
    private static readonly TimeSpan LastReadingWait = TimeSpan.FromHours(1);

    public async Task<OpenAccount?> Open(InstallationId id, DateTimeOffset now, CancellationToken cancel)
    {
        var loads = new Loads();
        var open = BillingAccounts.Open(loads, id);
        var changing = OperationRows.AnyOpen(loads, id);
        await loads.Read(database, cancel);

        var installation = open.Installation;
        return installation is Installation.Uninstalling going && now - going.UninstallRequestedAt < LastReadingWait && changing.Value
            ? null
            : new OpenAccount(
                [
                    .. open.Resources
                        .Where(resource => resource.Facts.IsOurs && resource is not (Resource.Uninstalled or Resource.Pending or Resource.Error))
                        .Select(resource => new MeasuredResource(
                            catalogue.Now.Provisioned(installation, resource), catalogue.Now.ProvisionerOf(resource))),
                ],
                (measured, since, token) => Read(open, measured, since, now, token));
    }

    public async Task Done(ClaimedWork work, LedgerChanges changes, DateTimeOffset? nextDueAt, CancellationToken cancel)
    {
        var writes = Saved(work.Installation, changes);
        BillingScheduleRows.Done(writes, work, nextDueAt);
        await writes.Commit(database, cancel);
        Count(changes.Slots);
    }

    public async Task Postpone(
        ClaimedWork work, LedgerChanges changes, string reason, TimeSpan delay, CancellationToken cancel)
    {
        var writes = Saved(work.Installation, changes);
        BillingScheduleRows.Postpone(writes, work, reason, delay);
        await writes.Commit(database, cancel);
        Count(changes.Slots);
    }

    public async Task AwaitToken(ClaimedWork work, LedgerChanges changes, string reason, CancellationToken cancel)
    {
        var writes = Saved(work.Installation, changes);
        BillingScheduleRows.AwaitToken(writes, work, reason, VercelPatience.TokenWait);
        await writes.Commit(database, cancel);
        Count(changes.Slots);
    }

    /// <summary>The slots are read behind the readings: what another worker has reported meanwhile is not reported again.</summary>
    private async Task<BillingAccount> Read(
        OpenBilling open, Seq<Measurement> measured, DateTimeOffset since, DateTimeOffset now, CancellationToken cancel)
    {
        if (!measured.IsEmpty)
            await measurements.Record(open.Id, measured, cancel);
        if (PastDayRows.IsTurn(open.Id, HourSlot.Of(since)))
            await JoinDays(open, since, cancel);

        var loads = new Loads();
        var start = BillingPeriod.Containing(since, open.Installation.Anchor).Start;
        var billed = accounts.Billed(loads, open, start, KnownUsage.InTime, since, now);
        var slots = UsageSlotRows.LoadUnsettled(loads, open.Id, start, since);
        await loads.Read(database, cancel);
        return accounts.Bare(open) with { Billed = billed(), Slots = slots.Value };
    }

    private async Task JoinDays(OpenBilling open, DateTimeOffset until, CancellationToken cancel)
    {
        var writes = new Writes();
        accounts.JoinDays(writes, open, until);
        await writes.Commit(database, cancel);
    }

    private static void Count(Seq<UsageSlot> changed)
    {
        foreach (var slot in changed)
            Measures.SlotCame(UsageSlotRows.StateOf(slot));
    }

    private static Writes Saved(InstallationId installation, LedgerChanges changes)
    {
        var writes = new Writes();
        foreach (var slot in changes.Slots)
            UsageSlotRows.Save(writes, slot);
        foreach (var day in changes.Told)
            ToldDayRows.Save(writes, installation, day);
        return writes;
    }
}
