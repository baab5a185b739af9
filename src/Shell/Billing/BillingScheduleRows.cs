using System.Diagnostics.CodeAnalysis;
using Marketplace.Core.Installations;
using Marketplace.Jobs.Billing;
using Marketplace.Shell.Persistence;
using Npgsql;

namespace Marketplace.Shell.Billing;

/// <summary>The schedule of one installation's billing, which follows from its data: whoever looks late finds the same work.</summary>
internal static class BillingScheduleRows
{
    private const string InsertSql = """
        insert into billing_schedule (installation_id, work, due_at) values ($1, $2, $3)
        on conflict (installation_id, work) do update set due_at = least(billing_schedule.due_at, excluded.due_at),
            revision = billing_schedule.revision + 1, attempts = 0, next_attempt_at = clock_timestamp()
        """;

    private const string BeginSql = """
        insert into billing_schedule (installation_id, work, due_at) values ($1, $2, $3), ($1, $4, $5)
        """;

    // Batch claim of a job: it spans installations on purpose. What is tried for the first time and what is tried again are found each by an
    // index of their own: when Vercel is down, nearly everything that is due waits.
    private const string ClaimSql = """
        with first as (
            select installation_id, work, due_at from billing_schedule
            where work = $1 and attempts = 0 and due_at <= $2
                and leased_until < statement_timestamp() and next_attempt_at <= statement_timestamp()
            order by due_at
            limit $3
            for update skip locked),
        again as (
            select installation_id, work, due_at from billing_schedule
            where work = $1 and attempts > 0 and greatest(next_attempt_at, leased_until) <= statement_timestamp() and due_at <= $2
            order by greatest(next_attempt_at, leased_until)
            limit $3
            for update skip locked),
        free as (
            select installation_id, work from (select * from first union all select * from again) as either order by due_at limit $3)
        update billing_schedule s set leased_until = clock_timestamp() + $4, attempts = s.attempts + 1, awaits_token = false
        from free
        where s.installation_id = free.installation_id and s.work = free.work
        returning s.installation_id, s.due_at, s.attempts, s.revision
        """;

    // Not where it was brought forward meanwhile: an uninstall makes everything due at once.
    private const string DoneSql = """
        update billing_schedule set due_at = $4, attempts = 0, next_attempt_at = clock_timestamp(), leased_until = '-infinity',
            last_error = null
        where installation_id = $1 and work = $2 and revision = $3
        """;

    private const string ReleaseSql = """
        update billing_schedule set leased_until = '-infinity' where installation_id = $1 and work = $2
        """;

    // The same where it is not known whether there was a change.
    private const string ReleaseOtherSql = """
        update billing_schedule set leased_until = '-infinity' where installation_id = $1 and work = $2 and revision <> $3
        """;

    private const string EndAllSql = "delete from billing_schedule where installation_id = $1";

    private const string EndRevisionSql = """
        delete from billing_schedule where installation_id = $1 and work = $2 and revision = $3
        """;

    private const string PostponeSql = """
        update billing_schedule set next_attempt_at = clock_timestamp() + $4, leased_until = '-infinity', last_error = $5
        where installation_id = $1 and work = $2 and revision = $3
        """;

    private const string DeferSql = """
        update billing_schedule set due_at = $4, attempts = 0, next_attempt_at = clock_timestamp(), leased_until = '-infinity',
            last_error = $5
        where installation_id = $1 and work = $2 and revision = $3
        """;

    private const string AwaitTokenSql = """
        update billing_schedule set next_attempt_at = clock_timestamp() + $4, leased_until = '-infinity', last_error = $5, awaits_token = true
        where installation_id = $1 and work = $2 and revision = $3
        """;

    private const string TokenCameSql = """
        update billing_schedule set revision = revision + 1, attempts = 0, next_attempt_at = clock_timestamp(), awaits_token = false
        where installation_id = $1 and awaits_token
        """;

    private const string HastenSql = """
        update billing_schedule set due_at = least(due_at, $3), revision = revision + 1, next_attempt_at = clock_timestamp()
        where installation_id = $1 and work = $2
        """;

    private const string WakeSql = """
        update billing_schedule set revision = revision + 1, next_attempt_at = clock_timestamp()
        where installation_id = $1 and work = $2 and due_at <= $3
        """;

    // With what came in the way: some of the hours behind it are told.
    private const string ReopenSql = """
        insert into billing_schedule (installation_id, work, due_at, last_error) values ($1, $2, $3, $4)
        on conflict (installation_id, work) do update set due_at = least(billing_schedule.due_at, excluded.due_at),
            revision = billing_schedule.revision + 1, attempts = 0, next_attempt_at = clock_timestamp(), last_error = excluded.last_error
        """;

    private const string OpenSql = """
        select work, last_error from billing_schedule where installation_id = $1 and work not in ('finalization', 'settlement') order by work limit 1
        """;

    /// <summary>What a new installation has to be looked at for, again and again.</summary>
    public static void Begin(Writes writes, InstallationId installation, DateTimeOffset usageDueAt, DateTimeOffset invoicesDueAt) =>
        writes.Add(BeginSql, installation.Value, Name(BillingWork.Usage), usageDueAt, Name(BillingWork.Invoices), invoicesDueAt);

    /// <summary>Makes work due then; what was due earlier and is not done stays so.</summary>
    public static void Schedule(Writes writes, InstallationId installation, BillingWork work, DateTimeOffset dueAt) =>
        writes.Add(InsertSql, installation.Value, Name(work), dueAt);

    /// <summary>The same of what was done already, and is to be done again.</summary>
    /// <param name="why">For whoever looks at what waits.</param>
    public static void Reopen(Writes writes, InstallationId installation, BillingWork work, DateTimeOffset dueAt, string why) =>
        writes.Add(ReopenSql, installation.Value, Name(work), dueAt, why);

    /// <summary>The same by itself.</summary>
    public static Task Begin(
        NpgsqlConnection connection, InstallationId installation, BillingWork work, DateTimeOffset dueAt, CancellationToken cancel) =>
        Execute(connection, InsertSql, cancel, installation.Value, Name(work), dueAt);

    /// <summary>Makes work due that is scheduled for later; nothing when there is none.</summary>
    public static void Hasten(Writes writes, InstallationId installation, BillingWork work, DateTimeOffset now) =>
        writes.Add(HastenSql, installation.Value, Name(work), now);

    /// <summary>What was waiting for its next attempt is tried at once; nothing when it is not due.</summary>
    public static void Wake(Writes writes, InstallationId installation, BillingWork work, DateTimeOffset now) =>
        writes.Add(WakeSql, installation.Value, Name(work), now);

    /// <summary>The installation is final: nothing is looked at any more.</summary>
    public static void EndAll(Writes writes, InstallationId installation) => writes.Add(EndAllSql, installation.Value);

    public static async Task<IReadOnlyList<ClaimedWork>> Claim(
        NpgsqlConnection connection, BillingWork work, DateTimeOffset now, int installationsMax, TimeSpan lease,
        CancellationToken cancel)
    {
        await using var command = connection.Command(ClaimSql, Name(work), now, installationsMax, lease);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var claimed = new List<ClaimedWork>();
        while (await reader.ReadAsync(cancel))
            claimed.Add(new ClaimedWork(
                new InstallationId(reader.GetString(0)), work, reader.Moment(1), reader.GetInt32(2), reader.GetInt64(3)));
        return claimed;
    }

    /// <summary>The work is done; next at the given time, or never again. Where it was changed meanwhile, it is due again.</summary>
    public static Task Done(
        NpgsqlConnection connection, ClaimedWork claimed, DateTimeOffset? nextDueAt, CancellationToken cancel) =>
        nextDueAt is { } next
            ? Settle(connection, claimed, DoneSql, cancel, next)
            : Settle(connection, claimed, EndRevisionSql, cancel);

    /// <summary>The same in a transaction that does more.</summary>
    public static void Done(Writes writes, ClaimedWork claimed, DateTimeOffset? nextDueAt)
    {
        var (installation, work) = (claimed.Installation.Value, Name(claimed.Work));
        if (nextDueAt is { } next)
            writes.Add(DoneSql, installation, work, claimed.Revision, next);
        else
            writes.Add(EndRevisionSql, installation, work, claimed.Revision);
        writes.Add(ReleaseOtherSql, installation, work, claimed.Revision);
    }

    /// <summary>To be tried again after the delay, or at once where it was changed meanwhile.</summary>
    public static Task Postpone(
        NpgsqlConnection connection, ClaimedWork claimed, string reason, TimeSpan delay, CancellationToken cancel) =>
        Settle(connection, claimed, PostponeSql, cancel, delay, reason);

    /// <summary>The same in a transaction that does more.</summary>
    public static void Postpone(Writes writes, ClaimedWork claimed, string reason, TimeSpan delay)
    {
        var (installation, work) = (claimed.Installation.Value, Name(claimed.Work));
        writes.Add(PostponeSql, installation, work, claimed.Revision, delay, reason);
        writes.Add(ReleaseOtherSql, installation, work, claimed.Revision);
    }

    /// <summary>To be tried again with the next token, or after the delay, should Vercel take this one again.</summary>
    public static Task AwaitToken(
        NpgsqlConnection connection, ClaimedWork claimed, string reason, TimeSpan delay, CancellationToken cancel) =>
        Settle(connection, claimed, AwaitTokenSql, cancel, delay, reason);

    /// <summary>The same in a transaction that does more.</summary>
    public static void AwaitToken(Writes writes, ClaimedWork claimed, string reason, TimeSpan delay)
    {
        var (installation, work) = (claimed.Installation.Value, Name(claimed.Work));
        writes.Add(AwaitTokenSql, installation, work, claimed.Revision, delay, reason);
        writes.Add(ReleaseOtherSql, installation, work, claimed.Revision);
    }

    /// <summary>There is another token: what waited for it is tried at once.</summary>
    public static void TokenCame(Writes writes, InstallationId installation) => writes.Add(TokenCameSql, installation.Value);

    /// <summary>Due again at the given time, or at once where it was changed meanwhile.</summary>
    public static Task Defer(
        NpgsqlConnection connection, ClaimedWork claimed, string reason, DateTimeOffset until, CancellationToken cancel) =>
        Settle(connection, claimed, DeferSql, cancel, until, reason);

    /// <summary>The reports or invoices of an installation that are still to be sent, and what was last in their way; null when there are none.</summary>
    public static async Task<string?> Open(NpgsqlTransaction transaction, InstallationId installation, CancellationToken cancel)
    {
        await using var command = transaction.Command(OpenSql, installation.Value);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        if (!await reader.ReadAsync(cancel))
            return null;
        return reader.TextOrNull(1) is { } error ? $"{reader.GetString(0)}: {error}" : $"{reader.GetString(0)} still to be sent";
    }

    /// <summary>Whoever changed the schedule meanwhile knew something that this work did not: then it is only given back.</summary>
    private static async Task Settle(
        NpgsqlConnection connection, ClaimedWork claimed, [ConstantExpected] string text, CancellationToken cancel,
        params SqlValue[] values)
    {
        var (installation, name) = (claimed.Installation.Value, Name(claimed.Work));
        if (await Execute(connection, text, cancel, [installation, name, claimed.Revision, .. values]) == 0)
            await Execute(connection, ReleaseSql, cancel, installation, name);
    }

    private static async Task<int> Execute(
        NpgsqlConnection connection, [ConstantExpected] string text, CancellationToken cancel, params SqlValue[] values)
    {
        await using var command = connection.Command(text, values);
        return await command.ExecuteNonQueryAsync(cancel);
    }

    private static string Name(BillingWork work) =>
        work switch
        {
            BillingWork.Usage => "usage",
            BillingWork.Invoices => "invoices",
            BillingWork.Balances => "balances",
            BillingWork.Finalization => "finalization",
            BillingWork.Settlement => "settlement",
            _ => throw new System.Diagnostics.UnreachableException(work.ToString()),
        };
}
