namespace Marketplace.Integration.Persistence;

/// <summary>Our database, for PostgreSQL's own programs.</summary>
public sealed class DatabaseCommandTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("Host=db;Database=marketplace;Username=marketplace;Password=it's", "PGHOST='db' PGPORT='5432' PGDATABASE='marketplace' PGUSER='marketplace' PGPASSWORD='it'\\''s'")]
    [InlineData("Server=db;Port=6000;User Id=me;DB=shop", "PGHOST='db' PGPORT='6000' PGDATABASE='shop' PGUSER='me' PGPASSWORD='apart'")]
    [InlineData("Host=one:6001,two", "PGHOST='one,two' PGPORT='6001,5432' PGPASSWORD='apart'")]
    [InlineData("Host=/var/run/postgresql;Password=x", "PGHOST='/var/run/postgresql' PGPORT='5432' PGPASSWORD='x'")]
    [InlineData("Host=::1;Password=x;SSL Mode=VerifyFull", "PGHOST='::1' PGPORT='5432' PGPASSWORD='x' PGSSLMODE='verify-full' PGSSLROOTCERT='system'")]
    [InlineData("Host=db;Password=x;SslMode=VerifyCA;Root Certificate=/ca.pem;SSL Certificate=/me.pem;SSL Key=/me.key",
        "PGHOST='db' PGPORT='5432' PGPASSWORD='x' PGSSLMODE='verify-ca' PGSSLROOTCERT='/ca.pem' PGSSLCERT='/me.pem' PGSSLKEY='/me.key'")]
    [InlineData("Host=db;Passfile=/pass;Options=-c geqo=off;SSL Mode=Require", "PGHOST='db' PGPORT='5432' PGPASSWORD='apart' PGPASSFILE='/pass' PGOPTIONS='-c geqo=off' PGSSLMODE='require'")]
    public async Task A_connection_string_is_told_in_the_variables_of_libpq(string connectionString, string variables)
    {
        await using var command = ServerProcess.Start(["database", "variables"], new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["ConnectionStrings__Marketplace"] = connectionString, ["ConnectionStrings__MarketplacePassword"] = "apart",
        });

        Assert.True(await command.Ended(Cancel) == 0, command.Errors);
        Assert.Equal(variables, string.Join(' ', command.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(line => line["export ".Length..])));
    }
}
