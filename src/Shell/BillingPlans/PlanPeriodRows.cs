using System.Text.Json;
using LanguageExt;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Installations;
using Marketplace.Core.Invoices;
using Marketplace.Core.Products;
using Marketplace.Core.Resources;
using Marketplace.Jobs.Billing;
using Marketplace.Shell.Billing;
using Marketplace.Shell.Persistence;
using Marketplace.Shell.Resources;
using Npgsql;

namespace Marketplace.Shell.BillingPlans;

/// <summary>The spans in which a plan was active: for each resource and, where it is billed as a whole, for the installation.</summary>
internal static class PlanPeriodRows
{
    private const string Columns = "resource_id, billing_plan_id, started_at, ended_at, metadata";

    private const string LoadSql = $"""
        select {Columns} from plan_period where installation_id = $1 and resource_id = $2 order by started_at
        """;

    private const string LoadTheseSql = $"""
        select {Columns} from plan_period where installation_id = $1 and resource_id = any ($2) order by resource_id, started_at
        """;

    private const string LoadAllSql = $"select {Columns} from plan_period where installation_id = $1 order by resource_id, started_at";

    private const string LoadWholeSql = """
        select null::text, billing_plan_id, started_at, ended_at, '{}' from installation_plan_period
        where installation_id = $1 order by started_at
        """;

    private const string DeleteSql = """
        delete from plan_period where installation_id = $1 and resource_id = $2 and started_at = $3
        """;

    private const string InsertSql = """
        insert into plan_period (installation_id, resource_id, started_at, ended_at, billing_plan_id, metadata) values ($1, $2, $3, $4, $5, $6)
        """;

    private const string MoveEndSql = """
        update plan_period set ended_at = $4 where installation_id = $1 and resource_id = $2 and started_at = $3
        """;

    private const string DeleteWholeSql = "delete from installation_plan_period where installation_id = $1 and started_at = $2";

    private const string MoveEndOfWholeSql =
        "update installation_plan_period set ended_at = $3 where installation_id = $1 and started_at = $2";

    private const string InsertWholeSql = """
        insert into installation_plan_period (installation_id, started_at, ended_at, billing_plan_id) values ($1, $2, $3, $4)
        """;

    public static async Task<PlanPeriods> Load(
        NpgsqlTransaction transaction, InstallationId installation, ResourceId resource, CancellationToken cancel)
    {
        await using var command = transaction.Command(LoadSql, installation.Value, resource.Value);
        return new PlanPeriods(PlanSubject.Of(resource), await Read(command, cancel));
    }

    public static Loaded<Seq<PlanPeriod>> LoadThese(Loads loads, InstallationId installation, Seq<ResourceId> resources) =>
        loads.Many(LoadTheseSql, Read, installation.Value, resources.Select(resource => resource.Value).ToArray());

    /// <summary>The spans of one resource, oldest first.</summary>
    public static Loaded<Seq<PlanPeriod>> Load(Loads loads, InstallationId installation, ResourceId resource) =>
        loads.Many(LoadSql, Read, installation.Value, resource.Value);

    /// <summary>Those of every resource that ever had a plan.</summary>
    public static Loaded<Seq<PlanPeriod>> LoadAll(Loads loads, InstallationId installation) =>
        loads.Many(LoadAllSql, Read, installation.Value);

    /// <summary>Those of the installation itself, oldest first; none where each resource has its own.</summary>
    public static Loaded<Seq<PlanPeriod>> LoadWhole(Loads loads, InstallationId installation) =>
        loads.Many(LoadWholeSql, Read, installation.Value);

    /// <summary>Writes the spans that differ. A plan that begins is invoiced when it says so.</summary>
    public static void Save(Writes writes, Catalogue catalogue, InstallationId installation, PlanPeriods before, PlanPeriods after)
    {
        var gone = before.Spans.Where(span => !after.Spans.Contains(span)).ToList();
        var made = after.Spans.Where(span => !before.Spans.Contains(span)).ToList();
        var moved = made.FindAll(span => gone.Exists(old => old with { End = span.End } == span));

        // Whatever stops being open comes first, and what begins last: no two are open at once, not even when a span goes on that had ended.
        foreach (var span in gone.Where(old => !moved.Exists(span => old with { End = span.End } == span)))
            Delete(writes, installation, span);
        foreach (var span in moved)
            MoveEnd(writes, installation, span);
        foreach (var span in made.Except(moved))
        {
            Insert(writes, installation, span);
            if (catalogue.BillsAtOnce(span.Plan))
                BillingScheduleRows.Schedule(writes, installation, BillingWork.Invoices, TakeUp.DueFor(span.Start));
        }
    }

    private static void MoveEnd(Writes writes, InstallationId installation, PlanPeriod span)
    {
        if (span.Subject.ResourceId() is { } resource)
            writes.Add(MoveEndSql, installation.Value, resource, span.Start, span.End.OrNull());
        else
            writes.Add(MoveEndOfWholeSql, installation.Value, span.Start, span.End.OrNull());
    }

    private static void Delete(Writes writes, InstallationId installation, PlanPeriod span)
    {
        if (span.Subject.ResourceId() is { } resource)
            writes.Add(DeleteSql, installation.Value, resource, span.Start);
        else
            writes.Add(DeleteWholeSql, installation.Value, span.Start);
    }

    private static void Insert(Writes writes, InstallationId installation, PlanPeriod span)
    {
        if (span.Subject.ResourceId() is { } resource)
            writes.Add(
                InsertSql, installation.Value, resource, span.Start, span.End.OrNull(), span.Plan.Value,
                new Jsonb(MetadataJson.Write(span.Terms.Metadata)));
        else
            writes.Add(InsertWholeSql, installation.Value, span.Start, span.End.OrNull(), span.Plan.Value);
    }

    private static async Task<Seq<PlanPeriod>> Read(NpgsqlCommand command, CancellationToken cancel)
    {
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var periods = new List<PlanPeriod>();
        while (await reader.ReadAsync(cancel))
        {
            periods.Add(Read(reader));
        }

        return periods.ToSeq().Strict();
    }

    private static PlanPeriod Read(NpgsqlDataReader reader)
    {
        var subject = SubjectText.Read(reader.TextOrNull(0));
        return new PlanPeriod(
            subject, new PlanTerms(new PlanId(reader.GetString(1)), Metadata(subject, reader.GetString(4))), reader.Moment(2),
            reader.MomentOrNull(3) is { } end ? end : Option<DateTimeOffset>.None);
    }

    private static Map<string, MetadataValue> Metadata(PlanSubject subject, string text)
    {
        using var json = JsonDocument.Parse(text);
        return MetadataJson.Read(json.RootElement).IfNone(() =>
            throw new CorruptRowException("plan_period", subject.ToString()!, "its metadata is not of any kind that we write"));
    }
}
