using LanguageExt;
using Marketplace.Core.Installations;
using Marketplace.Core.Resources;
using Marketplace.Shell.Persistence;

namespace Marketplace.Shell.OperatorConsole.Resources;

/// <summary>What was, is and has still to be done about one resource, outside and at Vercel.</summary>
internal static class ResourceStateRows
{
    private const string OperationsSql = """
        select operation_id, kind, state, requested_at, attempts, last_error, closed_at, leased_until > clock_timestamp(),
            greatest(next_attempt_at - clock_timestamp(), interval '0')
        from operation where installation_id = $1 and resource_id = $2 order by sequence desc limit $3
        """;

    private const string ChecksSql = """
        select project_id, check_slug, state, attempts, last_error from project_check
        where installation_id = $1 and resource_id = $2 order by project_id, check_slug limit $3
        """;

    private const string CheckRunsSql = """
        select run_id, deployment_id, state, attempts, last_error, deadline from check_run
        where installation_id = $1 and resource_id = $2 order by deadline desc, run_id limit $3
        """;

    private const string TransfersSql = """
        select claim_id, offered_at, expires_at, target_installation_id, accepted_at from transfer
        where installation_id = $1 and $2 = any (resource_ids) order by offered_at desc, claim_id desc limit $3
        """;

    // Where it came from, which only the audit knows on this side.
    private const string ArrivedSql = """
        select detail ->> 'claim', occurred_at, detail ->> 'source' from domain_event
        where installation_id = $1 and kind = 'transfer.Accepted' and detail ->> 'target' = $1 and detail -> 'resources' ? $2
        order by event_id desc limit $3
        """;

    private const string MessagesSql = """
        select sequence, kind, state, tries, last_error, created_at from outbox_message
        where installation_id = $1 and resource_id = $2 and state <> 'delivered' order by sequence desc limit $3
        """;

    /// <summary>Newest first, those that are over too.</summary>
    public static Loaded<Seq<OperationRow>> Operations(Loads loads, InstallationId installation, ResourceId id, int max) => loads.Many(
        OperationsSql,
        reader => new OperationRow(
            reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.Moment(3), reader.GetInt32(4), reader.TextOrNull(5),
            reader.MomentOrNull(6), reader.GetBoolean(7), reader.GetTimeSpan(8)),
        installation.Value, id.Value, max);

    public static Loaded<Seq<CheckRow>> Checks(Loads loads, InstallationId installation, ResourceId id, int max) => loads.Many(
        ChecksSql,
        reader => new CheckRow(reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetInt32(3), reader.TextOrNull(4)),
        installation.Value, id.Value, max);

    /// <summary>Newest first.</summary>
    public static Loaded<Seq<CheckRunRow>> CheckRuns(Loads loads, InstallationId installation, ResourceId id, int max) => loads.Many(
        CheckRunsSql,
        reader => new CheckRunRow(
            reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetInt32(3), reader.TextOrNull(4), reader.Moment(5)),
        installation.Value, id.Value, max);

    /// <summary>In which the installation has offered it, newest first.</summary>
    public static Loaded<Seq<TransferRow>> Offered(Loads loads, InstallationId installation, ResourceId id, int max) => loads.Many(
        TransfersSql,
        reader => new TransferRow(
            reader.GetString(0), reader.Moment(1), reader.Moment(2), reader.TextOrNull(3), reader.MomentOrNull(4)),
        installation.Value, id.Value, max);

    /// <summary>By which it came here, newest first.</summary>
    public static Loaded<Seq<ArrivalRow>> Arrived(Loads loads, InstallationId installation, ResourceId id, int max) => loads.Many(
        ArrivedSql, reader => new ArrivalRow(reader.GetString(0), reader.Moment(1), reader.GetString(2)), installation.Value, id.Value, max);

    /// <summary>That Vercel has not taken, newest first.</summary>
    public static Loaded<Seq<MessageRow>> Messages(Loads loads, InstallationId installation, ResourceId id, int max) => loads.Many(
        MessagesSql,
        reader => new MessageRow(
            reader.GetInt64(0), reader.GetString(1), reader.GetString(2), reader.GetInt32(3), reader.TextOrNull(4), reader.Moment(5)),
        installation.Value, id.Value, max);
}

/// <param name="LastError">What the last attempt came to; null where it came to nothing wrong.</param>
/// <param name="IsHeld">Somebody is at it now.</param>
/// <param name="NextIn">Until the next attempt, in real time; nought where it is due.</param>
internal sealed record OperationRow(
    string Id, string Kind, string State, DateTimeOffset RequestedAt, int Attempts, string? LastError, DateTimeOffset? ClosedAt, bool IsHeld,
    TimeSpan NextIn);

internal sealed record CheckRow(string Project, string Slug, string State, int Attempts, string? LastError);

internal sealed record CheckRunRow(string Run, string Deployment, string State, int Attempts, string? LastError, DateTimeOffset Deadline);

/// <param name="Target">Null as long as nobody has it.</param>
internal sealed record TransferRow(string Claim, DateTimeOffset OfferedAt, DateTimeOffset ExpiresAt, string? Target, DateTimeOffset? AcceptedAt);

internal sealed record ArrivalRow(string Claim, DateTimeOffset At, string Source);

internal sealed record MessageRow(long Sequence, string Kind, string State, int Tries, string? LastError, DateTimeOffset CreatedAt);
