using Marketplace.Shell.JobHosts;
using Marketplace.Shell.Persistence;
using Npgsql;

namespace Marketplace.Shell.Doctor;

/// <summary>Our database, which may be missing, out of reach, or at another schema.</summary>
internal sealed class DoctorDatabase(string? connectionString) : IAsyncDisposable
{
    private readonly NpgsqlDataSource? source = connectionString is null ? null : Open(connectionString);

    /// <summary>Null where configuration does not say where it is.</summary>
    public NpgsqlDataSource? Source => source;

    /// <summary>As many connections as one process of a server holds at most.</summary>
    public int ServerConnectionsMax => connectionString is null ? 0 : PersistenceRegistration.PoolMax(connectionString) + JobHost.ConnectionsBesidePool;

    /// <summary>What is wrong with the database itself is its own examination's to say.</summary>
    public async Task<IReadOnlyList<Finding>> Look(
        Func<NpgsqlConnection, Task<IReadOnlyList<Finding>>> look, CancellationToken cancel)
    {
        if (source is null)
            return [new Finding.Skipped("ConnectionStrings__Marketplace is missing or wrong.")];
        try
        {
            await using var connection = await source.OpenConnectionAsync(cancel);
            return await look(connection);
        }
        catch (PostgresException behind) when (behind.SqlState is PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.UndefinedColumn)
        {
            return [new Finding.Skipped("The database is not at this program's schema.")];
        }
        catch (NpgsqlException)
        {
            return [new Finding.Skipped("The database cannot be used.")];
        }
    }

    public ValueTask DisposeAsync() => source?.DisposeAsync() ?? ValueTask.CompletedTask;

    private static NpgsqlDataSource Open(string connectionString)
    {
        var builder = new NpgsqlDataSourceBuilder(connectionString);
        builder.ConnectionStringBuilder.ApplicationName = "marketplace-doctor";
        builder.ConnectionStringBuilder.Timeout = 4;
        builder.ConnectionStringBuilder.CommandTimeout = 5;
        builder.ConnectionStringBuilder.MaxPoolSize = 8;
        builder.ConnectionStringBuilder.MinPoolSize = 0;
        builder.ConnectionStringBuilder.IncludeErrorDetail = false;
        return builder.Build();
    }
}
