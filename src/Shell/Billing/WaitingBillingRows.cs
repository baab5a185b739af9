using LanguageExt;
using Marketplace.Shell.Persistence;
using Npgsql;

namespace Marketplace.Shell.Billing;

/// <summary>Everybody's reports and invoices that something came in the way of, for operators.</summary>
internal static class WaitingBillingRows
{
    private const string LongestSql = """
        select b.* from unnest($1::text[]) as w (work) cross join lateral (
            select installation_id, s.work, due_at, attempts, last_error, awaits_token from billing_schedule s
            where s.work = w.work and last_error is not null and (due_at, installation_id, s.work) > ($2, $3, $4)
            order by due_at, installation_id limit $5) b
        order by b.due_at, b.installation_id, b.work limit $5
        """;

    private const string OfOneSql = """
        select installation_id, work, due_at, attempts, last_error, awaits_token from billing_schedule
        where installation_id = $2 and work = any ($1) and last_error is not null order by due_at, work
        """;

    /// <summary>The longest waiting first.</summary>
    /// <param name="work">As the schedule names it.</param>
    public static Loaded<Seq<WaitingInstallation>> Page(Loads loads, Seq<string> work, WaitingPlace after, int max) =>
        loads.Many(LongestSql, Read, work.ToArray(), after.DueAt, after.Installation, after.Work, max);

    public static Loaded<Seq<WaitingInstallation>> OfOne(Loads loads, Seq<string> work, string installation) =>
        loads.Many(OfOneSql, Read, work.ToArray(), installation);

    private static WaitingInstallation Read(NpgsqlDataReader reader) => new(
        reader.GetString(0), reader.GetString(1), reader.Moment(2), reader.GetInt32(3), reader.TextOrNull(4), reader.GetBoolean(5));
}

/// <summary>Where a page goes on.</summary>
internal sealed record WaitingPlace(DateTimeOffset DueAt, string Installation, string Work)
{
    public static readonly WaitingPlace Start = new(DateTimeOffset.UnixEpoch, "", "");
}

/// <summary>An installation whose reports or invoices are due and not done.</summary>
/// <param name="Work">As the schedule names it.</param>
/// <param name="DueAt">Since when; in the future where it is put off.</param>
/// <param name="Reason">What came in the way last.</param>
internal sealed record WaitingInstallation(string Installation, string Work, DateTimeOffset DueAt, int Attempts, string? Reason, bool AwaitsToken);
