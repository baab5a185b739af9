using System.Diagnostics;
using System.Text.Json;
using LanguageExt;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Installations;
using Marketplace.Core.Notifications;
using Marketplace.Core.Products;
using Marketplace.Core.Resources;
using Marketplace.Shell.Notifications;
using Marketplace.Shell.Persistence;
using Npgsql;

namespace Marketplace.Shell.Resources;

/// <summary>Resources in PostgreSQL.</summary>
internal static class ResourceRows
{
    /// <summary>What <see cref="Read"/> reads, from the first column on.</summary>
    public const string Columns = """
        installation_id, resource_id, product_id, name, metadata, billing_plan_id, external_id, edge_config_id, status,
        status_reason, created_at, uninstalled_at, next_plan_id, next_plan_at, suspensions, notices, ownership, source_reference, fault
        """;

    private const string LoadSql = $"select {Columns} from resource where installation_id = $1 and resource_id = $2";

    private const string LoadForUpdateSql = $"{LoadSql} for no key update";

    // In one statement, because it is what is asked for most often.
    private const string LoadWithInstallationPlanSql = $"""
        select {Columns}, (select i.billing_plan_id from installation i where i.installation_id = $1)
        from resource where installation_id = $1 and resource_id = $2
        """;

    private const string LoadTheseSql = $"""
        select {Columns} from resource where installation_id = $1 and resource_id = any ($2) order by resource_id
        """;

    private const string LoadTheseForUpdateSql = $"{LoadTheseSql} for no key update";

    private const string LoadAllSql = $"select {Columns} from resource where installation_id = $1 order by created_at, resource_id";

    private const string LoadAllForUpdateSql = $"{LoadAllSql} for no key update";

    private const string LivingSql = $"""
        select {Columns} from resource where installation_id = $1 and status <> 'uninstalled' order by created_at, resource_id limit $2
        """;

    private const string LivingAmongSql = $"""
        select {Columns} from resource
        where installation_id = $1 and resource_id = any($3) and status <> 'uninstalled' order by created_at, resource_id limit $2
        """;

    // What is shown at Vercel once is there once: whoever imports it again finds it.
    private const string LoadSourceForUpdateSql = $"""
        select {Columns} from resource
        where installation_id = $1 and product_id = $2 and source_reference = $3 and status <> 'uninstalled' for no key update
        """;

    // A plan's id means something within its product alone, and what stands before its version is the plan's. What was made elsewhere has
    // none, and needs no room.
    private const string CountOnPlanSql = """
        select count(*) from resource
        where installation_id = $1 and (split_part(billing_plan_id, '@', 1) is not distinct from $2 or split_part(next_plan_id, '@', 1) = $2)
            and status <> 'uninstalled'
            and ownership = 'owned' and resource_id is distinct from $3
            and ($2::text is null
                or product_id = coalesce($4, (select product_id from resource where installation_id = $1 and resource_id = $3)))
        """;

    // A plan that is waited for is taken already, as in the count of one.
    private const string CountByPlanSql = """
        select array_agg(product_id), array_agg(plan_id), array_agg(resources) from (
            select product_id, plan_id, count(*) as resources from (
                select product_id, billing_plan_id as plan_id from resource
                where installation_id = $1 and status <> 'uninstalled' and ownership = 'owned'
                union all
                select product_id, next_plan_id from resource
                where installation_id = $1 and status <> 'uninstalled' and next_plan_id <> billing_plan_id) as taken
            group by product_id, plan_id) as counted
        having count(*) > 0
        """;

    // Batch claim of a job: it spans installations on purpose.
    private const string NextPlansDueSql = """
        select installation_id, resource_id from resource
        where next_plan_at <= $1 and status not in ('error', 'uninstalled') order by next_plan_at limit $2
        """;

    private const string InsertSql = $"""
        insert into resource ({Columns}) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)
        """;

    private const string InsertManySql = $"""
        insert into resource ({Columns})
        select * from unnest(
            $1::text[], $2::text[], $3::text[], $4::text[], $5::jsonb[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[],
            $11::timestamptz[], $12::timestamptz[], $13::text[], $14::timestamptz[], $15::jsonb[], $16::jsonb[], $17::text[], $18::text[], $19::text[])
        """;

    // What was there before, and handed over, has left its row.
    private const string ReceiveSql = $"""
        {InsertSql}
        on conflict (installation_id, resource_id) do update set name = excluded.name, metadata = excluded.metadata,
            billing_plan_id = excluded.billing_plan_id, external_id = excluded.external_id, edge_config_id = excluded.edge_config_id,
            status = excluded.status, status_reason = excluded.status_reason, created_at = excluded.created_at,
            uninstalled_at = excluded.uninstalled_at, next_plan_id = excluded.next_plan_id, next_plan_at = excluded.next_plan_at,
            suspensions = excluded.suspensions, notices = excluded.notices, fault = excluded.fault
        """;

    private const string UpdateSql = """
        update resource set name = $3, metadata = $4, billing_plan_id = $5, edge_config_id = $6, status = $7,
            status_reason = $8, uninstalled_at = $9, next_plan_id = $10, next_plan_at = $11, suspensions = $12, notices = $13, fault = $14
        where installation_id = $1 and resource_id = $2
        """;

    private static readonly Inserts Inserted = new(InsertSql, InsertManySql);

    public static Task<Resource?> Load(
        NpgsqlTransaction transaction, InstallationId installation, ResourceId id, CancellationToken cancel) =>
        ReadOne(transaction.Command(LoadSql, installation.Value, id.Value), cancel);

    public static Task<Resource?> Load(
        NpgsqlConnection connection, InstallationId installation, ResourceId id, CancellationToken cancel) =>
        ReadOne(connection.Command(LoadSql, installation.Value, id.Value), cancel);

    public static Loaded<Resource?> Load(Loads loads, InstallationId installation, ResourceId id) =>
        loads.One(LoadSql, Read, installation.Value, id.Value);

    /// <summary>With the plan that its installation has as a whole.</summary>
    public static Loaded<(Resource Resource, Option<PlanId> InstallationPlan)?> LoadWithInstallationPlan(
        Loads loads, InstallationId installation, ResourceId id) =>
        loads.One<(Resource, Option<PlanId>)?>(
            null, LoadWithInstallationPlanSql, reader => (Read(reader), reader.TextOption(19).Map(plan => new PlanId(plan))),
            installation.Value, id.Value);

    public static Loaded<Resource?> LoadForUpdate(Loads loads, InstallationId installation, ResourceId id) =>
        loads.One(LoadForUpdateSql, Read, installation.Value, id.Value);

    /// <summary>What was imported by this reference and not removed since.</summary>
    public static Loaded<Resource?> LoadSourceForUpdate(Loads loads, InstallationId installation, ProductId product, string reference) =>
        loads.One(LoadSourceForUpdateSql, Read, installation.Value, product.Value, reference);

    /// <summary>Every resource of the installation, the uninstalled ones too, oldest first.</summary>
    public static Loaded<Seq<Resource>> LoadAllForUpdate(Loads loads, InstallationId installation) =>
        loads.Many(LoadAllForUpdateSql, Read, installation.Value);

    public static Task<Resource?> LoadForUpdate(
        NpgsqlTransaction transaction, InstallationId installation, ResourceId id, CancellationToken cancel) =>
        ReadOne(transaction.Command(LoadForUpdateSql, installation.Value, id.Value), cancel);

    /// <summary>Those of them that the installation has or had.</summary>
    public static Loaded<Seq<Resource>> LoadThese(Loads loads, InstallationId installation, Seq<ResourceId> ids) =>
        loads.Many(LoadTheseSql, Read, installation.Value, Texts(ids));

    /// <summary>The same, asked under the lock of the installation: whoever locks several does.</summary>
    public static Loaded<Seq<Resource>> LoadTheseForUpdate(Loads loads, InstallationId installation, Seq<ResourceId> ids) =>
        loads.Many(LoadTheseForUpdateSql, Read, installation.Value, Texts(ids));

    /// <summary>Every resource of the installation, the uninstalled ones too, oldest first.</summary>
    public static Loaded<Seq<Resource>> LoadAll(Loads loads, InstallationId installation) =>
        loads.Many(LoadAllSql, Read, installation.Value);

    /// <summary>The same by itself.</summary>
    public static Task<Seq<Resource>> LoadAll(
        NpgsqlTransaction transaction, InstallationId installation, CancellationToken cancel) =>
        ReadMany(transaction.Command(LoadAllSql, installation.Value), cancel);

    public static Task<Seq<Resource>> LoadAllForUpdate(
        NpgsqlTransaction transaction, InstallationId installation, CancellationToken cancel) =>
        ReadMany(transaction.Command(LoadAllForUpdateSql, installation.Value), cancel);

    /// <summary>The resources that were not uninstalled, oldest first.</summary>
    /// <param name="among">Only these; all when null.</param>
    public static Loaded<Seq<Resource>> LoadLiving(Loads loads, InstallationId installation, string[]? among, int resourcesMax) =>
        among is null
            ? loads.Many(LivingSql, Read, installation.Value, resourcesMax)
            : loads.Many(LivingAmongSql, Read, installation.Value, resourcesMax, among);

    /// <summary>For every plan.</summary>
    public static Loaded<PlanCounts> CountByPlan(Loads loads, InstallationId installation) => loads.One(
        PlanCounts.None, CountByPlanSql, PlanCounts.Read, installation.Value);

    /// <summary>Asked after the installation was locked, so that the answer still holds at the commit.</summary>
    /// <param name="plan">In whatever version; none counts those that have no plan of their own.</param>
    /// <param name="product">Whose plan it is, for one that is not made yet.</param>
    public static Loaded<int> CountOnPlan(Loads loads, InstallationId installation, Option<string> plan, Option<string> product) =>
        CountOnPlan(loads, installation, plan, null, product.OrNull());

    /// <param name="except">A resource that is there, whose product the plan is of.</param>
    public static Loaded<int> CountOnPlan(Loads loads, InstallationId installation, Option<string> plan, ResourceId except) =>
        CountOnPlan(loads, installation, plan, except.Value, null);

    private static Loaded<int> CountOnPlan(
        Loads loads, InstallationId installation, Option<string> plan, string? except, string? product) =>
        loads.One(0, CountOnPlanSql, reader => (int)reader.GetInt64(0), installation.Value, plan.Map(id => new PlanId(id).Name).OrNull(), except, product);

    /// <summary>The resources whose next plan is due to begin, the longest overdue first.</summary>
    public static async Task<IReadOnlyList<(InstallationId Installation, ResourceId Resource)>> NextPlansDue(
        NpgsqlConnection connection, DateTimeOffset now, int resourcesMax, CancellationToken cancel)
    {
        await using var command = connection.Command(NextPlansDueSql, now, resourcesMax);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var due = new List<(InstallationId, ResourceId)>();
        while (await reader.ReadAsync(cancel))
            due.Add((new InstallationId(reader.GetString(0)), new ResourceId(reader.GetString(1))));
        return due;
    }

    public static void Insert(Writes writes, InstallationId installation, Resource resource) =>
        writes.AddRow(Inserted, Row(installation, resource));

    /// <summary>One that was handed over to the installation, for the first time or again.</summary>
    public static void Receive(Writes writes, InstallationId installation, Resource resource) =>
        writes.Add(ReceiveSql, Row(installation, resource));

    public static void Save(Writes writes, InstallationId installation, Resource resource)
    {
        var (facts, stage) = (resource.Facts, Stage(resource));
        writes.Add(
            UpdateSql, installation.Value, facts.Id.Value, facts.Name, new Jsonb(MetadataJson.Write(facts.Metadata)),
            facts.Plan.Map(plan => plan.Value).OrNull(), facts.EdgeConfigId.OrNull(), stage.Status, stage.Reason,
            stage.UninstalledAt, facts.NextPlan.Map(next => next.Plan.Value).OrNull(), NextPlanAt(facts), Suspensions.Write(resource),
            NoticesJson.Write(facts.Notices), facts.Fault.OrNull());
    }

    private static SqlValue[] Row(InstallationId installation, Resource resource)
    {
        var (facts, stage) = (resource.Facts, Stage(resource));
        return
        [
            installation.Value, facts.Id.Value, facts.Product.Value, facts.Name,
            new Jsonb(MetadataJson.Write(facts.Metadata)), facts.Plan.Map(plan => plan.Value).OrNull(),
            facts.ExternalId.OrNull(), facts.EdgeConfigId.OrNull(), stage.Status, stage.Reason, facts.CreatedAt,
            stage.UninstalledAt, facts.NextPlan.Map(next => next.Plan.Value).OrNull(), NextPlanAt(facts), Suspensions.Write(resource),
            NoticesJson.Write(facts.Notices), Ownerships.NameOf(facts.Ownership), Ownerships.ReferenceOf(facts.Ownership),
            facts.Fault.OrNull(),
        ];
    }

    private static DateTimeOffset? NextPlanAt(ResourceProfile facts) =>
        facts.NextPlan.MatchUnsafe<DateTimeOffset?>(next => next.EffectiveAt, () => null);

    private static (string Status, string? Reason, DateTimeOffset? UninstalledAt) Stage(Resource resource) =>
        resource switch
        {
            Resource.Error error => (ResourceStatus.OfStage(resource), error.Reason, null),
            Resource.Uninstalled gone => (ResourceStatus.OfStage(resource), null, gone.UninstalledAt),
            _ => (ResourceStatus.OfStage(resource), null, null),
        };

    private static async Task<Resource?> ReadOne(NpgsqlCommand command, CancellationToken cancel)
    {
        await using (command)
        {
            await using var reader = await command.ExecuteReaderAsync(cancel);
            return await reader.ReadAsync(cancel) ? Read(reader) : null;
        }
    }

    private static async Task<Seq<Resource>> ReadMany(NpgsqlCommand command, CancellationToken cancel)
    {
        await using (command)
        {
            await using var reader = await command.ExecuteReaderAsync(cancel);
            var resources = new List<Resource>();
            while (await reader.ReadAsync(cancel))
                resources.Add(Read(reader));
            return resources.ToSeq().Strict();
        }
    }

    private static string[] Texts(Seq<ResourceId> ids) => [.. ids.Select(id => id.Value)];

    /// <summary>From the <see cref="Columns"/>, which come first in a row.</summary>
    public static Resource Read(NpgsqlDataReader reader)
    {
        var id = new ResourceId(reader.GetString(1));
        using var metadata = JsonDocument.Parse(reader.GetString(4));
        var profile = new ResourceProfile(
            id,
            new ProductId(reader.GetString(2)),
            reader.GetString(3),
            MetadataJson.Read(metadata.RootElement).IfNone(() =>
                throw new CorruptRowException("resource", id.Value, "its metadata is not of any kind that we write")),
            reader.TextOption(5).Map(plan => new PlanId(plan)),
            reader.TextOption(6),
            reader.TextOption(7),
            reader.Moment(10))
        {
            NextPlan = reader.TextOption(12).Map(plan => new NextPlan(new PlanId(plan), reader.Moment(13))),
            Notices = NoticesJson.Read(reader.GetString(15)),
            Fault = reader.TextOption(18),
            Ownership = Ownerships.Read(id, reader.GetString(16), reader.TextOrNull(17)),
        };
        return reader.GetString(8) switch
        {
            "pending" => new Resource.Pending(profile),
            "onboarding" => new Resource.Onboarding(profile),
            "ready" => new Resource.Ready(profile),
            "suspended" => new Resource.Suspended(profile, Suspensions.Read(id, reader.GetString(14))),
            "resumed" => new Resource.Resumed(profile),
            "error" => new Resource.Error(profile, reader.GetString(9)),
            "uninstalled" => new Resource.Uninstalled(profile, reader.Moment(11)),
            var unknown => throw new CorruptRowException("resource", id.Value, $"no status is called '{unknown}'"),
        };
    }
}

/// <summary>How many resources an installation has, the uninstalled ones left out.</summary>
/// <param name="OnPlan">By the name of the plan, in whatever version.</param>
/// <param name="WithoutPlan">Of their own.</param>
internal sealed record PlanCounts(HashMap<(ProductId Product, string Plan), int> OnPlan, int WithoutPlan)
{
    public static readonly PlanCounts None = new(HashMap<(ProductId Product, string Plan), int>.Empty, 0);

    public int On(ProductId product, PlanId plan) => OnPlan.Find((product, plan.Name)).IfNone(0);

    public static PlanCounts Read(NpgsqlDataReader reader)
    {
        var (products, plans, resources) =
            (reader.GetFieldValue<string[]>(0), reader.GetFieldValue<string?[]>(1), reader.GetFieldValue<long[]>(2));
        return products.Select((product, at) => (product, plan: plans[at], count: (int)resources[at]))
            .Aggregate(None, (so, one) => one.plan is null
                ? so with { WithoutPlan = so.WithoutPlan + one.count }
                : so with { OnPlan = so.OnPlan.AddOrUpdate((new ProductId(one.product), new PlanId(one.plan).Name), count => count + one.count, one.count) });
    }
}
