using Npgsql;

namespace Marketplace.Integration.Balances;

/// <summary>What the database itself holds to, whoever writes: the ledger of prepaid money is only ever added to, and no cause twice.</summary>
[Collection(SharedAcme.Name)]
public sealed class BalanceLedgerTests(Acme acme)
{
    private const string Enter = """
        insert into balance_entry (installation_id, cause, entry_number, resource_id, amount, entered_at, position, balance_after)
        values ($1, 'purchase:mi_1', 1, $2, $3, now(), 1, $3)
        """;

    private const string GoOn = """
        insert into balance_entry (installation_id, cause, entry_number, resource_id, amount, entered_at, position, balance_after, empty_since)
        values ($1, 'purchase:mi_2', 1, $2, $3, now(), $4, $5, case when $5::numeric > 0 then null else now() end)
        """;

    private const string Burn = """
        insert into balance_entry (installation_id, cause, entry_number, resource_id, amount, entered_at, position, balance_after,
            billing_plan_id, period_start, period_end, hour_start, burnt_after)
        values ($1, 'burn:' || $5, 1, $2, $3, now(), $4, 10 + $6::numeric, 'prepaid', '2027-01-01Z', '2027-02-01Z', $5::text::timestamptz, $7)
        """;

    [Fact]
    public async Task A_cause_is_entered_once_also_for_another_balance_and_another_amount()
    {
        var installation = await Entered();

        var refused = await Assert.ThrowsAsync<PostgresException>(() => acme.Execute(Enter, installation, "res_2", 7m));

        Assert.Equal((PostgresErrorCodes.UniqueViolation, "balance_entry"), (refused.SqlState, refused.TableName));
        Assert.Equal(10m, await Sum(installation));
    }

    [Theory]
    [InlineData("update balance_entry set amount = 1000 where installation_id = $1")]
    [InlineData("delete from balance_entry where installation_id = $1")]
    [InlineData("truncate balance_entry")]
    public async Task An_entry_is_never_changed_and_never_taken_back(string sql)
    {
        var installation = await Entered();

        object[] values = sql.Contains("$1", StringComparison.Ordinal) ? [installation] : [];
        var refused = await Assert.ThrowsAsync<PostgresException>(() => acme.Execute(sql, values));

        Assert.Contains("append-only", refused.MessageText, StringComparison.Ordinal);
        Assert.Equal(10m, await Sum(installation));
    }

    [Fact]
    public async Task An_entry_that_does_not_go_on_from_the_one_before_is_refused()
    {
        var installation = await Entered();

        // 10.00 and 5.00 are 15.00, after the first entry and in no other place.
        await Refused(PostgresErrorCodes.CheckViolation, GoOn, installation, "res_1", 5m, 2, 14.99m);
        await Refused(PostgresErrorCodes.CheckViolation, GoOn, installation, "res_1", 5m, 3, 15m);
        await Refused(PostgresErrorCodes.CheckViolation, GoOn, installation, "res_2", 5m, 2, 15m);
        await Refused(PostgresErrorCodes.UniqueViolation, GoOn, installation, "res_1", 5m, 1, 5m);
        Assert.Equal(10m, await Sum(installation));

        await acme.Execute(GoOn, installation, "res_1", 5m, 2, 15m);
        Assert.Equal(15m, await Sum(installation));
    }

    [Fact]
    public async Task What_is_burnt_of_a_use_is_the_sum_of_its_entries_and_each_hour_is_burnt_once()
    {
        var installation = await Entered();
        await acme.Execute(Burn, installation, "res_1", -3m, 2, "2027-01-21 10:00Z", -3m, 3m);

        // 3.00 and 2.00 are 5.00.
        await Refused(PostgresErrorCodes.CheckViolation, Burn, installation, "res_1", -2m, 3, "2027-01-21 11:00Z", -5m, 5.01m);
        await Refused(PostgresErrorCodes.UniqueViolation, Burn, installation, "res_1", -2m, 3, "2027-01-21 10:00Z", -5m, 5m);
        Assert.Equal(7m, await Sum(installation));

        await acme.Execute(Burn, installation, "res_1", -2m, 3, "2027-01-21 11:00Z", -5m, 5m);
        Assert.Equal(5m, await Sum(installation));
    }

    private async Task Refused(string state, string sql, params object[] values) =>
        Assert.Equal(state, (await Assert.ThrowsAsync<PostgresException>(() => acme.Execute(sql, values))).SqlState);

    private async Task<string> Entered()
    {
        var installation = await acme.Install();
        await acme.Execute(Enter, installation, "res_1", 10m);
        return installation;
    }

    private Task<decimal> Sum(string installation) =>
        acme.Ask<decimal>("select sum(amount) from balance_entry where installation_id = $1", installation);
}
