using LanguageExt;
using Marketplace.Core.Installations;
using Marketplace.Core.Products;
using Marketplace.Core.Resources;
using Marketplace.Core.Time;
using Marketplace.Core.Usage;
using Marketplace.Jobs.Billing;
using Marketplace.Jobs.Usage;
using Marketplace.Shell.Billing;
using Marketplace.Shell.Installations;
using Marketplace.Shell.Operations;
using Marketplace.Shell.Persistence;
using Marketplace.Shell.Products;
using Marketplace.Shell.Resources;
using Npgsql;

namespace Marketplace.Shell.Usage;

/// <summary>Usage in PostgreSQL.</summary>
internal sealed class UsageLedger(NpgsqlDataSource database, BillingAccounts accounts, Catalogue catalogue) : IUsageLedger
{
    /// <summary>A provisioner that cannot be reached for the last reading must not cost the final invoice.</summary>
    private static readonly TimeSpan LastReadingWait = TimeSpan.FromHours(1);

    public async Task<IReadOnlyList<MeasuredResource>?> ResourcesToMeasure(
        InstallationId id, DateTimeOffset now, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var installation = await InstallationRows.Load(transaction, id, cancel)
            ?? throw new CorruptRowException("installation", id.Value, "it has billing to do, but it is gone");
        if (installation is Installation.Uninstalling going
            && now - going.UninstallRequestedAt < LastReadingWait
            && await OperationRows.AnyOpen(transaction, id, cancel))
        {
            return null;
        }

        return
        [
            .. (await ResourceRows.LoadAll(transaction, id, cancel))
                .Where(resource => resource is not (Resource.Uninstalled or Resource.Pending or Resource.Error))
                .Select(resource => new MeasuredResource(
                    catalogue.Provisioned(installation, resource), catalogue.ProvisionerOf(resource))),
        ];
    }

    public async Task<BillingAccount> Load(
        InstallationId installation, DateTimeOffset since, DateTimeOffset now, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        return await accounts.Load(
            transaction, installation, account => BillingPeriod.Containing(since, account.Anchor).Start, now, cancel);
    }

    public async Task Save(InstallationId installation, Seq<UsageSlot> slots, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var writes = new Writes();
        foreach (var slot in slots)
            UsageSlotRows.Save(writes, slot);
        await writes.Commit(transaction, cancel);
    }
}
