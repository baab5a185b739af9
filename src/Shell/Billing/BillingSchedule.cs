using Marketplace.Core.Installations;
using Marketplace.Jobs.Billing;
using Marketplace.Jobs.Vercel;
using Npgsql;

namespace Marketplace.Shell.Billing;

/// <summary>The schedule of billing in PostgreSQL.</summary>
internal sealed class BillingSchedule(NpgsqlDataSource database) : IBillingSchedule
{
    public async Task<IReadOnlyList<ClaimedWork>> Claim(
        BillingWork work, DateTimeOffset now, int installationsMax, TimeSpan lease, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return await BillingScheduleRows.Claim(connection, work, now, installationsMax, lease, cancel);
    }

    public async Task Begin(InstallationId installation, BillingWork work, DateTimeOffset dueAt, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await BillingScheduleRows.Begin(connection, installation, work, dueAt, cancel);
    }

    public async Task Done(ClaimedWork claimed, DateTimeOffset? nextDueAt, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await BillingScheduleRows.Done(connection, claimed, nextDueAt, cancel);
    }

    public async Task Postpone(ClaimedWork claimed, string reason, TimeSpan delay, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await BillingScheduleRows.Postpone(connection, claimed, reason, delay, cancel);
    }

    public async Task AwaitToken(ClaimedWork claimed, string reason, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await BillingScheduleRows.AwaitToken(connection, claimed, reason, VercelPatience.TokenWait, cancel);
    }

    public async Task Defer(ClaimedWork claimed, string reason, DateTimeOffset until, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await BillingScheduleRows.Defer(connection, claimed, reason, until, cancel);
    }
}
