using Marketplace.Core;
using Marketplace.Core.Installations;
using Marketplace.Shell.Persistence;

namespace Marketplace.Shell.Installations;

/// <summary>When Vercel last told of something that an installation has one of, so that what it told before changes nothing.</summary>
internal static class InstallationNewsRows
{
    private const string LoadSql = "select told_at, told_by from installation_news where installation_id = $1 and subject = $2";

    private const string SaveSql = """
        insert into installation_news as known (installation_id, subject, told_at, told_by) values ($1, $2, $3, $4)
        on conflict (installation_id, subject) do update set told_at = excluded.told_at, told_by = excluded.told_by
        where (known.told_at, known.told_by collate "C") < (excluded.told_at, excluded.told_by collate "C")
        """;

    /// <summary>Null when nothing was told of it, but by the registration.</summary>
    public static Loaded<Told?> Load(Loads loads, InstallationId installation, NewsSubject subject) =>
        loads.One<Told?>(null, LoadSql, reader => new Told(reader.Moment(0), reader.GetString(1)), installation.Value, Name(subject));

    public static void Save(Writes writes, InstallationId installation, NewsSubject subject, Told told) =>
        writes.Add(SaveSql, installation.Value, Name(subject), told.At, told.Webhook);

    private static string Name(NewsSubject subject) => subject.ToString().ToLowerInvariant();
}

/// <summary>What an installation has one of.</summary>
internal enum NewsSubject
{
    /// <summary>Whose it is.</summary>
    Team,

    Scopes,

    /// <summary>That it is over for Vercel.</summary>
    End,
}
