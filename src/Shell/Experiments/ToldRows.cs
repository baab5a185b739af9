using LanguageExt;
using Marketplace.Core.Experiments;
using Marketplace.Core.Installations;
using Marketplace.Core.Resources;
using Marketplace.Shell.Persistence;

namespace Marketplace.Shell.Experiments;

/// <summary>What Vercel knows of flags, in PostgreSQL.</summary>
internal static class ToldRows
{
    private const string ItemsSql = "select flag_id, revision from told_flag where installation_id = $1 and resource_id = $2";

    private const string ConfigSql = "select store, content, mark, is_certain from told_config where installation_id = $1 and resource_id = $2";

    private const string SaveItemSql = """
        insert into told_flag (installation_id, resource_id, flag_id, revision) values ($1, $2, $3, $4)
        on conflict (installation_id, resource_id, flag_id) do update set revision = excluded.revision
        """;

    private const string DeleteItemSql = "delete from told_flag where installation_id = $1 and resource_id = $2 and flag_id = $3";

    private const string SaveConfigSql = """
        insert into told_config (installation_id, resource_id, store, content, mark, is_certain) values ($1, $2, $3, $4, $5, $6)
        on conflict (installation_id, resource_id) do update set
            store = excluded.store, content = excluded.content, mark = excluded.mark, is_certain = excluded.is_certain
        """;

    private const string DoubtItemsSql = "update told_flag set revision = null where installation_id = $1 and resource_id = $2";

    private const string DoubtConfigSql = "update told_config set is_certain = false where installation_id = $1 and resource_id = $2";

    private const string TheseSql = "select resource_id, flag_id from told_flag where installation_id = $1 and resource_id = any ($2)";

    private const string ForgetItemsSql = "delete from told_flag where installation_id = $1 and resource_id = $2";

    private const string ForgetConfigSql = "delete from told_config where installation_id = $1 and resource_id = $2";

    /// <summary>There once the loads were sent.</summary>
    public static Func<ToldFlags> Load(Loads loads, InstallationId installation, ResourceId resource)
    {
        var items = loads.Many(
            ItemsSql, reader => (new FlagId(reader.GetString(0)), reader.TextOption(1)), installation.Value, resource.Value);
        var config = loads.One(
            ToldConfig.Nothing, ConfigSql,
            reader => new ToldConfig(reader.TextOption(0), reader.TextOption(1), reader.TextOption(2), reader.GetBoolean(3)),
            installation.Value, resource.Value);
        return () => new ToldFlags(Prelude.toHashMap(items.Value), config.Value);
    }

    /// <summary>What a step changes, as it is known now.</summary>
    public static void Save(Writes writes, InstallationId installation, ResourceId resource, TellStep step, ToldFlags told)
    {
        switch (step)
        {
            case TellStep.Create create:
                foreach (var flag in create.Flags)
                    writes.Add(SaveItemSql, installation.Value, resource.Value, flag.Id.Value, told.Items.Find(flag.Id).Flatten().OrNull());
                break;
            case TellStep.Update update:
                writes.Add(SaveItemSql, installation.Value, resource.Value, update.Flag.Id.Value, update.Flag.Revision);
                break;
            case TellStep.Delete delete:
                writes.Add(DeleteItemSql, installation.Value, resource.Value, delete.Flag.Value);
                break;
            case TellStep.Look or TellStep.Push:
                var config = told.Config;
                writes.Add(
                    SaveConfigSql, installation.Value, resource.Value, config.Store.OrNull(), config.Content.OrNull(), config.Mark.OrNull(),
                    config.IsCertain);
                break;
            default:
                throw new System.Diagnostics.UnreachableException(step.GetType().Name);
        }
    }

    /// <summary>Everything is to be told once more (<see cref="Telling.Doubted"/>).</summary>
    public static void Doubt(Writes writes, InstallationId installation, ResourceId resource)
    {
        writes.Add(DoubtItemsSql, installation.Value, resource.Value);
        writes.Add(DoubtConfigSql, installation.Value, resource.Value);
    }

    /// <summary>What Vercel knows of these.</summary>
    public static Loaded<Seq<(ResourceId Resource, FlagId Flag)>> LoadThese(Loads loads, InstallationId installation, Seq<ResourceId> resources) =>
        loads.Many(
            TheseSql, reader => (new ResourceId(reader.GetString(0)), new FlagId(reader.GetString(1))), installation.Value,
            resources.Select(resource => resource.Value).ToArray());

    /// <summary>Vercel knows the same of the new owner's, perhaps not as it is: all of it is told once more.</summary>
    public static void Move(
        Writes writes, InstallationId from, InstallationId to, Seq<ResourceId> resources, Seq<(ResourceId Resource, FlagId Flag)> told)
    {
        foreach (var resource in resources)
            Forget(writes, from, resource);
        foreach (var (resource, flag) in told)
            writes.Add(SaveItemSql, to.Value, resource.Value, flag.Value, (string?)null);
    }

    /// <summary>The resource is gone, or somebody else's.</summary>
    public static void Forget(Writes writes, InstallationId installation, ResourceId resource)
    {
        writes.Add(ForgetItemsSql, installation.Value, resource.Value);
        writes.Add(ForgetConfigSql, installation.Value, resource.Value);
    }
}
