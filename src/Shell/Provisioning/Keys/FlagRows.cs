using System.Text.Json;
using LanguageExt;
using Marketplace.Core.Experiments;
using Marketplace.Core.Installations;
using Marketplace.Core.Resources;
using Marketplace.Shell.Persistence;
using Marketplace.Shell.Resources;
using Npgsql;

namespace Marketplace.Shell.Provisioning.Keys;

/// <summary>The flags of Acme Keys, in PostgreSQL.</summary>
internal static class FlagRows
{
    private const string Columns =
        "installation_id, resource_id, flag_id, slug, origin, category, name, description, is_archived, value, created_at, updated_at, revision";

    private const string LoadSql = $"select {Columns} from flag where installation_id = $1 and resource_id = $2 order by flag_id";

    private const string LoadTheseSql = $"select {Columns} from flag where installation_id = $1 and resource_id = any ($2) order by resource_id, flag_id";

    private const string SaveSql = $"""
        insert into flag ({Columns}) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
        on conflict (installation_id, resource_id, flag_id) do update set slug = excluded.slug, origin = excluded.origin,
            category = excluded.category, name = excluded.name, description = excluded.description, is_archived = excluded.is_archived,
            value = excluded.value, updated_at = excluded.updated_at, revision = excluded.revision
        """;

    private const string DeleteSql = "delete from flag where installation_id = $1 and resource_id = $2 and flag_id = $3";

    private const string DeleteAllSql = "delete from flag where installation_id = $1 and resource_id = $2";

    public static Loaded<Seq<Flag>> Load(Loads loads, InstallationId installation, ResourceId resource) =>
        loads.Many(LoadSql, Read, installation.Value, resource.Value);

    public static Loaded<Seq<(ResourceId Resource, Flag Flag)>> LoadThese(Loads loads, InstallationId installation, Seq<ResourceId> resources) =>
        loads.Many(
            LoadTheseSql, reader => (new ResourceId(reader.GetString(1)), Read(reader)), installation.Value,
            resources.Select(resource => resource.Value).ToArray());

    public static void Save(Writes writes, InstallationId installation, ResourceId resource, Flag flag) => writes.Add(
        SaveSql, installation.Value, resource.Value, flag.Id.Value, flag.Slug, flag.Origin, Name(flag.Category), flag.Name.OrNull(),
        flag.Description.OrNull(), flag.IsArchived, new Jsonb(MetadataJson.Write(Prelude.Map(("value", flag.Value)))), flag.CreatedAt, flag.UpdatedAt,
        flag.Revision);

    public static void Delete(Writes writes, InstallationId installation, ResourceId resource, FlagId flag) =>
        writes.Add(DeleteSql, installation.Value, resource.Value, flag.Value);

    public static void DeleteAll(Writes writes, InstallationId installation, ResourceId resource) =>
        writes.Add(DeleteAllSql, installation.Value, resource.Value);

    /// <summary>Written anew for the new owner.</summary>
    public static void Move(Writes writes, InstallationId from, InstallationId to, Seq<(ResourceId Resource, Flag Flag)> flags)
    {
        foreach (var (resource, flag) in flags)
        {
            Delete(writes, from, resource, flag.Id);
            Save(writes, to, resource, flag);
        }
    }

    public static string Name(FlagCategory category) =>
        category switch
        {
            FlagCategory.Flag => "flag",
            FlagCategory.Experiment => "experiment",
            _ => throw new System.Diagnostics.UnreachableException(category.ToString()),
        };

    private static Flag Read(NpgsqlDataReader reader)
    {
        var id = reader.GetString(2);
        return new Flag(
            new FlagId(id), reader.GetString(3), reader.GetString(4), Category(id, reader.GetString(5)), reader.TextOption(6), reader.TextOption(7),
            reader.GetBoolean(8), Value(id, reader.GetString(9)), reader.Moment(10), reader.Moment(11), reader.GetString(12));
    }

    private static FlagCategory Category(string id, string name) =>
        name switch
        {
            "flag" => FlagCategory.Flag,
            "experiment" => FlagCategory.Experiment,
            _ => throw new CorruptRowException("flag", id, $"no category is called '{name}'"),
        };

    private static MetadataValue Value(string id, string json)
    {
        using var document = JsonDocument.Parse(json);
        return MetadataJson.Read(document.RootElement).Bind(all => all.Find("value"))
            .IfNone(() => throw new CorruptRowException("flag", id, "its value is not of any kind that we write"));
    }
}
