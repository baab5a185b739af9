using Marketplace.Shell.Persistence;
using Npgsql;

namespace Marketplace.Shell.Webhooks;

/// <summary>
/// Stores webhooks as they arrive. Those that wait at the same moment share one statement and its commit, which is nearly all that
/// storing one costs; one that comes alone waits for nobody.
/// </summary>
internal sealed class WebhookIntake(NpgsqlDataSource database)
{
    private const int LanesMax = 2;

    private const int TogetherMax = 64;

    private readonly Lanes<Waiting> lanes = new(LanesMax, TogetherMax, together => Send(database, together));

    /// <summary>Returns when it is durable. Quiet when it is stored already: Vercel delivers until it hears a yes.</summary>
    /// <param name="row">Of <see cref="WebhookRows.Row"/>.</param>
    public Task Store(SqlValue[] row)
    {
        var waiting = new Waiting(row);
        lanes.Add(waiting);
        return waiting.Stored;
    }

    private static async Task Send(NpgsqlDataSource database, List<Waiting> together)
    {
        // Two statements that share some of their webhooks meet them in one order, so that neither waits for the other.
        together.Sort(static (one, other) => string.CompareOrdinal(one.Id, other.Id));
        if (await TryStore(database, together))
            return;
        // One of them cannot be stored: it must not take the others with it.
        foreach (var one in together)
            await TryStore(database, [one]);
    }

    /// <summary>False when it has to be tried one by one.</summary>
    private static async Task<bool> TryStore(NpgsqlDataSource database, List<Waiting> together)
    {
        try
        {
            await using var connection = await database.OpenConnectionAsync();
            await using var batch = new NpgsqlBatch(connection);
            batch.BatchCommands.Add(WebhookRows.Arrivals.Command(together.ConvertAll(waiting => waiting.Row)));
            await batch.ExecuteNonQueryAsync();
        }
        catch (PostgresException refused) when (together.Count > 1 && refused.InvariantSeverity == "ERROR")
        {
            return false;
        }
        catch (Exception fault)
        {
            together.ForEach(waiting => waiting.Fail(fault));
            return true;
        }

        together.ForEach(waiting => waiting.Succeed());
        return true;
    }

    private sealed class Waiting(SqlValue[] row)
    {
        private readonly TaskCompletionSource stored = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public SqlValue[] Row => row;

        public string Id { get; } = (string)row[1].Parameter.Value!;

        public Task Stored => stored.Task;

        public void Succeed() => stored.TrySetResult();

        public void Fail(Exception fault) => stored.TrySetException(fault);
    }
}
