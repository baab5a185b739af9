using LanguageExt;
using Marketplace.Core;
using Marketplace.Core.Installations;
using Marketplace.Core.Resources;
using Marketplace.Shell.Persistence;
using Npgsql;

namespace Marketplace.Shell.Audit;

/// <summary>The audit for whoever reads it, newest first.</summary>
internal static class EventListRows
{
    // What ends in a point or a colon stands for everything that begins so: all events of a kind, all people of a kind.
    private const string PageSql = """
        select event_id, occurred_at, recorded_at, resource_id, kind, actor, cause, detail from domain_event
        where installation_id = $1 and event_id < $2 and ($3::text is null or resource_id = $3)
            and ($4::text is null or kind = $4 or right($4, 1) = '.' and starts_with(kind, $4))
            and ($5::text is null or actor = $5 or right($5, 1) = ':' and starts_with(actor, $5))
            and ($6::timestamptz is null or occurred_at >= $6) and ($7::timestamptz is null or occurred_at < $7)
        order by event_id desc limit $8
        """;

    public static Loaded<Seq<AuditedEvent>> Page(
        Loads loads, InstallationId installation, ResourceId? resource, AuditFilter filter, long before, int max) => loads.Many(
        PageSql, Read, installation.Value, before, resource?.Value, filter.Type, filter.Actor, filter.Since, filter.Until, max);

    private static AuditedEvent Read(NpgsqlDataReader reader) => new(
        reader.GetInt64(0), reader.Moment(1), reader.Moment(2), reader.TextOrNull(3), reader.GetString(4), reader.GetString(5),
        reader.GetString(6), reader.GetString(7));
}

/// <summary>Null asks for all.</summary>
/// <param name="Since">When it happened.</param>
/// <param name="Until">Not any more.</param>
internal sealed record AuditFilter(string? Type, string? Actor, DateTimeOffset? Since, DateTimeOffset? Until);

/// <summary>What happened, who did it, and by what.</summary>
/// <param name="Detail">JSON.</param>
internal sealed record AuditedEvent(
    long Id, DateTimeOffset OccurredAt, DateTimeOffset RecordedAt, string? Resource, string Type, string Actor, string Cause, string Detail);
