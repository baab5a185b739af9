using Marketplace.Jobs.SignOn;
using Marketplace.Shell.OperatorConsole.SignIn;
using Npgsql;

namespace Marketplace.Shell.SignOn;

/// <summary>Sessions that are over, of customers and of operators, in PostgreSQL.</summary>
internal sealed class SessionStore(NpgsqlDataSource database) : ISessions
{
    public async Task<int> Forget(DateTimeOffset now, int max, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await OperatorSessionRows.Sweep(connection, now, cancel);
        var sessions = await SessionRows.Sweep(connection, now, max, cancel);
        return Math.Max(sessions, await SignOnRows.Sweep(connection, now - SignOnState.AgeMax, max, cancel));
    }
}
