using System.Diagnostics;
using System.Globalization;
using LanguageExt;
using Marketplace.Core.Secrets;
using Marketplace.Jobs.Provisioning;
using Npgsql;

namespace Marketplace.Shell.Provisioning.Postgres;

/// <summary>Whether a database serves its customer: it connects with the customer's own credentials, and runs a query.</summary>
internal sealed class PostgresHealth(PostgresTarget target)
{
    private const decimal BytesPerMegabyte = 1_000_000;

    private static readonly TimeSpan AnswerMax = TimeSpan.FromSeconds(10);

    public async Task<ResourceHealth> Look(string database, Seq<Secret> current, CancellationToken cancel)
    {
        if (Value(current, "PGUSER") is not { } user || Value(current, "PGPASSWORD") is not { } password)
            return new ResourceHealth(Serves: false, "The database has no credentials now.");

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(AnswerMax);
        var started = Stopwatch.GetTimestamp();
        try
        {
            await using var source = target.SourceFor(database, user, password, AnswerMax);
            // A search path of the customer's own decides what a bare name means.
            await using var command = source.CreateCommand(
                "SELECT pg_catalog.pg_database_size(pg_catalog.current_database()), pg_catalog.pg_is_in_recovery()");
            await using var row = await command.ExecuteReaderAsync(limit.Token);
            await row.ReadAsync(limit.Token);
            return row.GetBoolean(1)
                ? new ResourceHealth(Serves: false, "The database takes no changes at the moment: its server recovers.")
                : new ResourceHealth(Serves: true, string.Create(
                    CultureInfo.InvariantCulture,
                    $"The database answered in {Stopwatch.GetElapsedTime(started).TotalMilliseconds:0} ms; it has {row.GetInt64(0) / BytesPerMegabyte:0.0} MB."));
        }
        catch (PostgresException refused)
        {
            return new ResourceHealth(Serves: false, Words(refused.SqlState));
        }
        catch (NpgsqlException)
        {
            return new ResourceHealth(Serves: false, "The database cannot be reached.");
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return new ResourceHealth(Serves: false, $"The database did not answer within {AnswerMax.TotalSeconds:0} seconds.");
        }
    }

    /// <summary>Never PostgreSQL's own words, which name roles.</summary>
    private static string Words(string state) =>
        state switch
        {
            PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification => "The database refuses its own credentials.",
            PostgresErrorCodes.InsufficientPrivilege => "The database is suspended.",
            PostgresErrorCodes.TooManyConnections => "All connections of the database are in use.",
            PostgresErrorCodes.InvalidCatalogName => "The database is not there.",
            PostgresErrorCodes.QueryCanceled => "The database is too slow to answer.",
            _ => $"The database answers with an error ({state}).",
        };

    private static string? Value(Seq<Secret> secrets, string name) =>
        secrets.Find(secret => secret.Name == name).MatchUnsafe<string?>(secret => secret.Value, () => null);
}
