using LanguageExt;
using Marketplace.Core.Installations;
using Marketplace.Core;
using Marketplace.Core.Resources;
using Marketplace.Core.Secrets;
using Marketplace.Shell.Persistence;
using Npgsql;

namespace Marketplace.Shell.Secrets;

/// <summary>Generations of secrets. The values are encrypted for their row, and erased when they have ended.</summary>
internal static class SecretRows
{
    private const string Table = "secret_generation";

    private const string LoadSql = """
        select operation_id, minted_at, expires_at, expired_at from secret_generation
        where installation_id = $1 and resource_id = $2 order by minted_at, expires_at nulls last
        """;

    private const string LoadForUpdateSql = $"{LoadSql} for no key update";

    private const string CurrentSql = """
        select operation_id, secrets from secret_generation
        where installation_id = $1 and resource_id = $2 and expires_at is null and expired_at is null
        """;

    private const string HeldSql = """
        select resource_id from secret_generation
        where installation_id = $1 and expires_at is null and expired_at is null and secrets is not null
        """;

    private const string Into = "insert into secret_generation (installation_id, resource_id, operation_id, minted_at, secrets)";

    private const string InsertSql = $"{Into} values ($1, $2, $3, $4, $5)";

    private const string InsertManySql = $"{Into} select * from unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[], $5::bytea[])";

    private const string ExpireSql = """
        update secret_generation set expires_at = $4
        where installation_id = $1 and resource_id = $2 and operation_id = $3 and expires_at is distinct from $4
        """;

    private const string EndSql = """
        update secret_generation set expired_at = $4, secrets = null
        where installation_id = $1 and resource_id = $2 and operation_id = $3 and expired_at is null
        """;

    private const string HoldSql = """
        update secret_generation set secrets = $4
        where installation_id = $1 and resource_id = $2 and operation_id = $3 and expires_at is null and expired_at is null
        """;

    private const string EraseSql = """
        update secret_generation set expired_at = $3, secrets = null
        where installation_id = $1 and resource_id = $2 and expired_at is null
        """;

    private const string LoadTheseSql = """
        select resource_id, operation_id, minted_at, expires_at, expired_at, secrets from secret_generation
        where installation_id = $1 and resource_id = any ($2) for update
        """;

    private const string InsertAgainSql = """
        insert into secret_generation (installation_id, resource_id, operation_id, minted_at, expires_at, expired_at, secrets)
        values ($1, $2, $3, $4, $5, $6, $7)
        """;

    private const string DeleteSql =
        "delete from secret_generation where installation_id = $1 and resource_id = $2 and operation_id = $3";

    // One operation for each generation whose time is over; asking again adds none. Batch claim of a job.
    private const string ExpireDueSql = """
        insert into operation (installation_id, operation_id, resource_id, kind, detail, requested_at)
        select g.installation_id, 'expire:' || g.operation_id, g.resource_id, 'expire_secrets',
            jsonb_build_object('Minted', jsonb_build_array(g.operation_id)), $1
        from secret_generation g
        where g.expires_at is not null and g.expired_at is null and g.expires_at <= $1
        on conflict do nothing
        """;

    private static readonly Inserts Inserted = new(InsertSql, InsertManySql);

    /// <summary>Null before the first are minted.</summary>
    public static async Task<ResourceSecrets?> LoadForUpdate(
        NpgsqlTransaction transaction, InstallationId installation, ResourceId resource, CancellationToken cancel)
    {
        var loads = new Loads();
        var generations = LoadForUpdate(loads, installation, resource);
        await loads.Send(transaction, cancel);
        return generations.Value.IsEmpty ? null : new ResourceSecrets(resource, generations.Value);
    }

    public static Loaded<Seq<SecretGeneration>> LoadForUpdate(Loads loads, InstallationId installation, ResourceId resource) =>
        loads.Many(LoadForUpdateSql, ReadGeneration, installation.Value, resource.Value);

    /// <summary>To look at, and decide nothing.</summary>
    public static Loaded<Seq<SecretGeneration>> Load(Loads loads, InstallationId installation, ResourceId resource) =>
        loads.Many(LoadSql, ReadGeneration, installation.Value, resource.Value);

    /// <summary>The values that Vercel hands out now, as far as they are kept; nothing when there are none (yet, or any more).</summary>
    public static async Task<HeldSecrets> LoadCurrent(
        NpgsqlTransaction transaction, SecretBox box, InstallationId installation, ResourceId resource, CancellationToken cancel)
    {
        var loads = new Loads();
        var current = LoadCurrent(loads, box, installation, resource);
        await loads.Send(transaction, cancel);
        return current.Value;
    }

    public static Loaded<HeldSecrets> LoadCurrent(Loads loads, SecretBox box, InstallationId installation, ResourceId resource) =>
        loads.One(
            HeldSecrets.Nothing, CurrentSql,
            reader => reader.IsDBNull(1)
                ? HeldSecrets.Nothing
                : StoredSecrets.Read(box.Unprotect(
                    reader.GetFieldValue<byte[]>(1), Table, installation.Value, resource.Value, reader.GetString(0))),
            installation.Value, resource.Value);

    /// <summary>The resources of which there are values that can be told again.</summary>
    public static Loaded<Seq<ResourceId>> Held(Loads loads, InstallationId installation) =>
        loads.Many(HeldSql, reader => new ResourceId(reader.GetString(0)), installation.Value);

    /// <summary>Writes what a mint or a rotation has changed.</summary>
    public static void SaveMinted(Writes writes, SecretBox box, InstallationId installation, ResourceSecrets next, HeldSecrets held) =>
        SaveMinted(writes, installation, next, Protect(box, installation, next, held));

    /// <summary>The same for values that were told once, and that nobody can be told again.</summary>
    public static void SaveMinted(Writes writes, InstallationId installation, ResourceSecrets next) =>
        SaveMinted(writes, installation, next, values: null);

    /// <summary>Other values for the generation that is in force.</summary>
    public static void Hold(Writes writes, SecretBox box, InstallationId installation, ResourceSecrets secrets, HeldSecrets held) =>
        writes.Add(
            HoldSql, installation.Value, secrets.Resource.Value, secrets.Current.MintedBy.Value, Protect(box, installation, secrets, held));

    private static byte[]? Protect(SecretBox box, InstallationId installation, ResourceSecrets secrets, HeldSecrets held) =>
        held == HeldSecrets.Nothing
            ? null
            : box.Protect(
                StoredSecrets.Write(held), Table, installation.Value, secrets.Resource.Value, secrets.Current.MintedBy.Value);

    private static void SaveMinted(Writes writes, InstallationId installation, ResourceSecrets next, byte[]? values)
    {
        var minted = next.Current;
        foreach (var generation in next.Generations.OfType<SecretGeneration.Expiring>())
            writes.Add(ExpireSql, installation.Value, next.Resource.Value, generation.MintedBy.Value, generation.ExpiresAt);
        writes.AddRow(
            Inserted, installation.Value, next.Resource.Value, minted.MintedBy.Value, minted.MintedAt, values);
    }

    public static void SaveEnded(Writes writes, InstallationId installation, ResourceSecrets next)
    {
        foreach (var generation in next.Generations.OfType<SecretGeneration.Ended>())
            writes.Add(EndSql, installation.Value, next.Resource.Value, generation.MintedBy.Value, generation.EndedAt);
    }

    /// <summary>The resource is gone, and every credential with it.</summary>
    public static void Erase(Writes writes, InstallationId installation, ResourceId resource, DateTimeOffset now) =>
        writes.Add(EraseSql, installation.Value, resource.Value, now);

    /// <summary>Every generation of these, with its values as they are stored.</summary>
    public static Loaded<Seq<StoredGeneration>> LoadThese(Loads loads, InstallationId installation, Seq<ResourceId> resources) => loads.Many(
        LoadTheseSql,
        reader => new StoredGeneration(
            new ResourceId(reader.GetString(0)), reader.GetString(1), reader.Moment(2), reader.MomentOrNull(3), reader.MomentOrNull(4),
            reader.IsDBNull(5) ? null : reader.GetFieldValue<byte[]>(5)),
        installation.Value, resources.Select(resource => resource.Value).ToArray());

    /// <summary>They go to the new owner, encrypted for their new rows: the old ciphertext opens nowhere else.</summary>
    public static void Move(Writes writes, SecretBox box, InstallationId from, InstallationId to, Seq<StoredGeneration> generations)
    {
        foreach (var (resource, mintedBy, mintedAt, expiresAt, expiredAt, values) in generations)
        {
            var anew = values is null
                ? null
                : box.Protect(box.Unprotect(values, Table, from.Value, resource.Value, mintedBy), Table, to.Value, resource.Value, mintedBy);
            writes.Add(DeleteSql, from.Value, resource.Value, mintedBy);
            writes.Add(InsertAgainSql, to.Value, resource.Value, mintedBy, mintedAt, expiresAt, expiredAt, anew);
        }
    }

    public static async Task RequestExpiry(NpgsqlConnection connection, DateTimeOffset now, CancellationToken cancel)
    {
        await using var command = connection.Command(ExpireDueSql, now);
        await command.ExecuteNonQueryAsync(cancel);
    }

    private static SecretGeneration ReadGeneration(NpgsqlDataReader reader)
    {
        var (mintedBy, mintedAt) = (new OperationId(reader.GetString(0)), reader.Moment(1));
        return (reader.MomentOrNull(2), reader.MomentOrNull(3)) switch
        {
            (_, { } endedAt) => new SecretGeneration.Ended(mintedBy, mintedAt, endedAt),
            ({ } expiresAt, null) => new SecretGeneration.Expiring(mintedBy, mintedAt, expiresAt),
            (null, null) => new SecretGeneration.Current(mintedBy, mintedAt),
        };
    }
}

/// <summary>A generation as it lies in its row.</summary>
/// <param name="Values">Encrypted for that row; null when they were erased.</param>
internal sealed record StoredGeneration(
    ResourceId Resource, string MintedBy, DateTimeOffset MintedAt, DateTimeOffset? ExpiresAt, DateTimeOffset? ExpiredAt, byte[]? Values);
