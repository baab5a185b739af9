using LanguageExt;
using Marketplace.Shell.Persistence;
using Npgsql;

namespace Marketplace.Shell.ProviderEvents;

/// <summary>Where the provider's backend hears what happens, for every server: it belongs to no installation.</summary>
internal static class OutletRows
{
    // Another address is another backend, which has not said yet that it wants nothing.
    private const string AnnounceSql = """
        insert into provider_event_outlet as known (url, types) values ($1, $2)
        on conflict (is_the_one) do update set
            url = $1, types = $2, stopped_at = case when known.url = $1 then known.stopped_at end
        """;

    private const string WithdrawSql = "delete from provider_event_outlet";

    private const string StopSql = "update provider_event_outlet set stopped_at = coalesce(stopped_at, $1)";

    private const string ResumeSql = "update provider_event_outlet set stopped_at = null where stopped_at is not null";

    private const string LoadSql = "select url, stopped_at from provider_event_outlet";

    /// <param name="types">All when null.</param>
    public static void Announce(Writes writes, Uri url, string[]? types) => writes.Add(AnnounceSql, url.AbsoluteUri, types);

    public static void Withdraw(Writes writes) => writes.Add(WithdrawSql);

    public static void Stop(Writes writes, DateTimeOffset now) => writes.Add(StopSql, now);

    public static void Resume(Writes writes) => writes.Add(ResumeSql);

    /// <summary>Null where nobody listens.</summary>
    public static Loaded<Outlet?> Load(Loads loads) => loads.One(LoadSql, Read);

    private static Outlet Read(NpgsqlDataReader reader) => new(reader.GetString(0), reader.MomentOrNull(1));
}

/// <summary>Where events go.</summary>
/// <param name="StoppedAt">Since then events wait, because the backend has said that it wants no more.</param>
internal sealed record Outlet(string Url, DateTimeOffset? StoppedAt);
