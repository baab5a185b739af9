using System.Diagnostics.CodeAnalysis;
using LanguageExt;
using Marketplace.Core.Deployments;
using Marketplace.Core.Installations;
using Marketplace.Core.Resources;
using Marketplace.Shell.Persistence;
using Npgsql;

namespace Marketplace.Shell.Deployments;

/// <summary>What resources do for deployments, in PostgreSQL. Written under the lock of the installation.</summary>
internal static class DeploymentActionRows
{
    private const string Columns = "resource_id, deployment_id, action, stage, due_at";

    private const string One = "installation_id = $1 and resource_id = $2 and deployment_id = $3 and action = $4";

    private const string LoadSql = $"select {Columns} from deployment_action where {One}";

    private const string LoadTheseSql = $"select {Columns} from deployment_action where installation_id = $1 and resource_id = any ($2) for update";

    // Whoever is at work on it keeps it until he lets go of it, or his lease ends.
    private const string SaveSql = """
        insert into deployment_action (installation_id, resource_id, deployment_id, action, stage, due_at, changed_at)
        values ($1, $2, $3, $4, $5, $6, $7)
        on conflict (installation_id, resource_id, deployment_id, action) do update set stage = excluded.stage, due_at = excluded.due_at,
            changed_at = excluded.changed_at
        """;

    private const string DeleteSql = "delete from deployment_action where installation_id = $1 and resource_id = any ($2)";

    // Batch claim of a job: it spans installations on purpose. The lease is a next attempt: should its holder die, it comes.
    private const string ClaimSql = """
        with free as (
            select installation_id, resource_id, deployment_id, action from deployment_action
            where due_at <= $1 and next_attempt_at <= clock_timestamp()
            order by next_attempt_at
            limit $2
            for update skip locked)
        update deployment_action a set next_attempt_at = clock_timestamp() + $3, attempts = a.attempts + 1
        from free
        where a.installation_id = free.installation_id and a.resource_id = free.resource_id
            and a.deployment_id = free.deployment_id and a.action = free.action
        returning a.installation_id, a.resource_id, a.deployment_id, a.action, a.stage, a.due_at, a.may_be_told, a.attempts
        """;

    private const string TellingSql = $"update deployment_action set may_be_told = true where {One}";

    private const string LetGoSql = $"update deployment_action set attempts = 0, next_attempt_at = '-infinity', last_error = null where {One}";

    private const string PostponeSql = $"update deployment_action set next_attempt_at = clock_timestamp() + $5, last_error = $6 where {One}";

    // What nobody asks for any more, in batches: it spans installations on purpose.
    private const string ForgetSql = """
        delete from deployment_action where (installation_id, resource_id, deployment_id, action) in (
            select installation_id, resource_id, deployment_id, action from deployment_action
            where stage = 'gone' and changed_at < $1 limit $2 for update skip locked)
        """;

    /// <summary>Null when nothing was heard of it yet.</summary>
    public static Loaded<DeploymentAction?> Load(Loads loads, InstallationId installation, DeploymentActionId id) =>
        loads.One(LoadSql, Read, installation.Value, id.Resource.Value, id.Deployment, id.Slug);

    /// <summary>All of these resources.</summary>
    public static Loaded<Seq<DeploymentAction>> LoadThese(Loads loads, InstallationId installation, Seq<ResourceId> resources) =>
        loads.Many(LoadTheseSql, Read, installation.Value, Texts(resources));

    public static void Save(Writes writes, InstallationId installation, DeploymentAction action, DateTimeOffset now) => writes.Add(
        SaveSql, installation.Value, action.Id.Resource.Value, action.Id.Deployment, action.Id.Slug, Stage(action), DueAt(action), now);

    /// <summary>What was made for deployments goes with its resource.</summary>
    public static void Move(
        Writes writes, InstallationId from, InstallationId to, Seq<ResourceId> resources, Seq<DeploymentAction> actions, DateTimeOffset now)
    {
        if (actions.IsEmpty)
            return;

        writes.Add(DeleteSql, from.Value, Texts(resources));
        foreach (var action in actions)
        {
            Save(writes, to, action, now);
            // Whoever was at work on it may have told Vercel the outcome: then what was made is in use.
            if (action is DeploymentAction.Wanted)
                Telling(writes, to, action.Id);
        }
    }

    public static async Task<IReadOnlyList<ClaimedAction>> Claim(
        NpgsqlConnection connection, DateTimeOffset now, int actionsMax, TimeSpan lease, CancellationToken cancel)
    {
        await using var command = connection.Command(ClaimSql, now, actionsMax, lease);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var claimed = new List<ClaimedAction>();
        while (await reader.ReadAsync(cancel))
        {
            claimed.Add(new ClaimedAction(
                new InstallationId(reader.GetString(0)), Read(reader, first: 1), reader.GetBoolean(6), reader.GetInt32(7)));
        }

        return claimed;
    }

    public static void Telling(Writes writes, InstallationId installation, DeploymentActionId id) => Add(writes, TellingSql, installation, id);

    public static void LetGo(Writes writes, InstallationId installation, DeploymentActionId id) => Add(writes, LetGoSql, installation, id);

    public static void Postpone(Writes writes, InstallationId installation, DeploymentActionId id, string reason, TimeSpan delay) =>
        writes.Add(PostponeSql, installation.Value, id.Resource.Value, id.Deployment, id.Slug, delay, reason);

    public static async Task<int> Forget(NpgsqlConnection connection, DateTimeOffset before, int max, CancellationToken cancel)
    {
        await using var command = connection.Command(ForgetSql, before, max);
        return await command.ExecuteNonQueryAsync(cancel);
    }

    private static void Add(Writes writes, [ConstantExpected] string sql, InstallationId installation, DeploymentActionId id) =>
        writes.Add(sql, installation.Value, id.Resource.Value, id.Deployment, id.Slug);

    private static DeploymentAction Read(NpgsqlDataReader reader) => Read(reader, first: 0);

    private static DeploymentAction Read(NpgsqlDataReader reader, int first)
    {
        var id = new DeploymentActionId(reader.GetString(first + 1), new ResourceId(reader.GetString(first)), reader.GetString(first + 2));
        return reader.GetString(first + 3) switch
        {
            "wanted" => new DeploymentAction.Wanted(id, reader.Moment(first + 4)),
            "succeeded" => new DeploymentAction.Succeeded(id),
            "leaving" => new DeploymentAction.Leaving(id, reader.Moment(first + 4)),
            "gone" => new DeploymentAction.Gone(id),
            var stage => throw new CorruptRowException("deployment_action", id.ToString(), $"no stage is called '{stage}'"),
        };
    }

    private static string Stage(DeploymentAction action) => action.GetType().Name.ToLowerInvariant();

    private static DateTimeOffset? DueAt(DeploymentAction action) =>
        action switch
        {
            DeploymentAction.Wanted wanted => wanted.Since,
            DeploymentAction.Leaving leaving => leaving.RemovedFrom,
            DeploymentAction.Succeeded or DeploymentAction.Gone => null,
            _ => throw new System.Diagnostics.UnreachableException(action.GetType().Name),
        };

    private static string[] Texts(Seq<ResourceId> resources) => [.. resources.Select(id => id.Value)];
}

/// <summary>A row that is held.</summary>
internal sealed record ClaimedAction(InstallationId Installation, DeploymentAction Action, bool MayBeTold, int Attempts);
