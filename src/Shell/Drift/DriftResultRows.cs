using System.Text.Json;
using LanguageExt;
using Marketplace.Core.Installations;
using Marketplace.Shell.Audit;
using Marketplace.Shell.Http;
using Marketplace.Shell.Persistence;
using Npgsql;

namespace Marketplace.Shell.Drift;

/// <summary>What the last comparison of each installation has found.</summary>
internal static class DriftResultRows
{
    private const string Columns = "installation_id, compared_at, actor, compared, resources, differences, findings::text";

    private const string SaveSql = """
        insert into drift_result (installation_id, compared_at, actor, compared, resources, differences, findings)
        select installation_id, $2, $3, $4, $5, $6, $7 from installation where installation_id = $1 and stage <> 'finalized'
        on conflict (installation_id) do update set compared_at = excluded.compared_at, actor = excluded.actor, compared = excluded.compared,
            resources = excluded.resources, differences = excluded.differences, findings = excluded.findings
        """;

    // Whoever has compared since has found it too.
    private const string AddSql = """
        update drift_result set differences = differences + 1, findings = findings || $4
        where installation_id = $1 and actor = $2 and compared_at >= $3
        """;

    private const string ForgetSql = "delete from drift_result where installation_id = $1";

    private const string OneSql = $"select {Columns} from drift_result where installation_id = $1";

    // Operators' lists: they span installations on purpose. What differs has an index of its own.
    private const string Newest = "compared_at <= $1 and (compared_at < $1 or installation_id > $2) order by compared_at desc, installation_id limit $3";

    private const string Oldest = "compared_at >= $1 and (compared_at > $1 or installation_id < $2) order by compared_at, installation_id desc limit $3";

    private const string AllSql = $"select {Columns} from drift_result where {Newest}";

    private const string AllOldestSql = $"select {Columns} from drift_result where {Oldest}";

    private const string DifferingSql = $"select {Columns} from drift_result where differences > 0 and {Newest}";

    private const string DifferingOldestSql = $"select {Columns} from drift_result where differences > 0 and {Oldest}";

    /// <summary>Where the installation is final, nothing is kept of it, whatever was found before.</summary>
    public static void Keep(Writes writes, DriftResult result)
    {
        if (result.IsFinal)
            Forget(writes, result.Installation);
        else
            Save(writes, result);
    }

    /// <summary>One difference more of a comparison that is kept already.</summary>
    /// <param name="begun">When the report began to which it belongs.</param>
    public static void Add(Writes writes, DriftFinding finding, Actor actor, DateTimeOffset begun)
    {
        if (finding.Installation is { } installation)
            writes.Add(AddSql, installation.Value, actor.Name, begun, new Jsonb(JsonSerializer.Serialize(new[] { DriftFindingWire.Of(finding) }, WireJson.Options)));
    }

    public static void Forget(Writes writes, InstallationId installation) => writes.Add(ForgetSql, installation.Value);

    private static void Save(Writes writes, DriftResult result) => writes.Add(
        SaveSql, result.Installation.Value, result.ComparedAt, result.Actor, result.IsCompared, result.Resources, result.Differences,
        new Jsonb(JsonSerializer.Serialize(result.Findings, WireJson.Options)));

    public static Loaded<DriftResult?> Load(Loads loads, InstallationId installation) => loads.One(OneSql, Read, installation.Value);

    /// <param name="differing">Those alone that differ.</param>
    public static Loaded<Seq<DriftResult>> List(Loads loads, bool differing, NewestFirst from, bool isOldestFirst, int max) =>
        (differing, isOldestFirst) switch
        {
            (false, false) => loads.Many(AllSql, Read, from.At, from.Id, max),
            (false, true) => loads.Many(AllOldestSql, Read, from.At, from.Id, max),
            (true, false) => loads.Many(DifferingSql, Read, from.At, from.Id, max),
            (true, true) => loads.Many(DifferingOldestSql, Read, from.At, from.Id, max),
        };

    private static DriftResult Read(NpgsqlDataReader reader)
    {
        var id = reader.GetString(0);
        return new DriftResult(
            new InstallationId(id), reader.Moment(1), reader.GetString(2), reader.GetBoolean(3), reader.GetInt32(4),
            JsonSerializer.Deserialize<DriftFindingWire[]>(reader.GetString(6), WireJson.Options)
                ?? throw new CorruptRowException("drift_result", id, "its findings are null"))
        {
            Differences = reader.GetInt32(5),
        };
    }
}

/// <summary>What one comparison has found.</summary>
/// <param name="Actor">Who asked for it.</param>
/// <param name="IsCompared">Whether Vercel was asked, and answered.</param>
/// <param name="Resources">How many live there.</param>
/// <param name="Findings">What differs, and what else there is to say.</param>
internal sealed record DriftResult(
    InstallationId Installation, DateTimeOffset ComparedAt, string Actor, bool IsCompared, int Resources, IReadOnlyList<DriftFindingWire> Findings)
{
    public int Differences { get; init; }

    /// <summary>The installation is over, and nothing of it is compared.</summary>
    public bool IsFinal { get; init; }

    public static DriftResult Of(
        InstallationId installation, DateTimeOffset at, Actor actor, bool isCompared, int resources, IReadOnlyList<DriftFinding> findings) =>
        new(installation, at, actor.Name, isCompared, resources, [.. findings.Select(DriftFindingWire.Of)])
        {
            Differences = findings.Count(finding => finding.IsDrift), IsFinal = findings.Any(finding => finding is DriftFinding.Leaves { IsFinal: true }),
        };
}
