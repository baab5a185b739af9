using LanguageExt;
using Marketplace.Core;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Installations;
using Marketplace.Core.Money;
using Marketplace.Core.Resources;
using Marketplace.Shell.Persistence;
using Marketplace.Shell.Resources;
using Npgsql;
using static LanguageExt.Prelude;

namespace Marketplace.Shell.Provisioning.Keys;

/// <summary>The hashes of the keys that were handed out.</summary>
internal static class ApiKeyRows
{
    private const string Into = "insert into api_key (installation_id, resource_id, operation_id, key_hash, minted_at)";

    private const string InsertSql = $"{Into} values ($1, $2, $3, $4, $5)";

    private const string InsertManySql = $"{Into} select * from unnest($1::text[], $2::text[], $3::text[], $4::bytea[], $5::timestamptz[])";

    // An operation that is repeated hands out another key for the same thing; the one before was told to nobody. What comes back to where
    // it was before is there again, and nowhere else.
    private const string ReplaceSql = """
        insert into api_key (installation_id, resource_id, operation_id, key_hash, minted_at, ended_at) values ($1, $2, $3, $4, $5, $6)
        on conflict (installation_id, resource_id, operation_id) do update set key_hash = excluded.key_hash, ended_at = excluded.ended_at,
            moved_to = null
        """;

    private const string EndSql = """
        update api_key set ended_at = $4
        where installation_id = $1 and resource_id = $2 and operation_id = any ($3) and ended_at is null
        """;

    private const string EndAllSql = "update api_key set ended_at = $3 where installation_id = $1 and resource_id = $2 and ended_at is null";

    private const string LoadTheseSql = """
        select resource_id, operation_id, key_hash, minted_at, ended_at from api_key
        where installation_id = $1 and resource_id = any ($2) and moved_to is null for update
        """;

    // In one statement, because what it finds must have been so at one moment: a resource may be changing hands.
    private const string FindSql = $"""
        select {ResourceRows.Columns}, moved_to, ends_at, installation_plan_id,
            (select e.balance_after from balance_entry e
             where e.installation_id = $1 and e.balance = case when resource.billing_plan_id is null then '' else $2 end
             order by e.position desc limit 1) as left_over
        from resource
            cross join lateral (
                select k.moved_to, least(k.ended_at, g.expires_at, g.expired_at) as ends_at
                from api_key k left join secret_generation g
                    on g.installation_id = k.installation_id and g.resource_id = k.resource_id and g.operation_id = k.operation_id
                where k.installation_id = $1 and k.resource_id = $2 and k.key_hash = $3) held
            cross join lateral (select i.billing_plan_id as installation_plan_id from installation i where i.installation_id = $1) held_by
        where installation_id = $1 and resource_id = $2
        """;

    private const string MovedSql = """
        update api_key set moved_to = $4 where installation_id = $1 and resource_id = $2 and operation_id = $3
        """;

    // For the drift report: it spans installations on purpose.
    private const string ResourcesSql = "select distinct resource_id from api_key where moved_to is null and ended_at is null";

    private static readonly Inserts Inserted = new(InsertSql, InsertManySql);

    public static void Insert(
        Writes writes, InstallationId installation, ResourceId resource, OperationId operation, ApiKey key, DateTimeOffset now) =>
        writes.AddRow(Inserted, installation.Value, resource.Value, operation.Value, key.Hash(), now);

    /// <summary>The same for an operation that may have minted one before.</summary>
    public static void Replace(
        Writes writes, InstallationId installation, ResourceId resource, OperationId operation, ApiKey key, DateTimeOffset now) =>
        writes.Add(ReplaceSql, installation.Value, resource.Value, operation.Value, key.Hash(), now, (DateTimeOffset?)null);

    public static void End(Writes writes, InstallationId installation, ResourceId resource, Seq<OperationId> minted, DateTimeOffset now) =>
        writes.Add(EndSql, installation.Value, resource.Value, minted.Select(operation => operation.Value).ToArray(), now);

    public static void EndAll(Writes writes, InstallationId installation, ResourceId resource, DateTimeOffset now) =>
        writes.Add(EndAllSql, installation.Value, resource.Value, now);

    /// <summary>The key that is shown, where it says that it is kept; null when there is none.</summary>
    /// <param name="at">Where it was minted or, when its resource has changed hands since, where that says that it went.</param>
    public static Loaded<FoundKey?> Find(Loads loads, InstallationId at, ApiKey key) =>
        loads.One(FindSql, ReadFound, at.Value, key.Resource.Value, key.Hash());

    public static Loaded<Seq<StoredKey>> LoadThese(Loads loads, InstallationId installation, Seq<ResourceId> resources) => loads.Many(
        LoadTheseSql,
        reader => new StoredKey(
            new ResourceId(reader.GetString(0)), new OperationId(reader.GetString(1)), reader.GetFieldValue<byte[]>(2), reader.Moment(3),
            reader.MomentOrNull(4)),
        installation.Value, resources.Select(resource => resource.Value).ToArray());

    /// <summary>Written anew for the new owner; where they were, they say where they went.</summary>
    public static void Move(Writes writes, InstallationId from, InstallationId to, Seq<StoredKey> keys)
    {
        foreach (var (resource, operation, hash, mintedAt, endedAt) in keys)
        {
            writes.Add(ReplaceSql, to.Value, resource.Value, operation.Value, hash, mintedAt, endedAt);
            writes.Add(MovedSql, from.Value, resource.Value, operation.Value, to.Value);
        }
    }

    public static async Task<Seq<ResourceId>> Resources(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var command = connection.Command(ResourcesSql);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var resources = new List<ResourceId>();
        while (await reader.ReadAsync(cancel))
            resources.Add(new ResourceId(reader.GetString(0)));
        return resources.ToSeq().Strict();
    }

    private static FoundKey ReadFound(NpgsqlDataReader reader)
    {
        if (reader.TextOrNull(reader.GetOrdinal("moved_to")) is { } movedTo)
            return new FoundKey.Moved(new InstallationId(movedTo));

        var left = reader.GetOrdinal("left_over");
        return new FoundKey.Here(
            new InstallationId(reader.GetString(0)), ResourceRows.Read(reader), reader.TextOption(reader.GetOrdinal("installation_plan_id")).Map(plan => new PlanId(plan)),
            Optional(reader.MomentOrNull(reader.GetOrdinal("ends_at"))),
            reader.IsDBNull(left) ? None : Some(new Usd(reader.GetDecimal(left))));
    }
}

internal sealed record StoredKey(
    ResourceId Resource, OperationId MintedBy, byte[] Hash, DateTimeOffset MintedAt, DateTimeOffset? EndedAt);

/// <summary>What a place says of a key that was shown.</summary>
internal abstract record FoundKey
{
    private FoundKey() { }

    /// <summary>Its resource has changed hands since.</summary>
    public sealed record Moved(InstallationId To) : FoundKey;

    /// <param name="InstallationPlan">Of the installation as a whole.</param>
    /// <param name="EndsAt">Or ended.</param>
    /// <param name="Left">Of the balance that the resource draws on.</param>
    public sealed record Here(
        InstallationId Installation, Resource Resource, Option<PlanId> InstallationPlan, Option<DateTimeOffset> EndsAt, Option<Usd> Left) : FoundKey;
}
