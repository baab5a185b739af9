using Marketplace.Core.BillingPlans;
using Marketplace.Core.Installations;
using Marketplace.Core.Resources;
using Marketplace.Jobs.Resources;
using Marketplace.Shell.Audit;
using Marketplace.Shell.BillingPlans;
using Marketplace.Shell.Persistence;
using Marketplace.Shell.Provisioning;
using Npgsql;

namespace Marketplace.Shell.Resources;

/// <summary>Plans that wait for their time, in PostgreSQL.</summary>
internal sealed class PlanSettlement(NpgsqlDataSource database, Fulfilment fulfilment) : IPlanSettlement
{
    public static SettledPlan Of(Resource resource, PlanPeriods plans, DateTimeOffset now) =>
        SettledPlan.Of(resource, plans, now).IfLeft(rejection => throw new CorruptRowException(
            "plan_period", resource.Id.Value, $"its next plan cannot begin: {rejection.GetType().Name}"));

    public async Task<IReadOnlyList<(InstallationId Installation, ResourceId Resource)>> Due(
        DateTimeOffset now, int resourcesMax, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return await ResourceRows.NextPlansDue(connection, now, resourcesMax, cancel);
    }

    public async Task Begin(InstallationId installation, ResourceId id, DateTimeOffset now, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        if (await ResourceRows.LoadForUpdate(transaction, installation, id, cancel) is not { } resource)
            return;

        var plans = await PlanPeriodRows.Load(transaction, installation, id, cancel);
        var settled = Of(resource, plans, now);
        if (settled.Resource.Events.IsEmpty)
            return;

        var writes = new Writes();
        ResourceRows.Save(writes, installation, settled.Resource.Next);
        EventRows.Append(writes, installation, settled.Resource.Events, Actor.Worker("next plan"));
        PlanPeriodRows.Save(writes, fulfilment.Catalogue, installation, plans, settled.Plans);
        fulfilment.ChangePlan(
            writes, installation, settled.Resource.Next, PriorTerms.Of(resource.Facts, settled.Resource.Events.Head.At), now);
        await writes.Commit(transaction, cancel);
    }
}
