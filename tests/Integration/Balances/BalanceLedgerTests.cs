using Npgsql;

namespace Marketplace.Integration.Balances;

/// <summary>What the database itself holds to, whoever writes: the ledger of prepaid money is only ever added to, and no cause twice.</summary>
[Collection(SharedAcme.Name)]
public sealed class BalanceLedgerTests(Acme acme)
{
    private const string Enter =
        "insert into balance_entry (installation_id, cause, entry_number, resource_id, amount, entered_at) values ($1, 'purchase:mi_1', 1, $2, $3, now())";

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

    private async Task<string> Entered()
    {
        var installation = await acme.Install();
        await acme.Execute(Enter, installation, "res_1", 10m);
        return installation;
    }

    private Task<decimal> Sum(string installation) =>
        acme.Ask<decimal>("select sum(amount) from balance_entry where installation_id = $1", installation);
}
