using Marketplace.Jobs.UsageEvents;
using Npgsql;

namespace Marketplace.Shell.UsageEvents;

/// <summary>Usage events and the hours of readings in PostgreSQL, for the jobs that look after them.</summary>
internal sealed class UsageEventStore(NpgsqlDataSource database) : IUsageEvents, IMeterHours
{
    public Task MakeMonth(DateTimeOffset month, CancellationToken cancel) => EventMonthRows.MakeMonth(database, month, cancel);

    public Task DropMonths(DateTimeOffset before, CancellationToken cancel) => EventMonthRows.DropMonths(database, before, cancel);

    public Task<int> ForgetKeys(DateTimeOffset before, int max, CancellationToken cancel) =>
        EventMonthRows.ForgetKeys(database, before, max, cancel);

    public Task<int> SumUp(DateTimeOffset before, int max, CancellationToken cancel) => MeterHourRows.SumUp(database, before, max, cancel);
}
