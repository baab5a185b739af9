using LanguageExt;
using Marketplace.Core.Installations;
using Marketplace.Core.Projects;
using Marketplace.Core.Resources;
using Marketplace.Shell.Persistence;
using Npgsql;

namespace Marketplace.Shell.Checks;

/// <summary>Which checks Vercel is to be told of, or was told of, in PostgreSQL.</summary>
internal static class ProjectCheckRows
{
    private const string One = "installation_id = $1 and resource_id = $2 and project_id = $3 and check_slug = $4";

    private const string WantSql = """
        insert into project_check (installation_id, resource_id, project_id, check_slug) values ($1, $2, $3, $4) on conflict do nothing
        """;

    // Batch claim of a job: it spans installations on purpose. The lease is a next attempt: should its holder die, it comes.
    private const string ClaimSql = """
        with free as (
            select installation_id, resource_id, project_id, check_slug from project_check
            where state = 'wanted' and next_attempt_at <= clock_timestamp()
            order by next_attempt_at
            limit $1
            for update skip locked)
        update project_check c set next_attempt_at = clock_timestamp() + $2, attempts = c.attempts + 1
        from free
        where c.installation_id = free.installation_id and c.resource_id = free.resource_id and c.project_id = free.project_id
            and c.check_slug = free.check_slug
        returning c.installation_id, c.resource_id, c.project_id, c.check_slug, c.attempts
        """;

    private const string CloseSql = $"update project_check set state = $5, check_id = $6, last_error = $7 where {One}";

    private const string PostponeSql = $"update project_check set next_attempt_at = clock_timestamp() + $5, last_error = $6 where {One} and state = 'wanted'";

    // Where the target had the resource before, what is known of it now counts.
    private const string MoveSql = """
        with gone as (
            delete from project_check where installation_id = $1 and resource_id = any ($3)
            returning resource_id, project_id, check_slug, state, check_id, last_error)
        insert into project_check (installation_id, resource_id, project_id, check_slug, state, check_id, last_error)
        select $2, resource_id, project_id, check_slug, state, check_id, last_error from gone
        on conflict (installation_id, resource_id, project_id, check_slug) do update set state = excluded.state, check_id = excluded.check_id,
            last_error = excluded.last_error, attempts = 0, next_attempt_at = '-infinity'
        """;

    /// <summary>Quiet when it is there already, registered or not.</summary>
    public static void Want(Writes writes, InstallationId installation, ResourceId resource, ProjectId project, string slug) =>
        writes.Add(WantSql, installation.Value, resource.Value, project.Value, slug);

    /// <summary>A project stays connected to a resource that changes hands, and goes on being checked.</summary>
    public static void Move(Writes writes, InstallationId from, InstallationId to, Seq<ResourceId> resources) =>
        writes.Add(MoveSql, from.Value, to.Value, resources.Select(id => id.Value).ToArray());

    public static async Task<IReadOnlyList<ClaimedCheck>> Claim(
        NpgsqlConnection connection, int checksMax, TimeSpan lease, CancellationToken cancel)
    {
        await using var command = connection.Command(ClaimSql, checksMax, lease);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var claimed = new List<ClaimedCheck>();
        while (await reader.ReadAsync(cancel))
        {
            claimed.Add(new ClaimedCheck(
                new InstallationId(reader.GetString(0)), new ResourceId(reader.GetString(1)), reader.GetString(2), reader.GetString(3),
                reader.GetInt32(4)));
        }

        return claimed;
    }

    public static void Registered(Writes writes, InstallationId installation, ResourceId resource, string project, string slug, string? id) =>
        writes.Add(CloseSql, installation.Value, resource.Value, project, slug, "registered", id, (string?)null);

    public static void Refused(Writes writes, InstallationId installation, ResourceId resource, string project, string slug, string reason) =>
        writes.Add(CloseSql, installation.Value, resource.Value, project, slug, "refused", (string?)null, reason);

    public static void Postpone(
        Writes writes, InstallationId installation, ResourceId resource, string project, string slug, string reason, TimeSpan delay) =>
        writes.Add(PostponeSql, installation.Value, resource.Value, project, slug, delay, reason);
}

/// <summary>A row that is held.</summary>
internal sealed record ClaimedCheck(InstallationId Installation, ResourceId Resource, string Project, string Slug, int Attempts);
