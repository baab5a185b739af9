using Marketplace.Driver.Servers;
using Npgsql;
using NpgsqlTypes;

namespace Marketplace.Driver.Hourly;

/// <summary>Installations with one resource each, as they stand at the end of an hour after a while of service.</summary>
/// <param name="Installations">All on one plan with a price for each unit.</param>
/// <param name="Warming">How many more are reported first, while the worker compiles what is used often.</param>
/// <param name="Hours">Since the install, with which the billing period began: each has a reading, and is reported but for the last.</param>
/// <param name="EndsPeriod">The billing period ends with the hour, as a calendar of its own has it.</param>
/// <param name="IsLevel">What is billed is a level that was read every hour, not what was reported as used.</param>
internal sealed record HourlyEstate(int Installations, int Warming, int Hours, bool EndsPeriod = false, bool IsLevel = false)
{
    /// <summary>The end of the last hour, for which nothing is reported yet: by a clock that stands still, so that no other strikes meanwhile.</summary>
    public static readonly DateTimeOffset DueAt = new(2027, 3, 31, 12, 0, 0, TimeSpan.Zero);

    public string Catalogue =>
        $$"""
        {
          "products": [{
            "id": "calls", "name": "Calls", "provisioner": "keys", "metadata": { "type": "object", "properties": {} },
            "metrics": [{ "id": "calls", "name": "Calls", "type": "{{(IsLevel ? "total" : "interval")}}", "units": "calls" }],
            "plans": [{
              "id": "metered", "type": "subscription", "name": "Metered", "description": "A monthly price, and each call.",
              "pricing": { "base": "19.00", "metered": [{ "metric": "calls", "unitPrice": "0.00004", "units": "calls", "included": "1000" }] }
            }]
          }]
        }
        """;

    /// <summary>So that the statements of a bulk load do not wait for the disk one by one, and the worker's own still do.</summary>
    private const string Prepare =
        """
        set synchronous_commit = off;
        create temp table seeded (number integer, installation_id text, access_token bytea);
        create temp table given (due_at timestamptz, hours integer, warming integer, period_start timestamptz, period_end timestamptz,
            anchor timestamptz);
        """;

    private static readonly string[] Rows =
    [
        """
        insert into installation (installation_id, stage, account_id, account_url, account_name, scopes, accepted_policies, installed_at,
            anchor_day, anchor_hour, access_token, token_type, account_due_at)
        select installation_id, 'active', 'acc_' || number, 'https://vercel.com/acc_' || number, 'Team ' || number, '{}', '{}',
            due_at - make_interval(hours => hours), extract(day from anchor at time zone 'UTC'), extract(hour from anchor at time zone 'UTC'),
            access_token, 'Bearer', 'infinity'
        from seeded cross join given
        """,
        """
        insert into resource (installation_id, resource_id, product_id, name, metadata, billing_plan_id, status, created_at)
        select installation_id, 'res_' || md5(installation_id), 'calls', case when number < warming then 'first' else 'calls' end, '{}', 'metered', 'ready',
            due_at - make_interval(hours => hours)
        from seeded cross join given
        """,
        """
        insert into plan_period (installation_id, resource_id, started_at, billing_plan_id, metadata)
        select installation_id, 'res_' || md5(installation_id), due_at - make_interval(hours => hours), 'metered', '{}' from seeded cross join given
        """,
        """
        insert into usage_slot (installation_id, slot_start, period_start, period_end, state, changed_at)
        select installation_id, due_at - make_interval(hours => hours - hour), period_start, period_end, 'confirmed',
            due_at - make_interval(hours => hours - hour - 1)
        from given cross join generate_series(0, hours - 2) as hour cross join seeded
        where number >= warming or hour > hours - 24
        """,
    ];

    // Hour after hour, as the events came in, and the days before yesterday as the worker has put them together. Those for warming up need
    // no long history.
    private const string AmountRows =
        """
        insert into usage_hour (installation_id, resource_id, metric, begins_at, late_in, last_at, quantity, events)
        select installation_id, 'res_' || md5(installation_id), 'calls', begins_at, '-infinity', begins_at + lasts - interval '1 minute',
            (100 + number % 50) * full_hours, 60 * full_hours
        from (
            select case when hour >= yesterday or hour < first_day then hour else date_trunc('day', hour, 'UTC') end as begins_at, count(*) as full_hours,
                count(*) * interval '1 hour' as lasts
            from given cross join generate_series(due_at - make_interval(hours => hours), due_at - interval '1 hour', interval '1 hour') as hour
                cross join lateral (
                    select date_trunc('day', due_at, 'UTC') - interval '1 day' as yesterday,
                        date_trunc('day', due_at - make_interval(hours => hours), 'UTC') + interval '1 day' as first_day) as edge
            group by 1 order by 1) as sum cross join seeded cross join given
        where number >= warming or begins_at >= due_at - interval '1 day'
        """;

    // As the meter was read, hour after hour.
    private const string ReadingRows =
        """
        insert into measurement (installation_id, resource_id, metric, measured_at, value)
        select installation_id, 'res_' || md5(installation_id), 'calls', measured_at, 100 + number % 50
        from given cross join generate_series(due_at - make_interval(hours => hours), due_at, interval '1 hour') as measured_at
            cross join seeded
        where number >= warming or measured_at >= due_at - interval '1 day'
        """;

    private const string DueSql =
        """
        insert into billing_schedule (installation_id, work, due_at)
        select installation_id, 'usage', $1 from resource where (name = 'first') = $2
        """;

    /// <summary>Everything but what is due.</summary>
    /// <param name="encrypt">An access token for the row of an installation.</param>
    public async Task Seed(FreshDatabase database, Func<string, byte[]> encrypt, CancellationToken cancel)
    {
        await using var connection = await database.Data.OpenConnectionAsync(cancel);
        await Execute(connection, Prepare, [], cancel);
        await using (var into = await connection.BeginBinaryImportAsync("copy seeded from stdin (format binary)", cancel))
        {
            for (var number = 0; number < Warming + Installations; number++)
            {
                var id = Id(number);
                await into.StartRowAsync(cancel);
                await into.WriteAsync(number, NpgsqlDbType.Integer, cancel);
                await into.WriteAsync(id, NpgsqlDbType.Text, cancel);
                await into.WriteAsync(encrypt(id), NpgsqlDbType.Bytea, cancel);
            }

            await into.CompleteAsync(cancel);
        }

        var start = DueAt.AddHours(-Hours);
        var period = EndsPeriod ? (Start: DueAt.AddMonths(-1), End: DueAt) : (Start: start, End: start.AddMonths(1));
        await Execute(
            connection, "insert into given values ($1, $2, $3, $4, $5, $6)",
            [DueAt, Hours, Warming, period.Start, period.End, EndsPeriod ? period.End : period.Start], cancel);
        foreach (var statement in Rows.Append(IsLevel ? ReadingRows : AmountRows))
            await Execute(connection, statement, [], cancel);
        await Execute(connection, "drop table seeded, given", [], cancel);
        await Execute(connection, "vacuum (analyze)", [], cancel);
    }

    /// <summary>The hour strikes: for those with whom the worker warms up, or for all others.</summary>
    public static async Task Strike(FreshDatabase database, bool first, CancellationToken cancel)
    {
        await using var connection = await database.Data.OpenConnectionAsync(cancel);
        await Execute(connection, DueSql, [DueAt, first], cancel);
        await Execute(connection, "analyze billing_schedule", [], cancel);
    }

    /// <summary>The period ends for all.</summary>
    public static async Task StrikePeriod(FreshDatabase database, CancellationToken cancel) => await database.Execute(
        $"insert into billing_schedule (installation_id, work, due_at) select installation_id, 'invoices', '{DueAt:O}' from installation", cancel);

    /// <summary>As random as Vercel's, so that neighbours in one table are none in another.</summary>
    private static string Id(int number) =>
        $"icfg_{Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(BitConverter.GetBytes(number)).AsSpan(0, 12))}";

    private static async Task Execute(NpgsqlConnection connection, string sql, object[] values, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        foreach (var value in values)
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        await command.ExecuteNonQueryAsync(cancel);
    }
}
