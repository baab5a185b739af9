using Npgsql;

namespace Marketplace.Integration.Postgres;

public sealed class TestDatabaseTests
{
    [Fact]
    public async Task Every_test_has_an_empty_database_of_its_own_that_is_gone_afterwards()
    {
        var cancel = TestContext.Current.CancellationToken;
        string gone;
        await using (var one = await TestDatabase.Create(cancel))
        await using (var other = await TestDatabase.Create(cancel))
        {
            gone = one.ConnectionString;
            await one.Execute("CREATE TABLE proof (id int)", cancel);
            await other.Execute("CREATE TABLE proof (id int)", cancel);
        }

        await using var connection = new NpgsqlConnection(gone);
        var refused = await Assert.ThrowsAsync<PostgresException>(() => connection.OpenAsync(cancel));
        Assert.Equal(PostgresErrorCodes.InvalidCatalogName, refused.SqlState);
    }

    [Fact]
    public async Task The_role_has_no_more_rights_than_the_server_asks_for()
    {
        var cancel = TestContext.Current.CancellationToken;
        await using var database = await TestDatabase.Create(cancel);
        await using var command = database.DataSource.CreateCommand(
            "SELECT rolsuper, rolcreatedb, rolcreaterole, rolreplication, rolbypassrls FROM pg_roles WHERE rolname = current_user");
        await using var row = await command.ExecuteReaderAsync(cancel);
        await row.ReadAsync(cancel);

        Assert.Equal([false, true, true, false, false], Enumerable.Range(0, 5).Select(row.GetBoolean));
    }
}
