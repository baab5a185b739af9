using System.Diagnostics;
using System.Text.Json;
using LanguageExt;
using Marketplace.Core;
using Marketplace.Core.BillingPlans;
using Marketplace.Core.Installations;
using Marketplace.Core.Resources;
using Marketplace.Jobs.Operations;
using Marketplace.Jobs.Provisioning;
using Marketplace.Jobs.Telemetry;
using Marketplace.Shell.Persistence;
using Marketplace.Shell.Resources;
using Npgsql;

namespace Marketplace.Shell.Operations;

/// <summary>Intents to change the world outside. Leases and backoff run by the database's own clock, the same for every node.</summary>
internal static class OperationRows
{
    private const string AppendSql = """
        insert into operation (installation_id, operation_id, resource_id, kind, detail, requested_at, traceparent)
        values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing
        """;

    // The oldest open operation of each resource. Batch claim of a job: it spans installations on purpose.
    private const string ClaimSql = """
        with head as (
            select distinct on (installation_id, resource_id) installation_id, operation_id
            from operation
            where state = 'pending'
            order by installation_id, resource_id, sequence),
        free as (
            select o.installation_id, o.operation_id
            from operation o join head using (installation_id, operation_id)
            where o.state = 'pending' and o.leased_until < clock_timestamp() and o.next_attempt_at <= clock_timestamp()
            order by o.next_attempt_at
            limit $1
            for update of o skip locked)
        update operation o set leased_until = clock_timestamp() + $2, attempts = o.attempts + 1
        from free
        where o.installation_id = free.installation_id and o.operation_id = free.operation_id
        returning o.installation_id, o.operation_id, o.resource_id, o.kind, o.detail, o.attempts, o.told, o.requested_at, o.traceparent
        """;

    private const string ClaimOneSql = """
        update operation o set leased_until = clock_timestamp() + $3, attempts = o.attempts + 1
        where o.installation_id = $1 and o.operation_id = $2 and o.state = 'pending' and o.leased_until < clock_timestamp()
            and not exists (
                select from operation earlier
                where earlier.installation_id = $1 and earlier.resource_id = o.resource_id and earlier.state = 'pending'
                    and earlier.sequence < o.sequence)
        returning o.installation_id, o.operation_id, o.resource_id, o.kind, o.detail, o.attempts, o.told, o.requested_at, o.traceparent
        """;

    private const string LockSql = """
        select state, handed_over from operation where installation_id = $1 and operation_id = $2 for no key update
        """;

    private const string CloseSql = """
        update operation set state = $3, last_error = $4, closed_at = clock_timestamp(), leased_until = '-infinity', told = null
        where installation_id = $1 and operation_id = $2
        """;

    // What was told while the call was under way is not put off with it; what the call has seen is. A no to taking something away is not
    // kept: the next attempt asks again.
    private const string PostponeSql = """
        update operation set last_error = $3, leased_until = '-infinity',
            next_attempt_at = case when told is null or $5 then clock_timestamp() + $4 else clock_timestamp() end,
            told = case when $5 and kind in ('expire_secrets', 'deprovision') then null else told end
        where installation_id = $1 and operation_id = $2 and state = 'pending'
        """;

    private const string ToldSql = """
        select kind, detail, state, resource_id, attempts, told from operation where installation_id = $1 and operation_id = $2 for no key update
        """;

    private const string TellSql = """
        update operation set told = $3, next_attempt_at = clock_timestamp() where installation_id = $1 and operation_id = $2
        """;

    private const string NextChangeSql = """
        select operation_id, kind, detail from operation
        where installation_id = $1 and resource_id = $2 and kind = 'change_plan' and state = 'pending' and operation_id <> $3
        order by sequence limit 1
        """;

    private const string SetDetailSql = "update operation set detail = $3 where installation_id = $1 and operation_id = $2";

    private const string HandOverSql = """
        update operation set handed_over = handed_over or state = 'pending'
        where installation_id = $1 and operation_id = $2
        returning state, last_error
        """;

    private const string ResourceSql = "select resource_id from operation where installation_id = $1 and operation_id = $2";

    private const string OpenRotationSql = """
        select operation_id, detail from operation
        where installation_id = $1 and resource_id = $2 and kind = 'rotate' and state = 'pending' order by sequence desc limit 1
        """;

    private const string OpenOfResourceSql = """
        select operation_id, kind, detail, requested_at from operation
        where installation_id = $1 and resource_id = $2 and state = 'pending' order by sequence
        """;

    private const string IsOpenSql = """
        select exists (select from operation where installation_id = $1 and operation_id = $2 and state = 'pending')
        """;

    private const string AnyOpenSql = "select exists (select from operation where installation_id = $1 and state = 'pending')";

    private const string ChangingSql = """
        select distinct resource_id from operation where installation_id = $1 and resource_id = any ($2) and state = 'pending'
        """;

    public static void Append(
        Writes writes, InstallationId installation, ResourceId resource, OperationId id, OperationRequest request,
        DateTimeOffset now)
    {
        var (kind, detail) = Write(request);
        writes.Add(AppendSql, installation.Value, id.Value, resource.Value, kind, detail, now, Traces.Cause);
    }

    public static async Task<IReadOnlyList<ClaimedRow>> Claim(
        NpgsqlConnection connection, int operationsMax, TimeSpan lease, CancellationToken cancel)
    {
        await using var command = connection.Command(ClaimSql, operationsMax, lease);
        return await ReadMany(command, cancel);
    }

    public static async Task<ClaimedRow?> Claim(
        NpgsqlConnection connection, InstallationId installation, OperationId id, TimeSpan lease, CancellationToken cancel)
    {
        await using var command = connection.Command(ClaimOneSql, installation.Value, id.Value, lease);
        return (await ReadMany(command, cancel)).SingleOrDefault();
    }

    /// <summary>Null when it is closed; else whether the caller was told 'pending'.</summary>
    public static async Task<bool?> LockOpen(
        NpgsqlTransaction transaction, InstallationId installation, OperationId id, CancellationToken cancel)
    {
        await using var command = transaction.Command(LockSql, installation.Value, id.Value);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        if (!await reader.ReadAsync(cancel))
            throw new CorruptRowException("operation", id.Value, "it is gone, though it was claimed");
        return reader.GetString(0) == "pending" ? reader.GetBoolean(1) : null;
    }

    public static void Close(Writes writes, InstallationId installation, OperationId id, bool refused, string? reason) =>
        writes.Add(CloseSql, installation.Value, id.Value, refused ? "refused" : "done", reason);

    public static async Task Postpone(
        NpgsqlConnection connection, InstallationId installation, OperationId id, string reason, TimeSpan delay, bool hasSeenTold,
        CancellationToken cancel)
    {
        await using var command = connection.Command(PostponeSql, installation.Value, id.Value, reason, delay, hasSeenTold);
        await command.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>How an operation stands for whoever tells of it. None is changed meanwhile.</summary>
    public static Loaded<ToldRow?> LoadForTelling(Loads loads, InstallationId installation, OperationId id) => loads.One<ToldRow>(
        ToldSql,
        reader => new ToldRow(
            Read(id.Value, reader.GetString(0), reader.GetString(1)), reader.GetString(2), new ResourceId(reader.GetString(3)), reader.GetInt32(4),
            reader.IsDBNull(5) ? null : reader.GetFieldValue<byte[]>(5)),
        installation.Value, id.Value);

    /// <summary>The worker carries it on at once.</summary>
    public static void Tell(Writes writes, InstallationId installation, OperationId id, byte[] told) =>
        writes.Add(TellSql, installation.Value, id.Value, told);

    /// <summary>The change that waits behind this one. Asked under the lock of the resource, without which none is added.</summary>
    public static Loaded<NextChange?> NextChange(Loads loads, InstallationId installation, ResourceId resource, OperationId after) => loads.One(
        NextChangeSql,
        reader => new NextChange(
            new OperationId(reader.GetString(0)),
            (OperationRequest.ChangePlan)Read(reader.GetString(0), reader.GetString(1), reader.GetString(2))),
        installation.Value, resource.Value, after.Value);

    /// <summary>It asks for the same, and knows better what comes back when the answer is no.</summary>
    public static void Save(Writes writes, InstallationId installation, NextChange change) =>
        writes.Add(SetDetailSql, installation.Value, change.Id.Value, Write(change.Request).Detail);

    /// <summary>Says how the operation stands; one that is still open is from now on told to Vercel through the outbox.</summary>
    public static Loaded<OperationState?> HandOver(Loads loads, InstallationId installation, OperationId id) =>
        loads.One<OperationState>(HandOverSql, ReadState, installation.Value, id.Value);

    /// <summary>Nobody waits for the outcome: Vercel is told of it as soon as it is there.</summary>
    public static void HandOver(Writes writes, InstallationId installation, OperationId id) =>
        writes.Add(HandOverSql, installation.Value, id.Value);

    public static async Task<ResourceId> ResourceOf(
        NpgsqlConnection connection, InstallationId installation, OperationId id, CancellationToken cancel)
    {
        await using var command = connection.Command(ResourceSql, installation.Value, id.Value);
        return await command.ExecuteScalarAsync(cancel) is string resource
            ? new ResourceId(resource)
            : throw new CorruptRowException("operation", id.Value, "it is gone, though an answer names it");
    }

    /// <summary>The newest rotation of the resource that is not done yet. Asked under the lock of the resource, without which none is closed.</summary>
    public static Loaded<OpenRotation?> OpenRotation(Loads loads, InstallationId installation, ResourceId resource) =>
        loads.One(OpenRotationSql, ReadRotation, installation.Value, resource.Value);

    /// <summary>What is still to be done outside for a resource, oldest first, each with the moment at which it was asked for.</summary>
    public static Loaded<Seq<(OperationRequest Request, DateTimeOffset RequestedAt)>> OpenOf(
        Loads loads, InstallationId installation, ResourceId resource) => loads.Many(
        OpenOfResourceSql, reader => (Read(reader.GetString(0), reader.GetString(1), reader.GetString(2)), reader.Moment(3)),
        installation.Value, resource.Value);

    public static async Task<bool> IsOpen(
        NpgsqlConnection connection, InstallationId installation, OperationId id, CancellationToken cancel)
    {
        await using var command = connection.Command(IsOpenSql, installation.Value, id.Value);
        return (bool)(await command.ExecuteScalarAsync(cancel))!;
    }

    /// <summary>Is anything of this installation still to be done outside?</summary>
    public static async Task<bool> AnyOpen(NpgsqlTransaction transaction, InstallationId installation, CancellationToken cancel)
    {
        await using var command = transaction.Command(AnyOpenSql, installation.Value);
        return (bool)(await command.ExecuteScalarAsync(cancel))!;
    }

    public static Loaded<bool> AnyOpen(Loads loads, InstallationId installation) =>
        loads.One(false, AnyOpenSql, reader => reader.GetBoolean(0), installation.Value);

    /// <summary>Those of the resources of which something is still to be done outside.</summary>
    public static Loaded<Seq<ResourceId>> Changing(Loads loads, InstallationId installation, Seq<ResourceId> resources) => loads.Many(
        ChangingSql, reader => new ResourceId(reader.GetString(0)), installation.Value,
        resources.Select(resource => resource.Value).ToArray());

    private static async Task<IReadOnlyList<ClaimedRow>> ReadMany(NpgsqlCommand command, CancellationToken cancel)
    {
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var claimed = new List<ClaimedRow>();
        while (await reader.ReadAsync(cancel))
        {
            claimed.Add(new ClaimedRow(
                new InstallationId(reader.GetString(0)),
                new OperationId(reader.GetString(1)),
                new ResourceId(reader.GetString(2)),
                Read(reader.GetString(1), reader.GetString(3), reader.GetString(4)),
                reader.GetInt32(5),
                reader.IsDBNull(6) ? null : reader.GetFieldValue<byte[]>(6),
                reader.Moment(7),
                reader.TextOrNull(8)));
        }

        return claimed;
    }

    private static OpenRotation ReadRotation(NpgsqlDataReader reader) =>
        new(new OperationId(reader.GetString(0)), JsonSerializer.Deserialize<RotateDetail>(reader.GetString(1))!.OldSecretsLive);

    private static OperationState ReadState(NpgsqlDataReader reader) =>
        reader.GetString(0) switch
        {
            "pending" => new OperationState.Open(),
            "refused" => new OperationState.Refused(reader.TextOrNull(1) ?? ""),
            _ => new OperationState.Done(),
        };

    private static (string Kind, Jsonb Detail) Write(OperationRequest request) =>
        request switch
        {
            OperationRequest.Provision => ("provision", new Jsonb("{}")),
            OperationRequest.ChangePlan change => ("change_plan", Json(new ChangePlanDetail(change.ChangedAt, BeforeDetail.Of(change.Before)))),
            OperationRequest.Suspend => ("suspend", new Jsonb("{}")),
            OperationRequest.Resume => ("resume", new Jsonb("{}")),
            OperationRequest.Rotate rotate => ("rotate", Json(new RotateDetail(rotate.OldSecretsLive))),
            OperationRequest.ExpireSecrets expire =>
                ("expire_secrets", Json(new ExpireDetail([.. expire.Minted.Select(id => id.Value)]))),
            OperationRequest.Deprovision gone => ("deprovision", Json(new DeprovisionDetail(gone.UninstalledAt))),
            _ => throw new UnreachableException(request.GetType().Name),
        };

    private static OperationRequest Read(string id, string kind, string detail) =>
        kind switch
        {
            "provision" => new OperationRequest.Provision(),
            "change_plan" => ReadChange(id, JsonSerializer.Deserialize<ChangePlanDetail>(detail)!),
            "suspend" => new OperationRequest.Suspend(),
            "resume" => new OperationRequest.Resume(),
            "rotate" => new OperationRequest.Rotate(JsonSerializer.Deserialize<RotateDetail>(detail)!.OldSecretsLive),
            "expire_secrets" => new OperationRequest.ExpireSecrets(
                JsonSerializer.Deserialize<ExpireDetail>(detail)!.Minted.Select(minted => new OperationId(minted)).ToSeq().Strict()),
            "deprovision" => new OperationRequest.Deprovision(
                JsonSerializer.Deserialize<DeprovisionDetail>(detail)!.UninstalledAt),
            _ => throw new CorruptRowException("operation", id, $"no operation is called '{kind}'"),
        };

    private static Jsonb Json<T>(T detail) => new(JsonSerializer.Serialize(detail));

    private static OperationRequest.ChangePlan ReadChange(string id, ChangePlanDetail detail) => new(
        detail.ChangedAt,
        detail.Before is not { } before
            ? null
            : new PriorTerms(
                before.Plan is { } plan ? new PlanId(plan) : Option<PlanId>.None,
                MetadataJson.Read(before.Metadata).IfNone(() => throw new CorruptRowException("operation", id, "its metadata is not of any kind that we write")),
                before.Until));

    private sealed record ChangePlanDetail(DateTimeOffset ChangedAt, BeforeDetail? Before = null);

    private sealed record BeforeDetail(string? Plan, JsonElement Metadata, DateTimeOffset Until)
    {
        public static BeforeDetail? Of(PriorTerms? before) => before is null
            ? null
            : new(before.Plan.Map(plan => plan.Value).OrNull(), JsonElement.Parse(MetadataJson.Write(before.Metadata)), before.Until);
    }

    private sealed record RotateDetail(TimeSpan OldSecretsLive);

    private sealed record ExpireDetail(string[] Minted);

    private sealed record DeprovisionDetail(DateTimeOffset UninstalledAt);
}

/// <summary>A claimed operation as stored; the resource is loaded beside it.</summary>
/// <param name="Told">What arrived by itself, encrypted.</param>
internal sealed record ClaimedRow(
    InstallationId Installation, OperationId Id, ResourceId Resource, OperationRequest Request, int Attempts, byte[]? Told,
    DateTimeOffset RequestedAt, string? Cause);

/// <summary>An operation as it stands when somebody tells how it ended.</summary>
/// <param name="Attempts">None means that nobody was asked yet.</param>
internal sealed record ToldRow(OperationRequest Request, string State, ResourceId Resource, int Attempts, byte[]? Told)
{
    public bool IsOpen => State == "pending";
}

/// <summary>A change that waits for the one before it.</summary>
internal sealed record NextChange(OperationId Id, OperationRequest.ChangePlan Request);

/// <summary>A rotation that is not done yet.</summary>
internal sealed record OpenRotation(OperationId Id, TimeSpan OldSecretsLive);

/// <summary>How an operation stands when its request is answered.</summary>
internal abstract record OperationState
{
    private OperationState() { }

    public sealed record Open : OperationState;

    public sealed record Done : OperationState;

    /// <param name="Reason">For the customer to read.</param>
    public sealed record Refused(string Reason) : OperationState;
}
