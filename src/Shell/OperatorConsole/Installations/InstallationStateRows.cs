using LanguageExt;
using Marketplace.Core.Installations;
using Marketplace.Core.Money;
using Marketplace.Shell.Persistence;

namespace Marketplace.Shell.OperatorConsole.Installations;

/// <summary>What an operator wants to know of one installation beside what it is: its token, its invoices, and what waits or was given up.</summary>
internal static class InstallationStateRows
{
    private const string TokenSql = """
        select access_token is not null, installed_at, token_retired_at, credentials_rotated_at, rotation_open, rotation_attempts,
            next_access_token is not null, former_access_token is not null
        from installation where installation_id = $1
        """;

    private const string OpenInvoicesSql = """
        select external_id, vercel_invoice_id, billing_period_start, billing_period_end, total, state, changed_at from invoice
        where installation_id = $1 and state not in ('paid', 'refunded', 'skipped') and test_result is null
        order by period_start desc, external_id desc limit $2
        """;

    // Bounded: that there are many is all that anybody wants to know.
    private const string WaitingSql = """
        select
            (select count(*) from (select from outbox_message where installation_id = $1 and state = 'pending' limit $2) as waiting),
            (select count(*) from (select from outbox_message where installation_id = $1 and state = 'dead' limit $2) as given_up),
            (select count(*) from (select from webhook where installation_id = $1 and state = 'pending' limit $2) as unread),
            (select count(*) from (select from webhook where installation_id = $1 and state = 'dead' limit $2) as unreadable),
            (select count(*) from (select from operation where installation_id = $1 and state = 'pending' limit $2) as open),
            (select count(*) from (select from operation where installation_id = $1 and state = 'pending' and attempts > 3 limit $2) as stuck),
            (select count(*) from (
                select from resource where installation_id = $1 and fault is not null and status not in ('error', 'uninstalled') limit $2) as faulty)
        """;

    public static Loaded<TokenState?> Token(Loads loads, InstallationId id) => loads.One(
        TokenSql,
        reader => new TokenState(
            reader.GetBoolean(0), reader.Moment(1), reader.MomentOrNull(2), reader.MomentOrNull(3), reader.GetBoolean(4), reader.GetInt32(5),
            reader.GetBoolean(6), reader.GetBoolean(7)),
        id.Value);

    /// <summary>Newest first.</summary>
    public static Loaded<Seq<OpenInvoice>> OpenInvoices(Loads loads, InstallationId id, int max) => loads.Many(
        OpenInvoicesSql,
        reader => new OpenInvoice(
            reader.GetString(0), reader.TextOrNull(1), reader.Moment(2), reader.Moment(3), new Usd(reader.GetDecimal(4)), reader.GetString(5),
            reader.Moment(6)),
        id.Value, max);

    /// <param name="max">As far as is counted.</param>
    public static Loaded<WaitingWork> Waiting(Loads loads, InstallationId id, int max) => loads.One(
        WaitingWork.Nothing, WaitingSql,
        reader => new WaitingWork(
            (int)reader.GetInt64(0), (int)reader.GetInt64(1), (int)reader.GetInt64(2), (int)reader.GetInt64(3), (int)reader.GetInt64(4),
            (int)reader.GetInt64(5), (int)reader.GetInt64(6)),
        id.Value, max);
}

/// <summary>How the token stands with which we call Vercel. What it is, nobody is shown.</summary>
/// <param name="RetiredAt">When Vercel said that the installation is over, so that the token was forgotten.</param>
/// <param name="RotatedAt">Null where it is still the first one.</param>
/// <param name="IsNextMade">Another one was made, and has not worked yet.</param>
/// <param name="IsFormerKept">The one before is still to be revoked.</param>
internal sealed record TokenState(
    bool IsHeld, DateTimeOffset InstalledAt, DateTimeOffset? RetiredAt, DateTimeOffset? RotatedAt, bool IsRotating, int RotationAttempts,
    bool IsNextMade, bool IsFormerKept);

/// <param name="Id">Ours.</param>
internal sealed record OpenInvoice(
    string Id, string? VercelId, DateTimeOffset PeriodStart, DateTimeOffset PeriodEnd, Usd Total, string State, DateTimeOffset ChangedAt);

/// <param name="Messages">To Vercel, that wait.</param>
/// <param name="StuckOperations">Of the open ones, those that have failed often.</param>
/// <param name="FaultyResources">Of which the provider says that they do not work.</param>
internal sealed record WaitingWork(
    int Messages, int DeadMessages, int Webhooks, int DeadWebhooks, int Operations, int StuckOperations, int FaultyResources)
{
    public static readonly WaitingWork Nothing = new(0, 0, 0, 0, 0, 0, 0);
}
