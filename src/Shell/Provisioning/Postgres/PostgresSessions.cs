namespace Marketplace.Shell.Provisioning.Postgres;

/// <summary>Ending what runs on connections that were opened before the right to open them was taken away.</summary>
internal static class PostgresSessions
{
    /// <summary>A session shows itself only when it is fully open; one that was let in just before needs this long at most.</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromMilliseconds(200);
    private const int LooksMax = 20;

    /// <summary>All that customers have open on the database.</summary>
    public static Task EndOn(LockedServer server, string database, CancellationToken cancel) =>
        End(server, "datname = $1", database, cancel);

    public static Task EndOf(LockedServer server, List<string> logins, CancellationToken cancel) =>
        End(server, "usename = ANY ($1)", logins.ToArray(), cancel);

    /// <summary>Of logins whose password nobody has any more, so that no session can be on its way in.</summary>
    public static Task EndLastOf(LockedServer server, List<string> logins, CancellationToken cancel) =>
        server.Holds(EndNow("usename = ANY ($1)"), logins.ToArray(), cancel);

    /// <summary>Not our own, and none that we may not end, such as a superuser's. Waits until each is really gone.</summary>
    private static string EndNow(string which) =>
        $"""
        count(*) = 0 FROM (
            SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
            WHERE {which} AND usename <> current_user AND pg_has_role(usesysid, 'USAGE')) AS ended
        """;

    private static async Task End(LockedServer server, string which, object argument, CancellationToken cancel)
    {
        var end = EndNow(which);
        await server.Holds(end, argument, cancel);
        for (var look = 0; look < LooksMax; look++)
        {
            await Task.Delay(Settling, cancel);
            if (await server.Holds(end, argument, cancel))
            {
                return;
            }
        }

        throw new TimeoutException("PostgreSQL did not end all sessions.");
    }
}
